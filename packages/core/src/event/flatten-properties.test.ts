import type { Json, JsonObject } from '@affluent/protocol/event'
import { EVENT_KEYS_MAX, PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_CHARS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FlatProperties, flattenProperties, joinPath } from './flatten-properties.ts'

function flatten(properties: JsonObject): {
  [type in keyof Omit<FlatProperties, 'isWhole'>]: Record<string, unknown>
} {
  const { num, text, flag, list } = flattenProperties('track', { properties })
  return {
    num: Object.fromEntries(num),
    text: Object.fromEntries(text),
    flag: Object.fromEntries(flag),
    list: Object.fromEntries(list),
  }
}

const NONE = { num: {}, text: {}, flag: {}, list: {} }

describe('paths', () => {
  test('each value stands under its path and its type', () => {
    expect(flatten({ price: 50.5, currency: 'EUR', gift: false, tags: ['a', 'b'] })).toEqual({
      num: { price: 50.5 },
      text: { currency: 'EUR' },
      flag: { gift: false },
      list: { tags: ['"a"', '"b"'] },
    })
  })

  test('objects inside objects are joined by dots', () => {
    const flat = flatten({ address: { city: 'Lyon', geo: { lat: 45.7 } } })
    expect(flat).toEqual({ ...NONE, num: { 'address.geo.lat': 45.7 }, text: { 'address.city': 'Lyon' } })
  })

  test.each([
    ['a.b', 'a\\.b'],
    ['a\\b', 'a\\\\b'],
    ['a\\.b', 'a\\\\\\.b'],
    ['items[]', 'items\\[]'],
    ['a]b', 'a]b'],
    ['$%&"\' é', '$%&"\' é'],
    ['constructor', 'constructor'],
  ])('the key %s is written %s', (key, path) => {
    expect(flatten({ [key]: 1 }).num).toEqual({ [path]: 1 })
    expect(flatten({ outer: { [key]: 1 } }).num).toEqual({ [`outer.${path}`]: 1 })
    expect(joinPath('outer', key)).toBe(`outer.${path}`)
  })

  test('an array of objects gives one list for each path inside', () => {
    const items = [
      { sku: 'A', price: 50.0, tags: ['x', 'y'] },
      { sku: 'B', gift: true, tags: ['z'], size: { w: 3 } },
      { price: 7 },
    ]
    expect(flatten({ items }).list).toEqual({
      items: [],
      'items[].sku': ['"A"', '"B"'],
      'items[].price': ['50', '7'],
      'items[].tags[]': ['"x"', '"y"', '"z"'],
      'items[].gift': ['true'],
      'items[].size.w': ['3'],
    })
  })

  test('arrays in arrays get brackets of their own; the elements of the outermost one stand under its path', () => {
    expect(flatten({ a: [1, [2, [3]], { b: [{ c: 4 }] }] }).list).toEqual({
      a: ['1'],
      'a[][]': ['2'],
      'a[][][]': ['3'],
      'a[].b[]': [],
      'a[].b[].c': ['4'],
    })
  })

  test('inside an array, a value and the elements of an array at the same key are kept apart', () => {
    expect(flatten({ items: [{ tag: 'x' }, { tag: ['y'] }] }).list).toEqual({
      items: [],
      'items[].tag': ['"x"'],
      'items[].tag[]': ['"y"'],
    })
  })

  test('null is absent, also as an element; an empty array is a list, an empty object is nothing', () => {
    expect(flatten({ a: null, b: { c: null }, d: [null, 1], e: [], f: {} })).toEqual({
      ...NONE,
      list: { d: ['1'], e: [] },
    })
  })
})

describe('values', () => {
  test('numbers that are equal are written the same: 50 and 50.0, 0 and -0', () => {
    const parsed = JSON.parse('{"a":[50.0,5e1,50,-0],"b":-0}') as JsonObject
    const { num, list } = flattenProperties('page', { properties: parsed })
    expect(list.get('a')).toEqual(['50', '50', '50', '0'])
    expect(Object.is(num.get('b'), 0)).toBe(true)
  })

  test('a long text is kept whole', () => {
    const text = 'x'.repeat(30_000)
    expect(flatten({ text }).text).toEqual({ text })
  })

  test.each(['track', 'page', 'screen'] as const)('a %s has typed properties', (type) => {
    expect(flattenProperties(type, { properties: { a: 1 } }).num.get('a')).toBe(1)
  })

  test.each(['identify', 'group', 'alias'] as const)('%s has none', (type) => {
    expect(flattenProperties(type, { properties: { a: 1 }, traits: { b: 2 } }).num.size).toBe(0)
  })

  test.each([undefined, null, [], 'text'])('properties that are %j are none', (properties) => {
    const json: JsonObject = properties === undefined ? {} : { properties }
    expect(flattenProperties('track', json).num.size).toBe(0)
  })
})

describe('bounds', () => {
  test('every path of an event of the most keys is typed', () => {
    const properties: JsonObject = {}
    for (let number = 0; number < EVENT_KEYS_MAX; number++) properties[`p${number}`] = number
    const flat = flattenProperties('track', { properties })
    expect(flat.num.size).toBe(EVENT_KEYS_MAX)
    expect(flat.isWhole).toBe(true)
  })

  test('elements of a list share their paths, however many there are', () => {
    const products = Array.from({ length: 50 }, (_, n) =>
      Object.fromEntries(Array.from({ length: 10 }, (_unused, key) => [`key_${key}`, n])),
    )
    const { list, num, isWhole } = flattenProperties('track', { properties: { products, total: 5 } })
    expect(list.get('products[].key_9')).toHaveLength(50)
    expect(num.get('total')).toBe(5)
    expect(isWhole).toBe(true)
  })

  /** Names of 999 characters, so many that one more is too many. */
  const LONG_NAMES = Math.floor(PROPERTY_PATHS_CHARS_MAX / 999)

  test('of more characters than PROPERTY_PATHS_CHARS_MAX the first paths are typed', () => {
    const properties: JsonObject = {}
    for (let number = 0; number <= LONG_NAMES; number++)
      properties[String(number).padStart(999, 'p')] = number
    const flat = flattenProperties('track', { properties: { ...properties, z: 1 } })
    expect(flat.num.size).toBe(LONG_NAMES + 1)
    expect(flat.num.get('z')).toBe(1)
    expect(flat.isWhole).toBe(false)
  })

  test('a list that has its path goes on when no further path is taken', () => {
    const names = Array.from({ length: LONG_NAMES + 1 }, (_, n) => String(n).padStart(999 - 8, 'k'))
    const items = [{ sku: 'A' }, ...names.map((name, n) => ({ [name]: n })), { sku: 'B' }]
    const { list, isWhole } = flattenProperties('track', { properties: { items } })
    expect(isWhole).toBe(false)
    expect(list.get('items[].sku')).toEqual(['"A"', '"B"'])
  })

  test('what is under a path longer than PROPERTY_PATH_CHARS_MAX is not typed', () => {
    const part = 'k'.repeat(PROPERTY_PATH_CHARS_MAX / 2)
    expect(flatten({ [part]: { [part.slice(1)]: 1, [part]: 2 } }).num).toEqual({
      [`${part}.${part.slice(1)}`]: 1,
    })
  })
})

describe('for all properties', () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'a.b', 'a[]', 'a\\', '.', '[', '[]', '\\'),
    fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
  )
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom<Json>(null, true, false),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  const properties = fc.dictionary(key, tree, { maxKeys: 6 })

  test('no two values outside arrays share a path, and none is lost', () => {
    fc.assert(
      fc.property(properties, (value) => {
        const scalars: Json[] = []
        collectScalars(value, scalars)
        const { num, text, flag } = flattenProperties('track', { properties: value })
        const found = [...num.values(), ...text.values(), ...flag.values()]
        const sorted = (texts: string[]) => texts.sort((a, b) => a.localeCompare(b))
        expect(sorted(found.map(toText))).toEqual(sorted(scalars.map(toText)))
      }),
    )
  })

  test('a path leads back to its value', () => {
    fc.assert(
      fc.property(properties, (value) => {
        const { num, text, flag } = flattenProperties('track', { properties: value })
        for (const [path, found] of [...num, ...text, ...flag])
          expect(toText(follow(value, path))).toBe(toText(found))
      }),
    )
  })

  test('elements are JSON that gives the scalar back, as many as there are inside arrays', () => {
    fc.assert(
      fc.property(properties, (value) => {
        const { list } = flattenProperties('track', { properties: value })
        const elements = [...list.values()].flat()
        for (const element of elements)
          expect(['number', 'string', 'boolean']).toContain(typeof JSON.parse(element))
        expect(elements).toHaveLength(countScalarsInArrays(value, false))
      }),
    )
  })
})

function toText(value: unknown): string {
  return JSON.stringify(value)
}

/** Scalars that no array holds. */
function collectScalars(value: Json, into: Json[]): void {
  if (value === null || Array.isArray(value)) return
  if (typeof value !== 'object') into.push(value)
  else for (const inner of Object.values(value)) collectScalars(inner, into)
}

function countScalarsInArrays(value: Json, inside: boolean): number {
  if (value === null) return 0
  if (typeof value !== 'object') return inside ? 1 : 0
  const inner = Array.isArray(value) ? value : Object.values(value)
  return inner.reduce<number>(
    (sum, one) => sum + countScalarsInArrays(one, inside || Array.isArray(value)),
    0,
  )
}

function follow(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value
  for (const [, name = ''] of path.matchAll(/((?:[^.\\]|\\.)+)\.?/gsu))
    at = (at as JsonObject)[name.replace(/\\(.)/gsu, '$1')]
  return at
}
