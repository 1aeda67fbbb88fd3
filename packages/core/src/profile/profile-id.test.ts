import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatProfileId, type ProfileIdKey, readProfileId } from './profile-id.ts'

const KEY: ProfileIdKey = [1, 2, 3, 4]

test('property: an id leads back to its fragment, under its own key only', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (fragment) => {
      const id = formatProfileId(fragment, KEY)
      expect(id).toMatch(/^prf_[a-z2-7]{13}$/)
      expect(readProfileId(id, KEY)).toBe(fragment)
      expect(readProfileId(id, [9, 2, 3, 4])).not.toBe(fragment)
    }),
  )
})

test('neighbours look nothing alike', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => formatProfileId(index + 1, KEY))
  expect(new Set(ids).size).toBe(1_000)
  expect(new Set(ids.map((id) => id.slice(4, 7))).size).toBeGreaterThan(500)
})

test('what is no id is no id', () => {
  for (const text of ['', 'prf_', 'prf_aaaaaaaaaaaa', 'prf_zzzzzzzzzzzzz', 'prf_AAAAAAAAAAAAA', 'x']) {
    expect(readProfileId(text, KEY)).toBeUndefined()
  }
})
