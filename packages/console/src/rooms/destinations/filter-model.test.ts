import { compileFilter } from '@affluent/core/delivery/filter'
import { EVENT_TYPES, type Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PropertyTestModel } from '../../conditions/value-test.ts'
import { type FilterModel, isFilterComplete, OPEN_FILTER, readFilter, writeFilter } from './filter-model.ts'

const equals = (property: string, value: string): Omit<PropertyTestModel, 'id'> => ({
  property,
  test: { op: 'equals', values: [value], ignoresCase: false },
})
const arbitraryTests: fc.Arbitrary<PropertyTestModel[]> = fc
  .array(
    fc.constantFrom<Omit<PropertyTestModel, 'id'>>(
      { property: 'revenue', test: { op: 'gt', values: [50], ignoresCase: false } },
      equals('currency', 'EUR'),
      { property: 'coupon', test: { op: 'exists', values: [], ignoresCase: false } },
      { property: 'items[].sku', test: { op: 'in', values: ['a', 'b'], ignoresCase: true } },
    ),
    { maxLength: 3 },
  )
  .map((tests) => tests.map((one, index) => ({ ...one, id: index + 1 })))

const arbitraryFilter: fc.Arbitrary<FilterModel> = fc
  .record({
    events: fc.uniqueArray(fc.constantFrom('Order Completed', 'Order Refunded', 'Sign Up', 'é'), {
      maxLength: 3,
    }),
    tests: arbitraryTests,
    type: fc.option(fc.constantFrom(...EVENT_TYPES), { nil: null }),
    source: fc.option(fc.constantFrom('web', 'till'), { nil: null }),
  })
  .map((filter) => (filter.events.length === 0 ? { ...filter, tests: [] } : filter))

test('what the form writes is read back as the same, and the server takes it', () => {
  fc.assert(
    fc.property(arbitraryFilter, (filter) => {
      const json = writeFilter(filter)
      expect(() => compileFilter(json, 'Europe/Paris')).not.toThrow()
      expect(readFilter(json)).toEqual(filter)
      expect(isFilterComplete(filter)).toBe(true)
    }),
  )
})

test('a filter lets pass what it says', () => {
  const filter = {
    ...OPEN_FILTER,
    events: ['A', 'B'],
    tests: [{ ...equals('plan', 'pro'), id: 1 }],
    source: 'web',
  }
  const passes = compileFilter(writeFilter(filter), 'UTC')
  const event = { type: 'track', name: 'B', source: 'web', properties: { plan: 'pro' } } as const
  expect(passes(event)).toBe(true)
  expect(passes({ ...event, name: 'C' })).toBe(false)
  expect(passes({ ...event, source: 'till' })).toBe(false)
  expect(passes({ ...event, properties: { plan: 'free' } })).toBe(false)
})

test('nothing asked lets everything pass', () => {
  expect(writeFilter(OPEN_FILTER)).toBeNull()
  expect(readFilter(null)).toEqual(OPEN_FILTER)
})

test('what is incomplete is left out, and known to be', () => {
  const half = { ...OPEN_FILTER, tests: [{ ...equals('plan', 'pro'), id: 1 }] }
  expect(isFilterComplete(half)).toBe(false)
  expect(writeFilter(half)).toBeNull()
  const empty = { ...OPEN_FILTER, events: ['A'], tests: [{ ...equals('', 'pro'), id: 1 }] }
  expect(isFilterComplete(empty)).toBe(false)
  expect(writeFilter(empty)).toEqual({ event: 'A' })
})

test.each<Json>([
  { not: { event: 'A' } },
  { any: [{ event: 'A' }, { source: 'web' }] },
  {
    any: [
      { event: 'A', where: [] },
      { event: 'B', where: [{ property: 'a', op: 'exists' }] },
    ],
  },
  { all: [{ type: 'track' }, { type: 'page' }] },
  { all: [{ event: 'A' }, { event: 'B' }] },
  { all: [{ all: [{ event: 'A' }] }] },
  { event: 'A', note: 1 },
  { all: [] },
  'A',
])('%j is more than the form shows', (json) => {
  expect(readFilter(json)).toBeUndefined()
})
