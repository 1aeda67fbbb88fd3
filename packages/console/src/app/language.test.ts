import { expect, test } from 'vitest'
import { spokenLanguage } from './language.ts'

test.each([
  [['fr-FR', 'en'], 'fr'],
  [['de', 'fr'], 'fr'],
  [['en-GB', 'fr'], 'en'],
  [['de'], 'en'],
  [[], 'en'],
])('a browser that speaks %j reads %s', (tags, language) => {
  expect(spokenLanguage(tags)).toBe(language)
})
