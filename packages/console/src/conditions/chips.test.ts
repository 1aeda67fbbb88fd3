import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chipOf, readChip } from './chips.ts'

test('a text is read back from its chip as the same text, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('5', '5,5', 'true', '"a"', '"', '', ' 5 ', '1e3')),
      fc.constantFrom('fr' as const, 'en' as const),
      (text, language) => {
        expect(readChip(chipOf(text, language), 'text', language)).toBe(text)
      },
    ),
  )
})

test('numbers and booleans are read as such only where they are asked for', () => {
  expect(readChip('5', 'number', 'fr')).toBe(5)
  expect(readChip('5,5', 'number', 'fr')).toBe(5.5)
  expect(readChip('5', 'text', 'fr')).toBe('5')
  expect(readChip('true', 'boolean', 'fr')).toBe(true)
  expect(readChip('abc', 'number', 'fr')).toEqual({ typed: 'abc' })
})

test('a number is shown in a chip as the language writes it', () => {
  expect(chipOf(100.5, 'fr')).toBe('100,5')
  expect(chipOf(100.5, 'en')).toBe('100.5')
  expect(readChip('1 234,50', 'number', 'fr')).toBe(1234.5)
})

test('a chip shows whether a value is a text', () => {
  expect(chipOf('5', 'fr')).toBe('"5"')
  expect(chipOf('1 234,5', 'fr')).toBe('"1 234,5"')
  expect(chipOf(5, 'fr')).toBe('5')
  expect(chipOf('pro', 'fr')).toBe('pro')
  expect(readChip('"5"', 'text', 'fr')).toBe('5')
})
