import type { Json, JsonObject } from '@affluent/protocol/event'
import { describe, expect, test } from 'vitest'
import { parseValueTest } from './parse-value-test.ts'
import { valuesAt } from './value-path.ts'
import { compileTest } from './value-test.ts'

const ZONE = 'Europe/Paris'
const NOW = Date.parse('2026-03-31T09:00:00Z')

function holds(object: JsonObject, path: string, test: JsonObject): boolean {
  const parsed = parseValueTest(test, { path: '', zone: ZONE, timeMoves: true })
  return compileTest(parsed, ZONE).holds(valuesAt(object, path), NOW)
}

test.each<[Json | undefined, JsonObject, boolean]>([
  ['pro', { op: 'equals', value: 'pro' }, true],
  ['Pro', { op: 'equals', value: 'pro' }, false],
  ['PRÓ', { op: 'equals', value: 'pro', ignoreCase: true }, true],
  ['5', { op: 'equals', value: 5 }, false],
  [5, { op: 'equals', value: '5' }, false],
  [-0, { op: 'equals', value: 0 }, true],
  [1, { op: 'equals', value: true }, false],
  [['pro'], { op: 'equals', value: 'pro' }, false],
  [5, { op: 'in', value: ['5', 5] }, true],
  ['5', { op: 'not_in', value: [5] }, true],
  [undefined, { op: 'not_equals', value: 'pro' }, true],
  [null, { op: 'not_in', value: ['pro'] }, true],
  [undefined, { op: 'equals', value: '' }, false],
  ['6', { op: 'gt', value: 5 }, false],
  [5, { op: 'between', value: [5, 5] }, true],
  ['5', { op: 'between', value: [5, 5] }, false],
  ['prose', { op: 'contains', value: 'ros' }, true],
  [50, { op: 'contains', value: 5 }, false],
  [['a', 'pro'], { op: 'contains', value: 'pro' }, true],
  [['a', 'prose'], { op: 'contains', value: 'pro' }, false],
  [['5'], { op: 'contains', value: 5 }, false],
  [[['pro']], { op: 'contains', value: 'pro' }, false],
  [undefined, { op: 'not_contains', value: 'pro' }, true],
  ['prose', { op: 'starts_with', value: 'pr' }, true],
  [['prose'], { op: 'starts_with', value: 'pr' }, false],
  ['prose', { op: 'ends_with', value: 'SE', ignoreCase: true }, true],
  [false, { op: 'exists' }, true],
  ['', { op: 'exists' }, true],
  [null, { op: 'exists' }, false],
  [[], { op: 'exists' }, true],
  // an object is what is in it
  [{}, { op: 'exists' }, false],
  [{ a: { b: null } }, { op: 'not_exists' }, true],
  [{ a: { b: [] } }, { op: 'exists' }, true],
  ['2026-03-31T11:00+02:00', { op: 'between', value: ['2026-03-31T09:00Z', '2026-03-31T09:00Z'] }, true],
  ['2026-03-31', { op: 'before', value: '2026-03-31' }, false],
  ['31/03/2026', { op: 'before', value: '2027-01-01' }, false],
  [NOW, { op: 'before', value: '2027-01-01' }, false],
  ['2026-03-31T09:00:00Z', { op: 'within_last', value: '30d' }, true],
  ['2026-03-01T09:00:00Z', { op: 'within_last', value: '30d' }, false],
  ['2026-03-31T09:00:00Z', { op: 'within_next', value: '30d' }, false],
  ['2026-04-30T09:00:00Z', { op: 'within_next', value: '30d' }, true],
  ['1990-04-07', { op: 'anniversary_within_next', value: '7d' }, true],
  ['1990-04-08', { op: 'anniversary_within_next', value: '7d' }, false],
  ['1990-03-31', { op: 'anniversary_within_next', value: '1d' }, true],
])('%j %j: %s', (value, asked, expected) => {
  expect(holds(value === undefined ? {} : { at: value }, 'at', asked)).toBe(expected)
})

describe('paths', () => {
  const object: JsonObject = {
    address: { city: 'Lyon', 'post.code': '69001' },
    items: [{ sku: 'A', tags: ['x'] }, 5, { sku: 'B', size: {} }, [{ sku: 'C' }]],
    tags: ['a', null, { b: 1 }],
  }
  const is = (value: Json): JsonObject => ({ op: 'equals', value })

  test.each<[string, JsonObject, boolean]>([
    ['address.city', is('Lyon'), true],
    ['address.post\\.code', is('69001'), true],
    ['address.post.code', { op: 'exists' }, false],
    ['items[].sku', is('B'), true],
    ['items[].sku', { op: 'not_equals', value: 'B' }, false],
    ['items[].sku', is('C'), false],
    ['items.sku', { op: 'exists' }, false],
    ['items[]', is(5), true],
    ['items[].tags', { op: 'contains', value: 'x' }, true],
    ['items[].tags[]', is('x'), true],
    ['items[].size', { op: 'exists' }, false],
    ['tags[]', { op: 'contains', value: 'a' }, true],
    ['tags[].b', { op: 'gte', value: 1 }, true],
    ['tags[].c', { op: 'not_exists' }, true],
    ['__proto__', { op: 'exists' }, false],
  ])('%s %j: %s', (path, asked, expected) => {
    expect(holds(object, path, asked)).toBe(expected)
  })
})
