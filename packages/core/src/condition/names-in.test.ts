import { expect, test } from 'vitest'
import { namesIn } from './names-in.ts'
import { parseCondition } from './parse-condition.ts'

test('the names of a condition are found where they stand, each with the condition that asks for it alone', () => {
  const condition = {
    all: [
      { trait: 'address.city', op: 'in', value: ['Paris', 'Lyon'] },
      {
        not: {
          event: 'Paid',
          where: [
            { property: 'coupon', op: 'equals', value: 'X', ignoreCase: true },
            {
              each: 'items[]',
              where: [
                { property: 'sku', op: 'not_equals', value: 7 },
                { property: 'price', op: 'gt', value: 7 },
              ],
            },
          ],
        },
      },
      { any: [{ identifier: 'email', op: 'exists' }, { audience: 'vip' }] },
      { event: ['A', 'B*'], aggregate: { fn: 'sum', property: 'total' }, op: 'gte', value: 1 },
      { event: { type: 'page', name: 'Home' } },
      { each: 'pets[]', where: [{ property: 'kind', op: 'equals', value: 'cat' }] },
      { bucket: { seed: 'a', from: 0, to: 10 } },
    ],
  }
  const found = namesIn(condition)
  expect(found.map(({ kind, path, name }) => `${kind} ${path} ${name}`)).toEqual([
    'trait condition.all[0].trait address.city',
    'value condition.all[0].value[0] Paris',
    'value condition.all[0].value[1] Lyon',
    'event condition.all[1].not.event Paid',
    'property condition.all[1].not.where[0].property coupon',
    'value condition.all[1].not.where[0].value X',
    'property condition.all[1].not.where[1].where[0].property items[].sku',
    'value condition.all[1].not.where[1].where[0].value 7',
    'property condition.all[1].not.where[1].where[1].property items[].price',
    'identifier condition.all[2].any[0].identifier email',
    'event condition.all[3].event[0] A',
    'event condition.all[3].event[1] B*',
    'property condition.all[3].aggregate.property total',
    'event condition.all[4].event Home',
    'trait condition.all[5].where[0].property pets[].kind',
    'value condition.all[5].where[0].value cat',
  ])
  const probes = new Map(found.map(({ path, probe }) => [path, probe]))
  expect(probes.get('condition.all[0].value[1]')).toEqual({
    trait: 'address.city',
    op: 'equals',
    value: 'Lyon',
  })
  expect(probes.get('condition.all[1].not.where[0].value')).toEqual({
    event: 'Paid',
    where: [{ property: 'coupon', op: 'equals', value: 'X', ignoreCase: true }],
  })
  expect(probes.get('condition.all[3].aggregate.property')).toEqual({
    event: ['A', 'B*'],
    where: [{ property: 'total', op: 'exists' }],
  })
  const under = new Map(found.map(({ path, under }) => [path, under]))
  expect(under.get('condition.all[1].not.where[1].where[0].value')).toBe(
    'condition.all[1].not.where[1].where[0].property',
  )
  expect(under.get('condition.all[1].not.where[0].property')).toBe('condition.all[1].not.event')
})

test('what the element of a list has is asked by a path that a condition takes, however the list was written', () => {
  const where = [
    { property: 'kind', op: 'exists' },
    { property: '$.5', op: 'exists' },
  ]
  const probes = [
    { each: 'pets', where },
    { each: 'pets[*]', where },
    { event: 'Paid', where: [{ each: 'pets', where }] },
  ].flatMap((condition) => namesIn(condition).map(({ probe }) => parseCondition(probe, 'UTC')))
  expect(
    probes.map((leaf) => ('trait' in leaf ? leaf.trait : 'where' in leaf ? leaf.where : undefined)),
  ).toEqual([
    ...['pets[].kind', 'pets[].\\5', 'pets[].kind', 'pets[].\\5'],
    [],
    [{ property: 'pets[].kind', op: 'exists' }],
    [{ property: 'pets[].\\5', op: 'exists' }],
  ])
})
