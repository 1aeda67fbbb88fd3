import type { JsonObject } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import type { ConditionNode } from './condition-model.ts'
import { placeOf } from './fault-places.ts'
import { readCondition } from './read-condition.ts'
import { takeNearest } from './take-nearest.ts'
import { writeCondition } from './write-condition.ts'

/** The condition after the nearest name was taken at a path, as the builder does it. */
function fixed(condition: JsonObject, path: string, nearest: string | number): unknown {
  const parts = readCondition(condition)
  if (parts === undefined) throw new Error('the builder cannot show it')
  const place = placeOf(path, writeCondition(parts).places)
  const change = (node: ConditionNode): ConditionNode => {
    if (node.kind === 'group') return { ...node, of: node.of.map(change) }
    return node.id === place?.node ? takeNearest(node, place.rest, nearest) : node
  }
  return writeCondition({ include: change(parts.include) as never, exclude: change(parts.exclude) as never })
    .condition
}

test('the nearest name takes the place of the unknown one, wherever it stands', () => {
  const paid = {
    event: 'Paid',
    where: [
      { property: 'a', op: 'exists' },
      { property: 'b', op: 'in', value: ['x', 'y'] },
    ],
  }
  const city = { trait: 'city', op: 'in', value: ['Pariss', 'Paris', 'Lyon'] }
  const sum = { event: 'Paid', aggregate: { fn: 'sum', property: 'amount' }, op: 'gte', value: 1 }
  const whole = { all: [city, paid, { any: [sum, { identifier: 'mail', op: 'exists' }] }] }
  expect(fixed(city, 'condition.trait', 'address.city')).toEqual({ ...city, trait: 'address.city' })
  expect(fixed(city, 'condition.value[0]', 'Paris')).toEqual({ ...city, value: ['Paris', 'Lyon'] })
  expect(fixed(whole, 'condition.all[1].event', 'Order')).toEqual({
    all: [city, { ...paid, event: 'Order' }, whole.all[2]],
  })
  expect(fixed(whole, 'condition.all[1].where[1].property', 'c')).toMatchObject({
    all: [city, { where: [{ property: 'a' }, { property: 'c', value: ['x', 'y'] }] }, whole.all[2]],
  })
  expect(fixed(whole, 'condition.all[1].where[1].value[1]', 'z')).toMatchObject({
    all: [city, { where: [{ property: 'a' }, { property: 'b', value: ['x', 'z'] }] }, whole.all[2]],
  })
  expect(fixed(whole, 'condition.all[2].any[0].aggregate.property', 'total')).toMatchObject({
    all: [city, paid, { any: [{ aggregate: { property: 'total' } }, { identifier: 'mail' }] }],
  })
  expect(fixed(whole, 'condition.all[2].any[1].identifier', 'email')).toMatchObject({
    all: [city, paid, { any: [sum, { identifier: 'email' }] }],
  })
  expect(fixed({ trait: 'age', op: 'equals', value: 5 }, 'condition.value', '5')).toEqual({
    trait: 'age',
    op: 'equals',
    value: '5',
  })
})
