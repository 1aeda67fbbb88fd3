import type { Json, JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type WorkspaceKeys } from '../testing/test-server.ts'

let server: TestServer
let keys: WorkspaceKeys

beforeAll(async () => {
  server = await startTestServer()
  keys = await server.addWorkspace('conditions')
  await server.database.query("update workspace set zone = 'Europe/Paris' where slug = 'conditions'")
})
afterAll(() => server.stop())

/** A condition with what people have done, and whom it is to find. */
interface Case {
  readonly about: string
  readonly condition: JsonObject
  readonly people: Readonly<Record<string, readonly JsonObject[]>>
  readonly members: readonly string[]
}

const track = (event: string, properties: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  type: 'track',
  event,
  properties,
  ...more,
})
const identify = (traits: JsonObject): JsonObject => ({ type: 'identify', traits })
const page = (more: JsonObject): JsonObject => ({ type: 'page', ...more })
const where = (...tests: JsonObject[]): Json => tests
const secondsAgo = (seconds: number) => new Date(server.now() - seconds * 1_000).toISOString()

const products = Array.from({ length: 50 }, (_, n) => ({
  product_id: `p${n}`,
  sku: `S${n}`,
  price: 0.1,
  quantity: n,
  variant: { color: n === 7 ? 'red' : 'blue' },
}))
/** As large as what a shop system posts: more than 260 paths, the address last. */
const largeOrder: JsonObject = {
  ...Object.fromEntries(Array.from({ length: 260 }, (_, n) => [`field_${n}`, n])),
  shipping_address: { city: 'Lyon' },
}

const CASES = (): Case[] => [
  {
    about: 'the last of many paths is there',
    condition: {
      event: 'Order Created',
      where: where({ property: 'shipping_address.city', op: 'not_exists' }),
    },
    people: { large: [track('Order Created', largeOrder)], none: [track('Order Created')] },
    members: ['none'],
  },
  {
    about: 'every path of fifty products',
    condition: {
      event: 'Fifty',
      where: where(
        { property: 'products[].variant.color', op: 'equals', value: 'red' },
        { property: 'total', op: 'gt', value: 1 },
      ),
    },
    people: { fifty: [track('Fifty', { products, total: 5 })] },
    members: ['fifty'],
  },
  {
    about: 'a sum over elements, exact',
    condition: {
      event: 'Summed',
      aggregate: { fn: 'sum', property: 'products[].price' },
      op: 'equals',
      value: 5,
    },
    people: {
      fifty: [track('Summed', { products })],
      two: [
        track('Summed', { products: [{ price: 2 }] }),
        track('Summed', { products: [{ price: 3 }, { price: 'x' }] }),
      ],
      less: [track('Summed', { products: [{ price: 4.9 }] })],
    },
    members: ['fifty', 'two'],
  },
  {
    about: 'different values over elements',
    condition: {
      event: 'Varied',
      aggregate: { fn: 'distinct', property: 'products[].sku' },
      op: 'equals',
      value: 2,
    },
    people: {
      a: [
        track('Varied', { products: [{ sku: 'A' }, { sku: 'B' }] }),
        track('Varied', { products: [{ sku: 'A' }] }),
      ],
      b: [track('Varied', { products: [{ sku: 'A' }, { sku: 'A' }] })],
    },
    members: ['a'],
  },
  {
    about: 'the greatest element',
    condition: { event: 'Most', aggregate: { fn: 'max', property: 'products[].price' }, op: 'gte', value: 9 },
    people: {
      a: [track('Most', { products: [{ price: 3 }, { price: 9 }, { price: 1 }] })],
      b: [track('Most', { products: [{ price: 3 }] })],
    },
    members: ['a'],
  },
  {
    about: 'the last element of the last event',
    condition: {
      event: 'Seen',
      aggregate: { fn: 'last', property: 'products[].sku' },
      op: 'equals',
      value: 'B',
    },
    people: {
      a: [track('Seen', { products: [{ sku: 'A' }, { sku: 'B' }] })],
      b: [track('Seen', { products: [{ sku: 'B' }, { sku: 'A' }] })],
    },
    members: ['a'],
  },
  {
    about: 'two tests of one element of a trait',
    condition: {
      each: 'interests[]',
      where: where(
        { property: 'key', op: 'equals', value: 'football' },
        { property: 'value', op: 'equals', value: 50 },
      ),
    },
    people: {
      other: [
        identify({
          interests: [
            { key: 'cars', value: 50 },
            { key: 'football', value: 15 },
          ],
        }),
      ],
      same: [
        identify({
          interests: [
            { key: 'cars', value: 15 },
            { key: 'football', value: 50 },
          ],
        }),
      ],
    },
    members: ['same'],
  },
  {
    about: 'two tests of one element of an event',
    condition: {
      event: 'Bought',
      where: where({
        each: 'products[]',
        where: [
          { property: 'sku', op: 'equals', value: 'X' },
          { property: 'quantity', op: 'gte', value: 2 },
          { property: 'gift', op: 'not_exists' },
        ],
      }),
    },
    people: {
      same: [track('Bought', { products: [{ sku: 'X', quantity: 2 }] })],
      other: [
        track('Bought', {
          products: [
            { sku: 'X', quantity: 1 },
            { sku: 'Y', quantity: 2 },
          ],
        }),
      ],
      gift: [track('Bought', { products: [{ sku: 'X', quantity: 2, gift: true }] })],
    },
    members: ['same'],
  },
  {
    about: 'names that begin alike',
    condition: { event: 'TEST_*', count: { op: 'gte', value: 2 } },
    people: {
      both: [track('TEST_1'), track('TEST_2')],
      once: [track('TEST_1'), track('Test_2')],
    },
    members: ['both'],
  },
  {
    about: 'a star that is part of a name',
    condition: { event: 'Stars \\*' },
    people: { star: [track('Stars *')], other: [track('Stars 5')] },
    members: ['star'],
  },
  {
    about: 'several names',
    condition: { event: ['Signed Up', 'Registered', 'Join*'], count: { op: 'equals', value: 3 } },
    people: {
      three: [track('Signed Up'), track('Registered'), track('Joined Club')],
      two: [track('Signed Up'), track('Signed Up')],
    },
    members: ['three'],
  },
  {
    about: 'pages without a name, by their path',
    condition: { event: { type: 'page' }, where: where({ property: 'path', op: 'equals', value: '/sale' }) },
    people: {
      unnamed: [page({ properties: { url: 'https://shop.example/sale', path: '/sale' } })],
      named: [page({ name: 'Sale', properties: { path: '/sale' } })],
      elsewhere: [page({ properties: { path: '/' } })],
      track: [track('page', { path: '/sale' })],
    },
    members: ['named', 'unnamed'],
  },
  {
    about: 'the empty name that others write for any page',
    condition: { event: '', type: 'page', where: where({ property: 'path', op: 'equals', value: '/any' }) },
    people: { unnamed: [page({ properties: { path: '/any' } })] },
    members: ['unnamed'],
  },
  {
    about: 'a page by its name',
    condition: { event: { type: 'page', name: 'Landing' } },
    people: { named: [page({ name: 'Landing' })], other: [page({ name: 'Home' })] },
    members: ['named'],
  },
  {
    about: 'any screen by its category, wherever it was sent',
    condition: {
      event: { type: 'screen' },
      where: where({ property: 'category', op: 'equals', value: 'Docs' }),
    },
    people: {
      beside: [{ type: 'screen', category: 'Docs' }],
      inside: [{ type: 'screen', properties: { category: 'Docs' } }],
      overruled: [{ type: 'screen', category: 'Docs', properties: { category: 'Blog' } }],
    },
    members: ['beside', 'inside'],
  },
  {
    about: 'the campaign and the page of the context',
    condition: {
      event: 'Landed',
      where: where(
        { property: 'context.campaign.name', op: 'equals', value: 'spring' },
        { property: 'context.page.path', op: 'starts_with', value: '/sale' },
      ),
    },
    people: {
      both: [track('Landed', {}, { context: { campaign: { name: 'spring' }, page: { path: '/sale/1' } } })],
      property: [track('Landed', { context: { campaign: { name: 'spring' }, page: { path: '/sale' } } })],
    },
    members: ['both'],
  },
  {
    about: 'a property that is itself called context',
    condition: { event: 'Framed', where: where({ property: '\\context.page', op: 'equals', value: 'a' }) },
    people: {
      property: [track('Framed', { context: { page: 'a' } })],
      context: [track('Framed', {}, { context: { page: 'a' } })],
    },
    members: ['property'],
  },
  {
    about: 'identify calls, by what they say',
    condition: {
      event: { type: 'identify' },
      where: where({ property: 'step', op: 'equals', value: 2 }),
      count: { op: 'gte', value: 2 },
    },
    people: {
      twice: [identify({ step: 2 }), identify({ step: 2 })],
      once: [identify({ step: 2 }), identify({ step: 3 })],
    },
    members: ['twice'],
  },
  {
    about: 'group calls, by what they say',
    condition: { event: { type: 'group' }, where: where({ property: 'traits.seats', op: 'gt', value: 5 }) },
    people: {
      large: [{ type: 'group', groupId: 'g1', traits: { seats: 6 } }],
      small: [{ type: 'group', groupId: 'g2', traits: { seats: 5 } }],
    },
    members: ['large'],
  },
  {
    about: 'between two days takes both whole, in the zone of the workspace',
    condition: { trait: 'signup', op: 'between', value: ['2026-06-01', '2026-06-30'] },
    people: {
      first: [identify({ signup: '2026-05-31T22:00:00Z' })],
      before: [identify({ signup: '2026-05-31T21:59:59Z' })],
      last: [identify({ signup: '2026-06-30T21:59:59Z' })],
      after: [identify({ signup: '2026-06-30T22:00:00Z' })],
      day: [identify({ signup: '2026-06-30' })],
    },
    members: ['day', 'first', 'last'],
  },
  {
    about: 'after a day begins when it ends, on the day the clocks go forward too',
    condition: { event: 'Dated', where: where({ property: 'at', op: 'after', value: '2026-03-29' }) },
    people: {
      during: [track('Dated', { at: '2026-03-29T21:59:59.999Z' })],
      next: [track('Dated', { at: '2026-03-29T22:00:00Z' })],
      same: [track('Dated', { at: '2026-03-29' })],
      morrow: [track('Dated', { at: '2026-03-30' })],
    },
    members: ['morrow', 'next'],
  },
  {
    about: 'before a day ends when it begins',
    condition: { trait: 'expires', op: 'before', value: '2026-03-29' },
    people: {
      eve: [identify({ expires: '2026-03-28T22:59:59Z' })],
      same: [identify({ expires: '2026-03-29' })],
      start: [identify({ expires: '2026-03-28T23:00:00Z' })],
    },
    members: ['eve'],
  },
  {
    about: 'a moment in another zone, as a date',
    condition: { trait: 'visited', op: 'equals', value: '2018-01-01T10:00:00.000+01:00', as: 'date' },
    people: {
      z: [identify({ visited: '2018-01-01T09:00:00.000Z' })],
      other: [identify({ visited: '2018-01-01T10:00:00Z' })],
    },
    members: ['z'],
  },
  {
    about: 'equals compares texts as they are',
    condition: { trait: 'came', op: 'equals', value: '2018-01-01T10:00:00.000+01:00' },
    people: {
      z: [identify({ came: '2018-01-01T09:00:00.000Z' })],
      text: [identify({ came: '2018-01-01T10:00:00.000+01:00' })],
    },
    members: ['text'],
  },
  {
    about: 'numbers given as text, where asked for',
    condition: { event: 'Paid', where: where({ property: 'amount', op: 'gte', value: 50, as: 'number' }) },
    people: {
      text: [track('Paid', { amount: '50.00' })],
      number: [track('Paid', { amount: 51 })],
      less: [track('Paid', { amount: '9' })],
      words: [track('Paid', { amount: '50 EUR' })],
    },
    members: ['number', 'text'],
  },
  {
    about: 'texts without case and accents',
    condition: { trait: 'town', op: 'equals', value: 'orleans', ignoreCase: true },
    people: {
      a: [identify({ town: 'ORLÉANS' })],
      b: [identify({ town: 'Orléans' })],
      c: [identify({ town: 'Orly' })],
    },
    members: ['a', 'b'],
  },
  {
    about: 'the last value that there is, also when a later event has none',
    condition: { event: 'Grouped', aggregate: { fn: 'last', property: 'g' }, op: 'equals', value: 'x' },
    people: {
      l: [
        track('Grouped', { g: 'x' }, { timestamp: secondsAgo(5) }),
        track('Grouped', {}, { timestamp: secondsAgo(1) }),
      ],
    },
    members: ['l'],
  },
]

test('what people do is found by preview, as it happens, and in history', async () => {
  const cases = CASES()
  const conditionOf = ({ condition }: Case, index: number): JsonObject => ({
    all: [{ trait: 'case', op: 'equals', value: index }, condition],
  })
  for (const [index, each] of cases.entries())
    await server.putAudience({ key: `live-${index}`, condition: conditionOf(each, index) }, { keys })
  for (const index of cases.keys()) await server.audienceLive(`live-${index}`, keys)
  const events = cases.flatMap(({ people }, index) =>
    Object.entries(people).flatMap(([name, calls]) =>
      [identify({ case: index }), ...calls].map((call) => ({ ...call, userId: `${index}-${name}` })),
    ),
  )
  await server.sendAll(events, keys)
  await server.settle(keys)
  for (const [index, each] of cases.entries())
    await server.putAudience({ key: `past-${index}`, condition: conditionOf(each, index) }, { keys })
  for (const [index, each] of cases.entries()) {
    const expected = each.members.map((name) => `user_id:${index}-${name}`)
    const preview = await server.write(
      '/v1/audiences/preview',
      'POST',
      { condition: conditionOf(each, index) },
      keys,
    )
    expect([each.about, preview.status, preview.json['size']]).toEqual([each.about, 200, expected.length])
    expect([each.about, 'live', await server.members(`live-${index}`, keys)]).toEqual([
      each.about,
      'live',
      expected,
    ])
    await server.audienceLive(`past-${index}`, keys)
    expect([each.about, 'past', await server.members(`past-${index}`, keys)]).toEqual([
      each.about,
      'past',
      expected,
    ])
  }
})

test('why names the list whose elements were asked', async () => {
  const condition = { each: 'pets[]', where: [{ property: 'kind', op: 'equals', value: 'cat' }] }
  await server.putAudience({ key: 'cats', condition }, { keys })
  await server.audienceLive('cats', keys)
  const pets = [{ kind: 'dog' }, { kind: 'cat' }]
  const after = await server.sendAll([{ type: 'identify', userId: 'kate', traits: { pets } }], keys)
  await server.profile('user_id', 'kate', { after, keys })
  const why = await server.read('/v1/profiles/user_id:kate/why?audience=cats', { keys })
  expect(why.json).toMatchObject({ member: true, holds: true })
  expect(why.json['leaves']).toContainEqual(
    expect.objectContaining({
      leaf: condition,
      holds: true,
      because: expect.objectContaining({ value: pets }),
    }),
  )
})

test.each([
  ['products[0].sku', 'products[].sku'],
  ['products.0.sku', 'products[].sku'],
  ['$.products[0].sku', 'products[].sku'],
])('the path %s is refused with its place, and %s is named', async (property, right) => {
  const condition = { event: 'Order Completed', where: [{ property, op: 'not_exists' }] }
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition }, keys)
  expect(answer).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid_condition', path: 'condition.where[0].property' } },
  })
  expect(answer.text).toContain(right)
})

test('who sends properties that conditions cannot see is told', async () => {
  const name = 'k'.repeat(200)
  const properties = { [name]: { [name]: { [name]: { [name]: { [name]: { deep: 1 } } } } } }
  const answer = await server.send('/v1/track', { userId: 'deep', event: 'Nested', properties }, { keys })
  expect(answer).toMatchObject({ status: 200, json: { warnings: [{ code: 'properties_hidden' }] } })
})

test('the OpenAPI document describes a condition, and bodies lead to it', async () => {
  const { json } = await server.read('/openapi.json')
  const { components, paths } = json as unknown as {
    components: { schemas: Record<string, { anyOf?: readonly JsonObject[] }> }
    paths: Record<string, JsonObject>
  }
  const forms = components.schemas['Condition']?.anyOf?.map((form) => String(form['required']))
  expect(forms).toEqual(expect.arrayContaining(['trait,op', 'each,where', 'event', 'event,aggregate,op']))
  const text = JSON.stringify({ components, paths })
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(Object.keys(components.schemas)).toContain(name)
  const body = JSON.stringify(paths['/v1/audiences/preview'])
  expect(body).toContain('#/components/schemas/Condition')
})
