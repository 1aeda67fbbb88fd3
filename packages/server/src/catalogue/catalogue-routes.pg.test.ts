import type { CatalogueAnswer, PropertiesAnswer, ValuesAnswer } from '@affluent/protocol/endpoints/catalogue'
import { CATALOGUE_VALUE_CHARS_MAX, CATALOGUE_VALUES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function ask<Answer>(path: string, query: Record<string, string> = {}): Promise<Answer> {
  const answer = await server.read(`/v1/catalogue${path}?${new URLSearchParams(query)}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as Answer
}

const values = async (query: Record<string, string>) =>
  (await ask<ValuesAnswer>('/values', query)).values.map(({ value, count }) => [value, count])

test('names, properties and values are there to choose from', async () => {
  const paid = (n: number, properties: object) => ({
    type: 'track',
    userId: `person-${n}`,
    event: 'Paid',
    properties,
  })
  await server.sendAll([
    paid(1, { total: 50, coupon: 'SPRING', vip: true, items: [{ sku: 'a', tags: ['x', 1] }, { sku: 'b' }] }),
    paid(1, { total: 50.5, coupon: 'spring', items: [{ sku: 'a' }], 'a.b': { c: 'deep' } }),
    paid(2, { total: '50', coupon: 'Ünter', tags: ['red', 'blue'] }),
    { type: 'page', userId: 'person-2', name: 'Paid', properties: { path: '/' } },
    {
      type: 'identify',
      userId: 'person-1',
      traits: { plan: 'pro', age: 41, tags: ['a', 'b'], address: { city: 'X' } },
    },
    { type: 'identify', userId: 'person-2', traits: { plan: 'free', vip: true, email: 'two@example.com' } },
    { type: 'identify', userId: 'person-2', traits: { plan: 'pro' } },
    { type: 'identify', userId: 'person-3', traits: { plan: 'Pro', gone: null } },
    { type: 'identify', userId: 'person-3', anonymousId: 'visitor-3', traits: { plan: 'Pro' } },
  ])
  await server.settle()

  const catalogue = await ask<CatalogueAnswer>('')
  expect(catalogue.events).toMatchObject([
    { type: 'identify', name: '', count: 5 },
    { type: 'track', name: 'Paid', count: 3 },
    { type: 'page', name: 'Paid', count: 1 },
  ])
  expect(catalogue.traits).toEqual([
    { name: 'plan', profiles: 3, kinds: ['text'] },
    { name: 'address', profiles: 1, kinds: ['object'] },
    { name: 'address.city', profiles: 1, kinds: ['text'] },
    { name: 'age', profiles: 1, kinds: ['number'] },
    { name: 'email', profiles: 1, kinds: ['text'] },
    { name: 'tags', profiles: 1, kinds: ['list'] },
    { name: 'vip', profiles: 1, kinds: ['boolean'] },
  ])
  expect(catalogue.identifiers).toEqual([
    { namespace: 'user_id', profiles: 3 },
    { namespace: 'anonymous_id', profiles: 1 },
    { namespace: 'email', profiles: 1 },
  ])

  const { properties, sampled } = await ask<PropertiesAnswer>('/properties', { event: 'Paid', type: 'track' })
  expect(sampled).toBe(false)
  expect(
    properties.map(({ path, kinds, count }) => `${path} ${kinds.toSorted().join('+')} ${count}`),
  ).toEqual([
    'coupon text 3',
    'total number+text 3',
    'items list 2',
    'items[].sku list 2',
    'a\\.b.c text 1',
    'items[].tags[] list 1',
    'tags list 1',
    'vip boolean 1',
  ])
  const both = await ask<PropertiesAnswer>('/properties', { event: 'Paid' })
  expect(both.properties.map(({ path }) => path)).toContain('path')

  const event = 'Paid'
  expect(await values({ event, property: 'coupon' })).toEqual([
    ['SPRING', 1],
    ['spring', 1],
    ['Ünter', 1],
  ])
  expect(await values({ event, property: 'coupon', prefix: 'SPr' })).toEqual([
    ['SPRING', 1],
    ['spring', 1],
  ])
  expect(await values({ event, property: 'coupon', prefix: 'unt' })).toEqual([['Ünter', 1]])
  expect(await values({ event, property: 'total' })).toEqual([
    [50, 1],
    [50.5, 1],
    ['50', 1],
  ])
  expect(await values({ event, property: 'vip' })).toEqual([[true, 1]])
  expect(await values({ event, property: 'items[].sku' })).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  expect(await values({ event, property: 'items[].tags[]' })).toEqual([
    ['x', 1],
    [1, 1],
  ])
  expect(await values({ event, property: 'tags', prefix: 'r' })).toEqual([['red', 1]])
  expect(await values({ event, property: 'tags[]' })).toEqual([
    ['blue', 1],
    ['red', 1],
  ])
  expect(await values({ event, property: 'nothing' })).toEqual([])
  expect(await values({ trait: 'plan' })).toEqual([
    ['pro', 2],
    ['Pro', 1],
  ])
  expect(await values({ trait: 'tags' })).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect(await values({ trait: 'age' })).toEqual([[41, 1]])
  expect(await values({ trait: 'address' })).toEqual([])
  expect(await values({ trait: 'gone' })).toEqual([])
  for (const query of ['', '?trait=a&event=b', '?event=b', '?property=b'])
    expect((await server.read(`/v1/catalogue/values${query}`)).status).toBe(400)
})

test('what is inside traits is listed with its values, by the path that conditions write', async () => {
  const keys = await server.addWorkspace('nested')
  const traits = (n: number, own: object) => ({ type: 'identify', userId: `nested-${n}`, traits: own })
  await server.sendAll(
    [
      traits(1, { address: { city: 'Paris', zip: 75011, geo: { 'lat.long': [48, 2], ok: true } } }),
      traits(2, { address: { city: 'Lyon', zip: '69001' }, 'a.b': 'dotted' }),
      traits(3, {
        address: { city: 'Paris', zip: null },
        pets: [{ kind: 'cat' }, { kind: 'dog', tags: ['old'] }],
      }),
      traits(4, { address: 'Paris', big: { id: 1e19 }, d: { e: { f: { g: { h: 1 } } } } }),
      traits(3, { address: { city: 'Nice' } }),
    ],
    keys,
  )
  await server.settle(keys)
  const read = async (path: string) => {
    const answer = await server.read(`/v1/catalogue${path}`, { keys })
    expect(answer.status, answer.text).toBe(200)
    return answer.json
  }
  const catalogue = (await read('')) as unknown as CatalogueAnswer
  expect(
    catalogue.traits.map(({ name, profiles, kinds }) => `${name} ${profiles} ${kinds.toSorted().join('+')}`),
  ).toEqual([
    'address 4 object+text',
    'address.city 3 text',
    'address.zip 2 number+text',
    'a\\.b 1 text',
    'address.geo 1 object',
    'address.geo.lat\\.long 1 list',
    'address.geo.ok 1 boolean',
    'big 1 object',
    'big.id 1 number',
    'd 1 object',
    'd.e 1 object',
    'd.e.f 1 object',
    'd.e.f.g 1 object',
    'pets 1 list',
    'pets[].kind 1 text',
    'pets[].tags 1 list',
  ])
  const valuesOf = async (trait: string, prefix = '') =>
    ((await read(`/values?${new URLSearchParams({ trait, prefix })}`)) as unknown as ValuesAnswer).values.map(
      ({ value, count }) => [value, count],
    )
  expect(await valuesOf('address.city')).toEqual([
    ['Lyon', 1],
    ['Nice', 1],
    ['Paris', 1],
  ])
  expect(await valuesOf('address.city', 'pa')).toEqual([['Paris', 1]])
  expect(await valuesOf('address')).toEqual([['Paris', 1]])
  expect(await valuesOf('address.zip')).toEqual([
    ['69001', 1],
    [75011, 1],
  ])
  expect(await valuesOf('pets[].kind')).toEqual([
    ['cat', 1],
    ['dog', 1],
  ])
  expect(await valuesOf('pets[].tags[]')).toEqual([['old', 1]])
  expect(await valuesOf('a\\.b')).toEqual([['dotted', 1]])
  expect(await valuesOf('address.nothing')).toEqual([])
})

test('of many values the most frequent are listed, and none that is very long', async () => {
  const long = 'x'.repeat(CATALOGUE_VALUE_CHARS_MAX)
  const coupons = [
    ...Array.from({ length: CATALOGUE_VALUES_MAX + 10 }, (_, n) => `C${n}`),
    'C7',
    long,
    `${long}x`,
  ]
  await server.sendAll(
    coupons.map((coupon) => ({ type: 'track', userId: 'person-1', event: 'Used', properties: { coupon } })),
  )
  await server.settle()
  const found = await values({ event: 'Used', property: 'coupon' })
  expect(found).toHaveLength(CATALOGUE_VALUES_MAX)
  expect(found[0]).toEqual(['C7', 2])
  expect(await values({ event: 'Used', property: 'coupon', prefix: 'xx' })).toEqual([[long, 1]])
})

test('another workspace has names of its own', async () => {
  const keys = await server.addWorkspace('other')
  const answer = await server.read('/v1/catalogue', { keys })
  expect(answer.json).toMatchObject({ events: [], traits: [], identifiers: [] })
})

test('of many events some are looked at, spread over all people, and the newest', async () => {
  // straight to ClickHouse: so many events take a while through the collector
  await server.database.query('update processor set next_fragment = 300001')
  await server.runOnClickHouse(
    `insert into event (workspace, fragment, anchor, time, position, received, type, name, source, message_id, flags, ip, raw, text)
     select 1, number % 300000, 1, now(), 0, now(), 'track', 'Often', 1, '', 0, '', '{}', map('plan', if(number % 3 = 0, 'pro', 'free'))
     from numbers(1000000)`,
  )
  const { values: found, sampled } = await ask<ValuesAnswer>('/values', { event: 'Often', property: 'plan' })
  expect(sampled).toBe(true)
  const counts = new Map(found.map(({ value, count }) => [value, count]))
  const [free = 0, pro = 0] = [counts.get('free'), counts.get('pro')]
  expect(free + pro).toBeGreaterThan(100_000)
  expect(free + pro).toBeLessThan(300_000)
  expect(free / pro).toBeGreaterThan(1.8)
  expect(free / pro).toBeLessThan(2.2)
  expect(await ask<PropertiesAnswer>('/properties', { event: 'Often' })).toMatchObject({
    sampled: true,
    properties: [{ path: 'plan', kinds: ['text'] }],
  })
})
