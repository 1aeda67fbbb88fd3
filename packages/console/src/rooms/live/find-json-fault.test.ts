import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault } from './find-json-fault.ts'

test.each([
  ['', 'empty', 1, 1],
  ['{"userId":"u1","properties":{"a":1,}', 'key', 1, 36],
  ['{\n  "a": 1\n  "b": 2\n}', 'comma', 3, 3],
  ['{"a" 1}', 'colon', 1, 6],
  ['{"a": }', 'value', 1, 7],
  ["{'a': 1}", 'key', 1, 2],
  ['{"a": "x}', 'string_end', 1, 7],
  ['{"a": "\\x"}', 'escape', 1, 8],
  ['{"a": "b\nc"}', 'control', 1, 9],
  ['{"a": 01}', 'number', 1, 7],
  ['{"a": 1} x', 'rest', 1, 10],
  ['[1, undefined]', 'value', 1, 5],
  ['[1,2', 'comma', 1, 5],
])('%j: %s at line %i, column %i', (text, kind, line, column) => {
  expect(findJsonFault(text)).toMatchObject({ kind, line, column })
})

test('finds nothing in what is JSON, and something in what is not', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(findJsonFault(text)).toBeUndefined()
    }),
  )
  const signs = fc.constantFrom(...'{}[]",:\\ \n\t01.-eEutrfalsn"x'.split(''))
  fc.assert(
    fc.property(fc.string({ unit: signs, maxLength: 12 }), (text) => {
      expect(findJsonFault(text) === undefined).toBe(parses(text))
    }),
    { numRuns: 2_000 },
  )
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
