import { expect, test } from 'vitest'
import { ConditionError } from '../condition/condition-error.ts'
import type { EventToRoute } from './connection.ts'
import { compileFilter } from './filter.ts'

const ORDER: EventToRoute = {
  type: 'track',
  name: 'Order Completed',
  source: 'web',
  properties: { revenue: 60, items: [{ sku: 'a' }], coupon: 'ÉTÉ' },
}

test.each([
  [null, true],
  [{ type: 'track' }, true],
  [{ type: 'page' }, false],
  [{ source: 'web' }, true],
  [{ source: 'app' }, false],
  [{ event: 'Order Completed' }, true],
  [{ event: 'order completed' }, false],
  [{ event: 'Order Completed', where: [{ property: 'revenue', op: 'gt', value: 50 }] }, true],
  [{ event: 'Order Completed', where: [{ property: 'revenue', op: 'gt', value: 60 }] }, false],
  [{ event: 'Order Completed', where: [{ property: 'items[].sku', op: 'equals', value: 'a' }] }, true],
  [
    {
      event: 'Order Completed',
      where: [{ property: 'coupon', op: 'equals', value: 'ete', ignoreCase: true }],
    },
    true,
  ],
  [{ not: { source: 'web' } }, false],
  [{ all: [{ type: 'track' }, { any: [{ source: 'app' }, { event: 'Order Completed' }] }] }, true],
])('%j lets an order pass: %s', (filter, passes) => {
  expect(compileFilter(filter, 'UTC')(ORDER)).toBe(passes)
})

test.each([
  ['x', 'filter'],
  [[], 'filter'],
  [{}, 'filter'],
  [{ all: [] }, 'filter.all'],
  [{ type: 'click' }, 'filter.type'],
  [{ event: '' }, 'filter.event'],
  [{ event: 'A', count: 2 }, 'filter.count'],
  [{ source: 'web', event: 'A' }, 'filter.source'],
  [{ any: [{ event: 'A', where: [{ property: 'x' }] }] }, 'filter.any[0].where[0].op'],
  [{ event: 'A', where: [{ property: 'x', op: 'within_last', value: '2d' }] }, 'filter.where[0].op'],
])('%j is refused with its path', (filter, path) => {
  let fault: unknown
  try {
    compileFilter(filter, 'UTC')
  } catch (error) {
    fault = error
  }
  expect(fault).toBeInstanceOf(ConditionError)
  expect(fault).toMatchObject({ path })
})
