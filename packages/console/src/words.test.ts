import { expect, test } from 'vitest'
import { wordsFor } from './words.ts'

test.each([
  [['fr-FR', 'en'], 'fr'],
  [['de', 'fr'], 'fr'],
  [['en-GB', 'fr'], 'en'],
  [['de'], 'en'],
  [[], 'en'],
])('a browser that speaks %j reads %s', (languages, language) => {
  expect(wordsFor(languages).language).toBe(language)
})

test('each state has its own words in each language', () => {
  for (const language of ['en', 'fr']) {
    const texts = Object.values(wordsFor([language]).status)
    expect(new Set(texts).size).toBe(4)
  }
})
