import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeUtf8 } from '../testing/utf8.ts'
import { findJsonFault } from './json-fault.ts'

test.each([
  ['', 0],
  ['   ', 3],
  ['{', 1],
  ['{"a"', 4],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ['{"a":1 "b":2}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[1}', 2],
  ['{"a":1]', 6],
  ['{} x', 3],
  ['{}{}', 2],
  ['nul', 3],
  ['nulx', 3],
  ['NaN', 0],
  ['undefined', 0],
  ['01', 1],
  ['-', 1],
  ['1.', 2],
  ['1.e5', 2],
  ['1e', 2],
  ['1e+', 3],
  ['+1', 0],
  ['.5', 0],
  ['"abc', 4],
  ['"a\nb"', 2],
  ['"\\x"', 2],
  ['"\\u12g4"', 5],
  // a character of two bytes before the fault
  ['["é" 1]', 6],
  ['/**/1', 0],
  ['\ufeff1', 0],
] as const)('%j stops to be JSON at byte %d', (text, fault) => {
  expect(findJsonFault(encodeUtf8(text))).toBe(fault)
})

test('there is a fault exactly where JSON.parse finds one', () => {
  const pieces = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u00e9',
      '\\n',
      '-',
      '0',
      '1',
      '.',
      'e',
      'E+1',
      '1.5e-3',
    ],
    ...['true', 'false', 'null', 'nul', ' ', '\t', '\n', '\r', '\u0001', 'é', '\u00a0'],
  )
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    fc.json(),
    // a valid text with one character changed
    fc.tuple(fc.json(), fc.nat(), fc.oneof(pieces, fc.constant(''))).map(([json, at, piece]) => {
      const place = at % (json.length + 1)
      return json.slice(0, place) + piece + json.slice(place + 1)
    }),
  )
  fc.assert(
    fc.property(text, (json) => {
      const well = json.toWellFormed()
      const bytes = encodeUtf8(well)
      const fault = findJsonFault(bytes)
      expect(fault === undefined).toBe(isJson(well))
      if (fault === undefined) return
      // what stands before it is the beginning of some JSON: cut there, it only ends too early
      expect(fault).toBeLessThanOrEqual(bytes.length)
      expect(findJsonFault(bytes.subarray(0, fault)) ?? fault).toBe(fault)
    }),
    { numRuns: 2_000 },
  )
})

test('a text nested a million levels is walked without a stack', () => {
  const deep = '['.repeat(1_000_000)
  expect(findJsonFault(encodeDeep(deep))).toBe(1_000_000)
  expect(findJsonFault(encodeDeep(`${deep}${']'.repeat(1_000_000)}`))).toBeUndefined()
})

function encodeDeep(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
