import type { Json, JsonObject } from '@affluent/protocol/event'
import { PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_CHARS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FlatProperties, flattenProperties } from './flatten-properties.ts'
import { hidesProperties, visibleProperties } from './visible-properties.ts'

test('usual properties are seen as they are', () => {
  const properties: JsonObject = {
    price: 50,
    items: [{ sku: 'A', tags: ['x'] }],
    address: { city: 'Lyon' },
    none: null,
  }
  expect(visibleProperties(properties)).toBe(properties)
})

test('of more characters than PROPERTY_PATHS_CHARS_MAX conditions see the first paths, as ClickHouse does', () => {
  const names = Array.from({ length: PROPERTY_PATHS_CHARS_MAX / 512 }, (_, n) => String(n).padStart(512, 'p'))
  const properties: JsonObject = { items: [{ a: 1 }] }
  for (const name of names) properties[name] = 1
  const seen = visibleProperties(properties)
  expect(Object.keys(seen)).toHaveLength(names.length)
  expect(seen).not.toHaveProperty(names.at(-1) as string)
  expect(hidesProperties(properties)).toBe(true)
  expect(hidesProperties(seen)).toBe(false)
})

test('what is under a path longer than PROPERTY_PATH_CHARS_MAX is not seen', () => {
  const key = 'k'.repeat(PROPERTY_PATH_CHARS_MAX)
  expect(visibleProperties({ [key]: 1, [`${key}k`]: 2, a: [1] })).toEqual({ [key]: 1, a: [1] })
})

test('whatever is sent, conditions see what ClickHouse keeps and nothing more', () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'a.b', 'c[]', '__proto__'),
    fc.string({ minLength: 1, maxLength: 60 }),
  )
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, depthSize: 'medium' },
      fc.constantFrom<Json>(null, true, 1, 'x'),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 12 }),
    ),
  }))
  // around names of such length there is room for few paths
  const fitting = Math.floor(PROPERTY_PATHS_CHARS_MAX / 961)
  const large = fc
    .tuple(
      fc.dictionary(key, tree, { minKeys: 20, maxKeys: 100, size: 'max' }),
      fc.uniqueArray(fc.nat(400), { minLength: fitting - 10, maxLength: fitting + 20 }),
    )
    .map(([some, names]) => {
      const long = names.map((name): [string, Json] => [`k${String(name).padStart(960, '0')}`, 1])
      return { ...Object.fromEntries(long), ...some }
    })
  fc.assert(
    fc.property(large, (object) => {
      const properties = JSON.parse(JSON.stringify(object)) as JsonObject
      const seen = visibleProperties(properties)
      const kept = flattenProperties('track', { properties })
      expect(textOf(flattenProperties('track', { properties: seen }))).toBe(textOf(kept))
      expect(seen === properties || !kept.isWhole || scalarsIn(properties) === valuesOf(kept)).toBe(true)
      if (seen !== properties) expect(scalarsIn(seen)).toBe(valuesOf(kept))
    }),
    { numRuns: 25 },
  )
})

/** Compared as text: a difference of so much would take minutes to show. */
function textOf({ num, text, flag, list }: FlatProperties): string {
  return JSON.stringify([[...num], [...text], [...flag], [...list]])
}

function scalarsIn(value: Json): number {
  if (typeof value !== 'object') return 1
  if (value === null) return 0
  return Object.values(value).reduce((sum: number, inner) => sum + scalarsIn(inner as Json), 0)
}

function valuesOf({ num, text, flag, list }: FlatProperties): number {
  return num.size + text.size + flag.size + [...list.values()].reduce((sum, values) => sum + values.length, 0)
}
