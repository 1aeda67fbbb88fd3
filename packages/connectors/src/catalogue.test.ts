import { expect, test } from 'vitest'
import { DESTINATION_KINDS, SOURCE_KINDS } from './catalogue.ts'

const KINDS = [...SOURCE_KINDS, ...DESTINATION_KINDS]

test('keys are stable names, each used once', () => {
  const keys = KINDS.map((kind) => kind.key)
  expect(new Set(keys).size).toBe(keys.length)
  for (const key of keys) expect(key).toMatch(/^[a-z][a-z0-9_]*$/)
})

test.each(KINDS)('$key speaks both languages, in whole sentences', ({ title, sentence }) => {
  for (const text of [title.en, title.fr, sentence.en, sentence.fr]) expect(text.trim()).not.toBe('')
  for (const text of [sentence.en, sentence.fr]) expect(text).toMatch(/^\p{Lu}.*\.$/u)
})

test('the http source speaks every call of the tracking API, long and short', () => {
  const paths = SOURCE_KINDS.find((kind) => kind.key === 'http')?.collectPaths ?? []
  expect(paths).toEqual(expect.arrayContaining(['/v1/track', '/v1/t', '/v1/batch', '/v1/b', '/v1/import']))
  expect(new Set(paths).size).toBe(paths.length)
  for (const path of paths) expect(path).toMatch(/^\/v1\/[a-z]+(\/[{}a-zA-Z]+)*$/)
})
