import type { Json } from '@affluent/protocol/event'
import {
  ARRAY_ITEMS_MAX,
  BATCH_EVENTS_MAX,
  BODY_DEPTH_MAX,
  EVENT_BYTES_MAX,
  EVENT_DEPTH_MAX,
  EVENT_KEYS_MAX,
} from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../testing/utf8.ts'
import { brokenBound, SCAN_FLAGS, scanBatch, scanEvent } from './scan-json.ts'

const PARTS = 1_000_000

function scanAsBatch(text: string, partsMax = PARTS) {
  return scanBatch(encodeUtf8(text), partsMax)
}

/** The same by recursion over the parsed value. */
function measure(value: Json): Measures {
  if (typeof value !== 'object' || value === null) return { depth: 0, keys: 0, longestArray: 0, parts: 0 }
  const inner = Object.values(value).map(measure)
  const own = Array.isArray(value) && value.length > 1 ? value.length : 0
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    keys: keys + sum(inner.map((each) => each.keys)),
    longestArray: Math.max(own, ...inner.map(({ longestArray }) => longestArray)),
    parts: keys + Math.max(0, own - 1) + sum(inner.map(({ parts }) => parts)),
  }
}

interface Measures {
  readonly depth: number
  readonly keys: number
  readonly longestArray: number
  readonly parts: number
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

// `__proto__` in a literal would be no key; JSON.parse makes one
const anyJson = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>
const anyText = anyJson.map((value) => JSON.stringify(value))
/** JSON with blanks wherever they are allowed. */
const anySpacedText = fc
  .tuple(anyJson, fc.constantFrom(1, 2, '\t', '  '))
  .map(([value, space]) => JSON.stringify(value, null, space))

test('depth, keys, longest array and parts are those of the parsed value', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, anySpacedText), (text) => {
      const bytes = encodeUtf8(text)
      for (const scanned of [scanEvent(bytes), scanBatch(bytes, PARTS).whole])
        expect(scanned).toMatchObject(measure(JSON.parse(text) as Json))
    }),
  )
})

test('the events of a batch are found with their bounds, and each is measured by itself', () => {
  const body = fc.tuple(fc.array(anyJson), anyJson, fc.constantFrom(undefined, 1, '\t'))
  fc.assert(
    fc.property(body, ([batch, context, space]) => {
      const bytes = encodeUtf8(JSON.stringify({ before: context, batch, context: [context] }, null, space))
      const { items, fault } = scanBatch(bytes, PARTS)
      expect(
        items.map(({ start, end }) => JSON.parse(decodeUtf8(bytes.subarray(start, end))) as Json),
      ).toEqual(batch.map((event) => JSON.parse(JSON.stringify(event)) as Json))
      for (const [index, item] of items.entries()) expect(item).toMatchObject(measure(batch[index] as Json))
      const around = measure({ before: context, batch: [], context: [context] }).depth
      expect(fault).toBe(around > BODY_DEPTH_MAX ? 'too_deep' : undefined)
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
        expect(scanEvent(bytes).end).toBe(bytes.length)
        expect(scanBatch(bytes, PARTS).whole.end).toBe(bytes.length)
      },
    ),
  )
})

test('a body of any depth is walked without a stack', () => {
  const deep = '['.repeat(1_000_000)
  expect(scanEvent(encodeUtf8(deep)).depth).toBe(1_000_000)
  expect(scanEvent(encodeUtf8(`"${deep}"`)).depth).toBe(0)
  const nested = scanAsBatch(deep)
  expect(nested.fault).toBe('too_deep')
  // what is deeper is not looked at
  expect(nested.whole.depth).toBe(BODY_DEPTH_MAX + 1)
  const { items, fault } = scanAsBatch(`{"batch":[{},${deep}${']'.repeat(1_000_000)},{"a":[1,2]}]}`)
  expect(items.map(({ depth, longestArray }) => [depth, longestArray])).toEqual([
    [1, 0],
    [1_000_000, 0],
    [2, 2],
  ])
  expect(fault).toBeUndefined()
})

test('the bound that an event breaks is told by its bytes', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')}}`
  const array = (count: number) => `[${'1,'.repeat(count - 1)}1]`
  const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
  for (const [make, max, code] of [
    [nested, EVENT_DEPTH_MAX, 'too_deep'],
    [keys, EVENT_KEYS_MAX, 'too_many_keys'],
    [array, ARRAY_ITEMS_MAX, 'array_too_long'],
    [text, EVENT_BYTES_MAX, 'event_too_large'],
  ] as const) {
    expect(brokenBound(scanEvent(encodeUtf8(make(max))))).toBeUndefined()
    expect(brokenBound(scanEvent(encodeUtf8(make(max + 1))))).toBe(code)
  }
})

describe('a batch is refused as a whole', () => {
  const events = (count: number) => `{"batch":[${'{},'.repeat(count - 1)}{}]}`

  test('when it has more events than a batch may have, without going through all of them', () => {
    expect(scanAsBatch(events(BATCH_EVENTS_MAX)).fault).toBeUndefined()
    const { fault, items } = scanAsBatch(events(BATCH_EVENTS_MAX * 10))
    expect(fault).toBe('too_many_events')
    expect(items).toHaveLength(BATCH_EVENTS_MAX + 1)
  })

  test('when what would reach the parser has too many parts', () => {
    const pairs = (count: number) => Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')
    // `batch` is a part too
    expect(scanAsBatch(`{"batch":[{${pairs(9)}}],"a":1}`, 11).fault).toBeUndefined()
    expect(scanAsBatch(`{"batch":[{${pairs(10)}}],"a":1,"b":1}`, 11).fault).toBe('too_many_parts')
    expect(scanAsBatch(`{"a":[${'0,'.repeat(20)}0]}`, 11).fault).toBe('too_many_parts')
    // an event that breaks a bound of its own is cut out, whatever it holds
    const poison = `{${pairs(EVENT_KEYS_MAX + 1)}}`
    expect(scanAsBatch(`{"batch":[{"a":1},${poison},{"a":1}]}`, 11).fault).toBeUndefined()
    // but not from an array that another one of the same name replaces: JSON.parse reads both
    expect(scanAsBatch(`{"batch":[${poison},1],"batch":[1,2]}`, 11).fault).toBe('too_many_parts')
  })
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
    // a key with escapes is what the parser makes of it
    ['{"batch":[1],"bat\\u0063h":[2]}', ['2']],
    ['{"b\\u0061tch":[1,2]}', ['1', '2']],
    ['{"\\u0062\\u0061\\u0074\\u0063\\u0068":[1,2]}', ['1', '2']],
    ['{"batch":[1],"bat\\nch":[2]}', ['1']],
    ['{"batch":[1],"b\\u0061tch\\u0000":[2]}', ['1']],
    ['{"batch":[1],"batch":2}', []],
    ['{"batch":[{"k\\u0061":1}]}', ['{"k\\u0061":1}']],
  ] as const)('%s', (text, expected) => {
    expect(scanAsBatch(text).items.map(({ start, end }) => text.slice(start, end))).toEqual(expected)
  })
})

describe('what needs a closer look', () => {
  test.each([
    ['{"a":"\\u0000"}', ['unicodeEscape']],
    ['{"a":"\\n\\\\u"}', []],
    ['{"":1}', ['oddKey']],
    ['{"a\\tb":1}', ['oddKey']],
    ['{"__proto__":1}', ['oddKey']],
    ['{"constructor":1}', ['oddKey']],
    ['{"campaign_id":1}', []],
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
    expect(scanEvent(encodeUtf8(text)).flags).toBe(flags)
    const { items } = scanAsBatch(`{"batch":[0,${text},0]}`)
    expect(items.map((item) => item.flags)).toEqual([0, flags, 0])
  })
})

test('an array called batch inside a single event counts as any other', () => {
  expect(scanEvent(encodeUtf8('{"batch":[1,2,3]}')).longestArray).toBe(3)
})
