import type { Json } from '@affluent/protocol/event'
import { BODY_DEPTH_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../testing/utf8.ts'
import { SCAN_FLAGS, type ScannedEvent, scanJson } from './scan-json.ts'

function scan(text: string): { whole: ScannedEvent; items: readonly ScannedEvent[] } {
  const found = scanJson(encodeUtf8(text))
  if (found.kind !== 'scanned') throw new Error('too deep')
  return found
}

/** The same by recursion over the parsed value. */
function measure(value: Json): { depth: number; keys: number; longestArray: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, keys: 0, longestArray: 0 }
  const inner = Object.values(value).map(measure)
  const own = Array.isArray(value) && value.length > 1 ? value.length : 0
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    keys: inner.reduce((sum, { keys }) => sum + keys, Array.isArray(value) ? 0 : Object.keys(value).length),
    longestArray: Math.max(own, ...inner.map(({ longestArray }) => longestArray)),
  }
}

// `__proto__` in a literal would be no key; JSON.parse makes one
const anyJson = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>
const anyText = anyJson.map((value) => JSON.stringify(value))
/** JSON with blanks wherever they are allowed. */
const anySpacedText = fc
  .tuple(anyJson, fc.constantFrom(1, 2, '\t', '  '))
  .map(([value, space]) => JSON.stringify(value, null, space))

test('depth, keys and longest array are those of the parsed value', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, anySpacedText), (text) => {
      const { depth, keys, longestArray } = scan(text).whole
      expect({ depth, keys, longestArray }).toEqual(measure(JSON.parse(text) as Json))
    }),
  )
})

test('the events of a batch are found with their bounds, and each is measured by itself', () => {
  const body = fc.tuple(fc.array(anyJson), anyJson, fc.constantFrom(undefined, 1, '\t'))
  fc.assert(
    fc.property(body, ([batch, context, space]) => {
      const bytes = encodeUtf8(JSON.stringify({ before: context, batch, context: [context] }, null, space))
      const { items } = scan(decodeUtf8(bytes))
      expect(
        items.map(({ start, end }) => JSON.parse(decodeUtf8(bytes.subarray(start, end))) as Json),
      ).toEqual(batch.map((event) => JSON.parse(JSON.stringify(event)) as Json))
      for (const [index, { depth, keys, longestArray }] of items.entries())
        expect({ depth, keys, longestArray }).toEqual(measure(batch[index] as Json))
    }),
  )
})

test('any bytes are walked to their end without an error', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    '"batch"',
    '1e5',
    ' ',
    'a',
    'é',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.array(pieces).map((all) => encodeUtf8(all.join(''))),
      ),
      (bytes) => {
        expect(['scanned', 'too_deep']).toContain(scanJson(bytes).kind)
      },
    ),
  )
})

test('a body deeper than any parser should follow is told at once', () => {
  const nested = (levels: number) => encodeUtf8('['.repeat(levels) + ']'.repeat(levels))
  expect(scanJson(nested(BODY_DEPTH_MAX))).toMatchObject({
    kind: 'scanned',
    whole: { depth: BODY_DEPTH_MAX },
  })
  expect(scanJson(nested(BODY_DEPTH_MAX + 1)).kind).toBe('too_deep')
  expect(scanJson(encodeUtf8('['.repeat(1_000_000))).kind).toBe('too_deep')
  expect(scanJson(encodeUtf8(`"${'['.repeat(1_000)}"`)).kind).toBe('scanned')
})

describe('which array is the batch', () => {
  test.each([
    ['{"batch":[1,2]}', ['1', '2']],
    ['{"batch":[]}', []],
    ['{"batch":[ ]}', []],
    ['{"batch" : [ {"a":[1,2]} , "x,y]" ,\n3 ]}', ['{"a":[1,2]}', '"x,y]"', '3']],
    ['{"batch":[1],"batch":[2,3]}', ['2', '3']],
    ['{"a":{"batch":[1]}}', []],
    ['{"batch":{"batch":[1]}}', []],
    ['[{"batch":[1]}]', []],
    ['{"a":"batch","b":[1]}', []],
    // a key with escapes may be another `batch`: the caller must read the parsed value
    ['{"batch":[1],"bat\\u0063h":[2]}', []],
    ['{"b\\u0061tch":[1,2]}', []],
    ['{"batch":[{"k\\u0061":1}]}', ['{"k\\u0061":1}']],
  ] as const)('%s', (text, expected) => {
    expect(scan(text).items.map(({ start, end }) => text.slice(start, end))).toEqual(expected)
  })
})

describe('what needs a closer look', () => {
  test.each([
    ['{"a":"\\u0000"}', ['unicodeEscape']],
    ['{"a":"\\n\\\\u"}', []],
    ['{"":1}', ['oddKey']],
    ['{"a\\tb":1}', ['oddKey']],
    ['{"__proto__":1}', ['oddKey']],
    [`{"${'k'.repeat(255)}":1}`, []],
    [`{"${'k'.repeat(256)}":1}`, ['oddKey']],
    ['{"a":9007199254740993}', ['longNumber']],
    ['{"a":900719925474099}', []],
    ['{"a":"9007199254740993"}', []],
    ['[1e400]', ['exponent']],
    ['[1E+400]', ['exponent']],
    ['[1.5e3 ]', ['exponent']],
    ['[true,false,"1e5"]', []],
    ['{"a":12345678901234567890e5}', ['longNumber', 'exponent']],
  ] as const)('%s', (text, names) => {
    const flags = names.reduce((sum, name) => sum | SCAN_FLAGS[name], 0)
    expect(scan(text).whole.flags).toBe(flags)
    const { items } = scan(`{"batch":[0,${text},0]}`)
    expect(items.map((item) => item.flags)).toEqual([0, flags, 0])
  })
})

test('an array called batch inside a single event counts as any other', () => {
  expect(scan('{"batch":[1,2,3]}').whole.longestArray).toBe(3)
})
