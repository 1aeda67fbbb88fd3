import type { ConditionWarning } from '@affluent/protocol/endpoints/audiences'
import type { Json } from '@affluent/protocol/event'
import { UNKNOWN_NAMES_ASKED_MAX, UNKNOWN_NAMES_TOLD_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.sendAll([
    {
      type: 'identify',
      userId: 'a',
      traits: { address: { city: 'Paris' }, plan: 'pro', age: 41, tags: ['x'] },
    },
    {
      type: 'identify',
      userId: 'b',
      traits: { pets: [{ kind: 'cat' }], email: 'b@example.com', zip: '75011' },
    },
    {
      type: 'track',
      userId: 'a',
      event: 'Order Completed',
      properties: { revenue: 50, items: [{ sku: 'S-1' }] },
    },
    { type: 'page', userId: 'a', name: 'Pricing' },
  ])
  await server.settle()
})
afterAll(() => server.stop())

async function warningsOf(condition: Json): Promise<ConditionWarning[]> {
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition })
  expect(answer.status, answer.text).toBe(200)
  return answer.json['warnings'] as unknown as ConditionWarning[]
}

test('a preview warns of each name that has never been seen, where it stands, with the one that was meant', async () => {
  const warnings = await warningsOf({
    any: [
      { trait: 'city', op: 'equals', value: 'Paris' },
      { trait: 'address.city', op: 'in', value: ['paris', 'Lyon', 'Paris'] },
      { event: 'Order Complete' },
      { event: 'Order Completed', where: [{ property: 'revenu', op: 'gte', value: 10 }] },
      { event: 'Order Completed', aggregate: { fn: 'sum', property: 'amount' }, op: 'gte', value: 1 },
      { not: { identifier: 'e-mail', op: 'exists' } },
      { trait: 'zip', op: 'equals', value: 75011 },
    ],
  })
  expect(warnings.map(({ code, path, name, nearest }) => [code, path, name, nearest])).toEqual([
    ['unknown_trait', 'condition.any[0].trait', 'city', 'address.city'],
    ['unknown_value', 'condition.any[1].value[0]', 'paris', 'Paris'],
    ['unknown_value', 'condition.any[1].value[1]', 'Lyon', null],
    ['unknown_event', 'condition.any[2].event', 'Order Complete', 'Order Completed'],
    ['unknown_property', 'condition.any[3].where[0].property', 'revenu', 'revenue'],
    ['unknown_property', 'condition.any[4].aggregate.property', 'amount', null],
    ['unknown_identifier', 'condition.any[5].not.identifier', 'e-mail', 'email'],
    ['unknown_value', 'condition.any[6].value', 75011, '75011'],
  ])
  expect(warnings[0]?.message).toBe('No profile has the trait "city". Do you mean "address.city"?')
})

test('a preview says nothing of names and values that have been seen', async () => {
  expect(
    await warningsOf({
      all: [
        { trait: 'address.city', op: 'equals', value: 'paris', ignoreCase: true },
        { trait: 'tags', op: 'contains', value: 'x' },
        { trait: 'pets[].kind', op: 'equals', value: 'cat' },
        { trait: 'age', op: 'gte', value: 1_000 },
        { event: 'Order Completed', where: [{ property: 'items[].sku', op: 'equals', value: 'S-1' }] },
        { event: 'Pricing', type: 'page' },
        { identifier: 'user_id', op: 'exists' },
        { bucket: { seed: 'a', from: 0, to: 50 } },
      ],
    }),
  ).toEqual([])
})

test('of many unknown names the first few are told, and of very many names the first are looked for', async () => {
  const unknown = (n: number): Json => ({ trait: 'plan', op: 'equals', value: `plan ${n}` })
  const few = Array.from({ length: UNKNOWN_NAMES_TOLD_MAX + 1 }, (_, n) => unknown(n))
  expect((await warningsOf({ any: few })).map(({ name }) => name)).toEqual(
    Array.from({ length: UNKNOWN_NAMES_TOLD_MAX }, (_, n) => `plan ${n}`),
  )
  const values = Array.from({ length: UNKNOWN_NAMES_ASKED_MAX }, () => 'pro')
  const inTurn = { any: [{ trait: 'plan', op: 'in', value: values.map((value, n) => `${value}${n}`) }] }
  expect(await warningsOf(inTurn)).toHaveLength(UNKNOWN_NAMES_TOLD_MAX)
  const known = { trait: 'plan', op: 'exists' }
  const before = Array.from({ length: UNKNOWN_NAMES_ASKED_MAX - 1 }, () => known)
  expect(await warningsOf({ any: [...before, unknown(1)] })).toHaveLength(0)
  expect(await warningsOf({ any: [...before.slice(1), unknown(1)] })).toHaveLength(1)
})
