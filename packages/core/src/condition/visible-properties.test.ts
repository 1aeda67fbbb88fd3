import type { Json, JsonObject } from '@affluent/protocol/event'
import { PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FlatProperties, flattenProperties } from '../event/flatten-properties.ts'
import { visibleProperties } from './visible-properties.ts'

test('usual properties are seen as they are', () => {
  const properties: JsonObject = {
    price: 50,
    items: [{ sku: 'A', tags: ['x'] }],
    address: { city: 'Lyon' },
    none: null,
  }
  expect(visibleProperties(properties)).toBe(properties)
})

test('of more paths than PROPERTY_PATHS_MAX conditions see the first ones, as ClickHouse does', () => {
  const properties: JsonObject = { items: [{ a: 1 }] }
  for (let number = 0; number < PROPERTY_PATHS_MAX; number++) properties[`p${number}`] = number
  const seen = visibleProperties(properties)
  expect(seen[`p${PROPERTY_PATHS_MAX - 3}`]).toBe(PROPERTY_PATHS_MAX - 3)
  expect(seen).not.toHaveProperty(`p${PROPERTY_PATHS_MAX - 2}`)
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
  const large = fc.dictionary(key, tree, { minKeys: 20, maxKeys: 150, size: 'max' })
  fc.assert(
    fc.property(large, (object) => {
      const properties = JSON.parse(JSON.stringify(object)) as JsonObject
      const seen = visibleProperties(properties)
      const kept = flattenProperties('track', { properties })
      expect(flattenProperties('track', { properties: seen })).toEqual(kept)
      if (seen !== properties) expect(scalarsIn(seen)).toBe(valuesOf(kept))
    }),
    { numRuns: 25 },
  )
})

function scalarsIn(value: Json): number {
  if (typeof value !== 'object') return 1
  if (value === null) return 0
  return Object.values(value).reduce((sum: number, inner) => sum + scalarsIn(inner as Json), 0)
}

function valuesOf({ num, text, flag, list }: FlatProperties): number {
  return num.size + text.size + flag.size + [...list.values()].reduce((sum, values) => sum + values.length, 0)
}
