import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  CONDITION_COUNT_MAX,
  CONDITION_DEPTH_MAX,
  CONDITION_EVENT_NAMES_MAX,
  CONDITION_NODES_MAX,
  CONDITION_TEXT_CHARS_MAX,
  CONDITION_VALUES_MAX,
  CONDITION_WHERE_MAX,
  SUM_VALUE_END,
  WINDOW_DAYS_MAX,
} from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalText } from './canonical-text.ts'
import { ConditionError } from './condition-error.ts'
import { formatCondition } from './format-condition.ts'
import { parseCondition } from './parse-condition.ts'
import { arbitraryCondition } from './testing/arbitrary-condition.ts'

const ZONE = 'Europe/Paris'
const leaf: JsonObject = { trait: 'plan', op: 'exists' }

function parse(json: Json) {
  return parseCondition(json, ZONE)
}

function faultOf(json: Json): ConditionError | undefined {
  try {
    parse(json)
    return undefined
  } catch (error) {
    if (error instanceof ConditionError) return error
    throw error
  }
}

function nested(depth: number): JsonObject {
  return depth === 1 ? leaf : { not: nested(depth - 1) }
}

const of = (count: number): Json[] => Array.from({ length: count }, (_, index) => index)
const order = (more: JsonObject): JsonObject => ({ event: 'Order Completed', ...more })
const sum = (more: JsonObject): JsonObject =>
  order({ aggregate: { fn: 'sum', property: 'price' }, op: 'gte', value: 5, ...more })

describe('what is refused says where it is wrong', () => {
  test.each<[Json, string]>([
    [null, 'condition'],
    [[], 'condition'],
    ['vip', 'condition'],
    [{}, 'condition'],
    [{ trait: 'a', op: 'exists', note: 1 }, 'condition.note'],
    [{ unknown: 1 }, 'condition.unknown'],
    [{ trait: 'a', event: 'b' }, 'condition.event'],
    [{ all: leaf }, 'condition.all'],
    [{ all: [] }, 'condition.all'],
    [{ any: [leaf, 5] }, 'condition.any[1]'],
    [{ all: [leaf, { any: [leaf, { not: { trait: 'a' } }] }] }, 'condition.all[1].any[1].not.op'],
    [{ not: [leaf] }, 'condition.not'],
    [{ not: leaf, all: [leaf] }, 'condition.not'],
    [{ trait: '', op: 'exists' }, 'condition.trait'],
    [{ trait: 'a..b', op: 'exists' }, 'condition.trait'],
    [{ trait: 'a\u0000', op: 'exists' }, 'condition.trait'],
    [{ trait: 5, op: 'exists' }, 'condition.trait'],
    [{ trait: 'a' }, 'condition.op'],
    [{ trait: 'a', op: 'is' }, 'condition.op'],
    [{ trait: 'a', op: 'exists', value: 1 }, 'condition.value'],
    [{ trait: 'a', op: 'exists', ignoreCase: true }, 'condition.ignoreCase'],
    [{ trait: 'a', op: 'equals' }, 'condition.value'],
    [{ trait: 'a', op: 'equals', value: null }, 'condition.value'],
    [{ trait: 'a', op: 'equals', value: {} }, 'condition.value'],
    [{ trait: 'a', op: 'equals', value: ['x'] }, 'condition.value'],
    [{ trait: 'a', op: 'equals', value: '\ud800' }, 'condition.value'],
    [{ trait: 'a', op: 'equals', value: 'x', ignoreCase: 1 }, 'condition.ignoreCase'],
    [{ trait: 'a', op: 'equals', value: Number.POSITIVE_INFINITY }, 'condition.value'],
    [{ trait: 'a', op: 'gt', value: Number.NEGATIVE_INFINITY }, 'condition.value'],
    [{ trait: 'a', op: 'gt', value: '5' }, 'condition.value'],
    [{ trait: 'a', op: 'gt', value: 5, ignoreCase: true }, 'condition.ignoreCase'],
    [{ trait: 'a', op: 'in', value: 'x' }, 'condition.value'],
    [{ trait: 'a', op: 'in', value: [] }, 'condition.value'],
    [{ trait: 'a', op: 'in', value: ['x', null] }, 'condition.value[1]'],
    [{ trait: 'a', op: 'starts_with', value: '' }, 'condition.value'],
    [{ trait: 'a', op: 'ends_with', value: 5 }, 'condition.value'],
    [{ trait: 'a', op: 'between', value: [1] }, 'condition.value'],
    [{ trait: 'a', op: 'between', value: [2, 1] }, 'condition.value'],
    [{ trait: 'a', op: 'between', value: [1, '2026-01-01'] }, 'condition.value[1]'],
    [{ trait: 'a', op: 'between', value: ['2026-03-31', '2026-03-30'] }, 'condition.value'],
    // the day in Paris ends at ten in the evening, in UTC
    [{ trait: 'a', op: 'between', value: ['2026-03-31T22:00Z', '2026-03-31'] }, 'condition.value'],
    [{ trait: 'a', op: 'gt', value: 5, as: 'text' }, 'condition.as'],
    [{ trait: 'a', op: 'gt', value: 'five', as: 'number' }, 'condition.value'],
    [{ trait: 'a', op: 'gt', value: 5, as: 'date' }, 'condition.value'],
    [{ trait: 'a', op: 'before', value: '2026-03-31', as: 'number' }, 'condition.as'],
    [{ trait: 'a', op: 'contains', value: 'x', as: 'number' }, 'condition.as'],
    [{ trait: 'a', op: 'exists', as: 'date' }, 'condition.as'],
    [{ trait: 'a', op: 'equals', value: '5', as: 'number', ignoreCase: true }, 'condition.ignoreCase'],
    [{ trait: 'a', op: 'between', value: ['2026-01-01', 'x'] }, 'condition.value[1]'],
    [{ trait: 'a', op: 'between', value: [1, Number.POSITIVE_INFINITY] }, 'condition.value[1]'],
    [{ trait: 'a', op: 'before', value: '2026-02-29' }, 'condition.value'],
    [{ trait: 'a', op: 'after', value: 5 }, 'condition.value'],
    [{ trait: 'a', op: 'within_last', value: 'this month' }, 'condition.value'],
    [{ trait: 'a', op: 'within_next', value: '0d' }, 'condition.value'],
    [{ trait: 'a', op: 'anniversary_within_next', value: 7 }, 'condition.value'],
    [{ event: '' }, 'condition.event'],
    [order({ type: 'identify' }), 'condition.event'],
    [order({ type: 'alias' }), 'condition.type'],
    [{ event: { type: 'alias' } }, 'condition.event.type'],
    [{ event: { type: null } }, 'condition.event.type'],
    [order({ type: null }), 'condition.type'],
    [{ event: { type: 'identify', name: 'Home' } }, 'condition.event.name'],
    [{ event: { type: 'page', name: '' } }, 'condition.event.name'],
    [{ event: { type: 'page', title: 'Home' } }, 'condition.event.title'],
    [{ event: {} }, 'condition.event.name'],
    [{ event: { type: 'page' }, type: 'page' }, 'condition.type'],
    [{ event: [] }, 'condition.event'],
    [{ event: of(CONDITION_EVENT_NAMES_MAX + 1).map(String) }, 'condition.event'],
    [{ event: ['a', 5] }, 'condition.event[1]'],
    [{ event: '*Completed' }, 'condition.event'],
    [{ event: ['a', 'Order * Completed'] }, 'condition.event[1]'],
    [{ each: 'pets[]' }, 'condition.where'],
    [{ each: 'pets[]', where: [] }, 'condition.where'],
    [{ each: 'pets[]', where: [{ trait: 'kind', op: 'exists' }] }, 'condition.where[0].trait'],
    [{ each: 'pets[0]', where: [{ property: 'kind', op: 'exists' }] }, 'condition.each'],
    [{ each: 'pets[]', where: [{ each: 'a', where: [] }] }, 'condition.where[0].each'],
    [{ each: 'pets[]', op: 'exists' }, 'condition.op'],
    [
      order({ where: [{ each: 'a', where: [{ property: 'b', op: 'is' }] }] }),
      'condition.where[0].where[0].op',
    ],
    [
      order({ where: [{ each: 'a', where: [{ property: 'b', op: 'within_last', value: '1d' }] }] }),
      'condition.where[0].where[0].op',
    ],
    [{ trait: 'products[0].sku', op: 'exists' }, 'condition.trait'],
    [order({ where: [{ property: 'products.0.sku', op: 'exists' }] }), 'condition.where[0].property'],
    [sum({ as: 'number' }), 'condition.as'],
    [order({ where: {} }), 'condition.where'],
    [order({ where: [5] }), 'condition.where[0]'],
    [
      order({
        where: [
          { property: 'a', op: 'exists' },
          { property: 'a', op: 'gt', value: 'x' },
        ],
      }),
      'condition.where[1].value',
    ],
    [order({ where: [{ property: '.', op: 'exists' }] }), 'condition.where[0].property'],
    [order({ where: [{ trait: 'a', op: 'exists' }] }), 'condition.where[0].trait'],
    [order({ where: [{ property: 'a', op: 'within_last', value: '1d' }] }), 'condition.where[0].op'],
    [order({ count: 2 }), 'condition.count'],
    [order({ count: { op: 'in', value: 2 } }), 'condition.count.op'],
    [order({ count: { op: 'gte', value: -1 } }), 'condition.count.value'],
    [order({ count: { op: 'gte', value: 1.5 } }), 'condition.count.value'],
    [order({ count: { op: 'gte', value: 1, within: '1d' } }), 'condition.count.within'],
    [order({ op: 'gte', value: 5 }), 'condition.op'],
    [order({ within: '30' }), 'condition.within'],
    [order({ within: 30 }), 'condition.within'],
    [order({ within: null }), 'condition.within'],
    [order({ within: {} }), 'condition.within'],
    [order({ within: { from: '2026-01-01', until: '2026-02-01' } }), 'condition.within.until'],
    [order({ within: { from: '2026-02-30' } }), 'condition.within.from'],
    [order({ within: { from: '2026-02-02', to: '2026-02-01' } }), 'condition.within.to'],
    [sum({ count: { op: 'gte', value: 1 } }), 'condition.count'],
    [sum({ op: 'exists' }), 'condition.op'],
    [sum({ value: '5' }), 'condition.value'],
    [sum({ value: Number.POSITIVE_INFINITY }), 'condition.value'],
    [sum({ ignoreCase: true }), 'condition.ignoreCase'],
    [sum({ aggregate: { fn: 'median', property: 'price' } }), 'condition.aggregate.fn'],
    [sum({ aggregate: { fn: 'sum' } }), 'condition.aggregate.property'],
    [sum({ aggregate: { fn: 'sum', property: 'items[0].price' } }), 'condition.aggregate.property'],
    [sum({ aggregate: { fn: 'last', property: 'price' }, op: 'within_last', value: '1d' }), 'condition.op'],
    [{ audience: '' }, 'condition.audience'],
    [{ audience: 'vip', op: 'exists' }, 'condition.op'],
    [{ identifier: 'email' }, 'condition.op'],
    [{ identifier: 'email', op: 'equals' }, 'condition.op'],
    [{ bucket: 'spring' }, 'condition.bucket'],
    [{ bucket: { seed: 's', from: 0 } }, 'condition.bucket.to'],
    [{ bucket: { seed: 's', from: 0, to: 101 } }, 'condition.bucket.to'],
    [{ bucket: { seed: 's', from: 5, to: 4 } }, 'condition.bucket.to'],
    [{ bucket: { seed: '', from: 0, to: 4 } }, 'condition.bucket.seed'],
    [{ bucket: { seed: 's', from: 0, to: 4, of: 'x' } }, 'condition.bucket.of'],
  ])('%j at %s', (json, path) => {
    const fault = faultOf(json)
    expect([fault?.path, fault?.code]).toEqual([path, 'invalid_condition'])
  })

  test.each(['computed', 'record', 'sequence', 'consent'])('"%s" is not available yet', (form) => {
    const fault = faultOf({ all: [{ [form]: 'x' }] })
    expect([fault?.path, fault?.code]).toEqual([`condition.all[0].${form}`, 'not_available'])
  })

  test.each<[string, (size: number) => Json, number, string]>([
    ['levels', nested, CONDITION_DEPTH_MAX, `condition${'.not'.repeat(CONDITION_DEPTH_MAX)}`],
    [
      'conditions',
      (size) => ({ any: Array.from({ length: size - 1 }, () => leaf) }),
      CONDITION_NODES_MAX,
      `condition.any[${CONDITION_NODES_MAX - 1}]`,
    ],
    [
      'values',
      (size) => ({ trait: 'a', op: 'in', value: of(size) }),
      CONDITION_VALUES_MAX,
      'condition.value',
    ],
    [
      'characters',
      (size) => ({ trait: 'a', op: 'equals', value: 'x'.repeat(size) }),
      CONDITION_TEXT_CHARS_MAX,
      'condition.value',
    ],
    [
      'characters of a name',
      (size) => ({ event: 'x'.repeat(size) }),
      CONDITION_TEXT_CHARS_MAX,
      'condition.event',
    ],
    [
      'tests',
      (size) => order({ where: of(size).map((value) => ({ property: 'a', op: 'equals', value })) }),
      CONDITION_WHERE_MAX,
      'condition.where',
    ],
    [
      'events',
      (value) => order({ count: { op: 'gte', value } }),
      CONDITION_COUNT_MAX,
      'condition.count.value',
    ],
    ['days', (size) => order({ within: `${size}d` }), WINDOW_DAYS_MAX, 'condition.within'],
    ['billionths', (value) => sum({ value }), SUM_VALUE_END - 1, 'condition.value'],
  ])('one more than the most %s is refused', (_, make, max, path) => {
    expect(faultOf(make(max))).toBeUndefined()
    expect(faultOf(make(max + 1))?.path).toBe(path)
  })
})

describe('what means the same is written the same', () => {
  test.each<[Json, Json]>([
    [{ all: [leaf, { audience: 'vip' }] }, { all: [{ audience: 'vip' }, leaf, leaf] }],
    [{ all: [leaf] }, leaf],
    [{ any: [{ any: [leaf, { audience: 'a' }] }, leaf] }, { any: [{ audience: 'a' }, leaf] }],
    [{ not: { not: leaf } }, leaf],
    [
      { all: [{ not: { not: { all: [leaf, { audience: 'a' }] } } }, leaf] },
      { all: [leaf, { audience: 'a' }] },
    ],
    [order({}), order({ type: 'track', where: [], count: { value: 1, op: 'gte' } })],
    [order({ within: '7d' }), order({ within: '168h' })],
    [order({ within: '1 week' }), order({ within: '1 weeks' })],
    [order({ within: 'last calendar week' }), order({ within: 'last 1 calendar weeks' })],
    [
      order({ within: { from: '2026-03-29T00:00:00+01:00' } }),
      order({ within: { to: null, from: '2026-03-28T23:00:00Z' } }),
    ],
    [
      order({
        where: [
          { property: 'a', op: 'exists' },
          { property: 'b', op: 'exists' },
        ],
      }),
      order({
        where: [
          { op: 'exists', property: 'b' },
          { property: 'a', op: 'exists' },
          { property: 'b', op: 'exists' },
        ],
      }),
    ],
    [
      { trait: 'a', op: 'in', value: ['b', 'a', 'b'] },
      { trait: 'a', op: 'in', value: ['a', 'b'] },
    ],
    [
      { trait: 'a', op: 'equals', value: 50 },
      { op: 'equals', trait: 'a', value: 50.0, ignoreCase: false },
    ],
    [
      { trait: 'a', op: 'before', value: '2026-03-31T00:00Z' },
      { trait: 'a', op: 'before', value: '2026-03-31T02:00+02:00', as: 'date' },
    ],
    [
      { trait: 'a', op: 'gt', value: 5, as: 'number' },
      { trait: 'a', op: 'gt', value: '5.0', as: 'number' },
    ],
    [{ event: { type: 'page', name: 'Home' } }, { event: 'Home', type: 'page' }],
    [{ event: { type: 'page' } }, { event: '', type: 'page' }],
    [{ event: { type: 'page' } }, { event: { type: 'page', name: '*' } }],
    [{ event: { name: 'Home' } }, { event: 'Home' }],
    [{ event: '*' }, { event: { type: 'track' } }],
    [{ event: ['b', 'a*', 'ab', 'a*', 'abc*'] }, { event: ['a*', 'b'] }],
    [{ event: ['a'] }, { event: 'a' }],
    [
      { each: 'pets', where: [{ property: 'kind', op: 'equals', value: 'cat' }] },
      { each: 'traits.pets[*]', where: [{ value: 'cat', op: 'equals', property: 'kind' }] },
    ],
    [
      order({ where: [{ property: '$.products[*].sku', op: 'exists' }] }),
      order({ where: [{ property: 'properties.products[].sku', op: 'exists' }] }),
    ],
    [
      { trait: 'a', op: 'within_last', value: '2d' },
      { trait: 'a', op: 'within_last', value: '48h' },
    ],
  ])('%j and %j', (a, b) => {
    expect(canonicalText(parse(a))).toBe(canonicalText(parse(b)))
  })

  test.each<[Json, Json]>([
    [order({ within: '7d' }), order({ within: '1 week' })],
    [
      { trait: 'a', op: 'equals', value: 5 },
      { trait: 'a', op: 'equals', value: '5' },
    ],
    [{ event: 'a*' }, { event: 'a\\*' }],
    [{ event: { type: 'page' } }, { event: { type: 'screen' } }],
    // a whole day is not its first moment
    [
      { trait: 'a', op: 'before', value: '2026-03-31' },
      { trait: 'a', op: 'before', value: '2026-03-30T22:00Z' },
    ],
    [
      order({ where: [{ property: 'context.page', op: 'exists' }] }),
      order({ where: [{ property: '\\context.page', op: 'exists' }] }),
    ],
    [{ all: [leaf, { audience: 'a' }] }, { any: [leaf, { audience: 'a' }] }],
  ])('but not %j and %j', (a, b) => {
    expect(canonicalText(parse(a))).not.toBe(canonicalText(parse(b)))
  })

  test('a day without a time begins and ends in the zone of the workspace', () => {
    expect(parse(order({ within: { from: '2026-03-29', to: '2026-03-29' } }))).toMatchObject({
      within: {
        kind: 'range',
        from: Date.parse('2026-03-28T23:00:00Z'),
        to: Date.parse('2026-03-29T21:59:59.999Z'),
      },
    })
  })

  test('any condition, written out again, shuffled and doubled, is the same', () => {
    fc.assert(
      fc.property(arbitraryCondition, (raw) => {
        const parsed = parse(raw)
        const text = canonicalText(parsed)
        expect(canonicalText(parse(formatCondition(parsed)))).toBe(text)
        expect(canonicalText(parse(shuffle(raw)))).toBe(text)
        expect(canonicalText(parse({ all: [{ not: { not: raw } }, raw] }))).toBe(text)
      }),
    )
  })
})

/** The other order wherever order means nothing. */
function shuffle(json: Json): JsonObject {
  const entries = Object.entries(json as JsonObject).map(([key, value]): [string, Json] => {
    if (key === 'all' || key === 'any') return [key, (value as Json[]).map(shuffle).reverse()]
    if (key === 'where') return [key, [...(value as Json[])].reverse()]
    return [key, key === 'not' ? shuffle(value) : value]
  })
  return Object.fromEntries(entries.reverse())
}
