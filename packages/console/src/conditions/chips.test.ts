import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chipOf, readChip, SCALAR_KINDS } from './chips.ts'

test('a text is read back from its chip as the same text, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('5', '5,5', 'true', '"a"', '"', '', ' 5 ', '1e3')),
      (text) => {
        expect(readChip(chipOf(text), 'text')).toBe(text)
      },
    ),
  )
})

test('numbers and booleans are read as such only where they are asked for', () => {
  expect(readChip('5', 'number')).toBe(5)
  expect(readChip('5,5', 'number')).toBe(5.5)
  expect(readChip('5', 'text')).toBe('5')
  expect(readChip('true', 'boolean')).toBe(true)
  expect(readChip('abc', 'number')).toBe('abc')
})

test('a chip shows whether a value is a text', () => {
  expect(chipOf('5')).toBe('"5"')
  expect(chipOf(5)).toBe('5')
  expect(chipOf('pro')).toBe('pro')
  for (const kind of SCALAR_KINDS) expect(readChip('"5"', kind)).toBe('5')
})
