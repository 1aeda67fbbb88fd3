import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBytes, unpackBytes } from './packed-bytes.ts'

test('gives back what was packed, whatever it is', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 })
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 30 }), (some, times) => {
      const bytes = Buffer.concat([Buffer.of(1), ...Array.from({ length: times }, () => some).flat()])
      expect(unpackBytes(Buffer.from(packBytes(bytes))).equals(bytes)).toBe(true)
    }),
  )
})

test('makes shorter what repeats itself, and leaves short or random bytes as they are', () => {
  const event = Buffer.from(
    '{"type":"track","event":"Order Completed","userId":"u-1","properties":{"total":12}}',
  )
  const many = Buffer.concat([Buffer.of(1), ...Array.from({ length: 100 }, () => event)])
  expect(packBytes(many).length).toBeLessThan(many.length / 10)
  const short = Buffer.concat([Buffer.of(1), event])
  expect(packBytes(short)).toBe(short)
  // xorshift: nothing repeats
  let state = 7
  const random = Buffer.from(
    Array.from({ length: 5_000 }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state & 0xff
    }),
  )
  random[0] = 1
  expect(packBytes(random)).toBe(random)
})
