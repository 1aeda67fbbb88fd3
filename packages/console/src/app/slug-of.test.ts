import { expect, test } from 'vitest'
import { slugOf } from './slug-of.ts'

test.each([
  ['Été à Paris', 'ete-a-paris'],
  ['Cœur & Âme', 'coeur-ame'],
  ['  2 Caisses (Lyon) ', 'caisses-lyon'],
  ['東京', ''],
  ['a'.repeat(39) + ' b', 'a'.repeat(39)],
])('"%s" becomes "%s"', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
