import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { ConnectionPreview } from '@affluent/protocol/endpoints/connections'
import type { JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { WebhookReceiver } from '../testing/webhook-receiver.ts'

let server: TestServer
let receiver: WebhookReceiver
let destination: string

const FIELDS = {
  city: { trait: 'address.city' },
  email: { path: 'context.traits.email' },
  system: { value: 'affluent' },
}

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  server = await startTestServer({ networks: '127.0.0.0/8' })
  const body = { type: 'webhook', name: 'Hook', settings: { url: receiver.url } }
  const made = await server.write('/v1/destinations', 'POST', body)
  destination = (made.json['destination'] as { id: string }).id
  await server.sendAll([
    identify('ada', { email: 'ada@example.com', plan: 'pro', address: { city: 'Lyon' } }),
    identify('bob', { plan: 'pro', address: { city: 'Brest' } }),
    identify('eve', { plan: 'pro' }),
  ])
  await server.putAudience({ key: 'pro', condition: { trait: 'plan', op: 'equals', value: 'pro' } })
  await server.audienceLive('pro')
})

afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

function identify(userId: string, traits: JsonObject): JsonObject {
  return { type: 'identify', userId, traits }
}

async function connect(body: object): Promise<string> {
  const made = await server.write('/v1/connections', 'POST', { destination, ...body })
  expect(made, made.text).toMatchObject({ status: 201 })
  return (made.json['connection'] as { id: string }).id
}

async function endedOf(connection: string, count: number): Promise<DeliveryAnswer[]> {
  let found: DeliveryAnswer[] = []
  await expect
    .poll(
      async () => {
        const { json } = await server.read(`/v1/deliveries?connection=${connection}`)
        found = (json['deliveries'] as unknown as DeliveryAnswer[]).filter(({ endedAt }) => endedAt !== null)
        return found.length
      },
      { timeout: 20_000 },
    )
    .toBe(count)
  return found
}

test('the preview is made of real members and says what would be missing', async () => {
  const preview = { from: { audience: 'pro' }, mapping: { fields: FIELDS }, required: ['email'] }
  await expect
    .poll(async () => (await server.write('/v1/connections/preview', 'POST', preview)).json['of'], {
      timeout: 15_000,
    })
    .toBe(3)
  const { json } = await server.write('/v1/connections/preview', 'POST', preview)
  expect(json as unknown as ConnectionPreview).toMatchObject({
    matches: true,
    payload: { city: 'Lyon', email: 'ada@example.com', system: 'affluent' },
    held: null,
    member: { title: 'ada@example.com' },
    of: 3,
    heldOf: 2,
    lacking: expect.arrayContaining([
      { field: 'email', count: 2, required: true },
      { field: 'city', count: 1, required: false },
    ]),
  })
  const typo = { from: { audience: 'pro' }, mapping: { fields: { name: { trait: 'adress.city' } } } }
  expect((await server.write('/v1/connections/preview', 'POST', typo)).json).toMatchObject({
    payload: {},
    held: 'payload_empty',
    lacking: [{ field: 'name', count: 3, required: false }],
  })
})

test('members arrive with their traits; who lacks a required field is held, with the reason, and not counted as delivered', async () => {
  const before = await server.pipeline()
  const connection = await connect({
    ...{
      from: { audience: 'pro' },
      mapping: { fields: FIELDS },
      required: ['email'],
      sendCurrentMembers: true,
    },
  })
  const ended = await endedOf(connection, 3)
  const ends = ended.map(({ status, reason }) => `${status} ${reason}`)
  expect(ends.filter((end) => end === 'delivered null')).toHaveLength(1)
  expect(ends.filter((end) => end === 'held required_missing')).toHaveLength(2)
  expect(receiver.taken.at(-1)?.json).toEqual({ city: 'Lyon', email: 'ada@example.com', system: 'affluent' })
  const after = await server.pipeline()
  expect(after.deliveries.held - before.deliveries.held).toBe(2)
  expect(after.deliveries.delivered - before.deliveries.delivered).toBe(1)
  const { json } = await server.read(`/v1/connections?audience=pro`)
  expect(json).toMatchObject({ connections: [{ required: ['email'] }] })
  await server.write(`/v1/connections/${connection}`, 'DELETE', undefined)
})

test('traits are those of the moment at which it was decided, of events and of memberships', async () => {
  receiver.behaviour = () => ({ status: 503 })
  await server.write(`/v1/destinations/${destination}`, 'PUT', { enabled: false })
  const mapping = { fields: { city: { trait: 'address.city' }, who: { path: 'userId' } } }
  const ofSource = await connect({ from: { source: '*' }, filter: { event: 'Bought' }, mapping })
  const ofAudience = await connect({ from: { audience: 'pro' }, mapping })
  await server.sendAll([
    identify('zoe', { plan: 'pro', address: { city: 'Nice' } }),
    { type: 'track', event: 'Bought', userId: 'zoe' },
    identify('zoe', { address: { city: 'Metz' } }),
  ])
  receiver.behaviour = () => ({ status: 200 })
  const seen = receiver.received.length
  await server.write(`/v1/destinations/${destination}`, 'PUT', { enabled: true })
  await endedOf(ofSource, 1)
  await endedOf(ofAudience, 1)
  expect(receiver.received.slice(seen).map(({ json }) => json)).toEqual([
    { city: 'Nice', who: 'zoe' },
    { city: 'Nice', who: 'zoe' },
  ])
  for (const id of [ofSource, ofAudience]) await server.write(`/v1/connections/${id}`, 'DELETE', undefined)
})

test('a payload without a single field is held and never sent', async () => {
  const seen = receiver.received.length
  const connection = await connect({
    ...{
      from: { source: '*' },
      filter: { event: 'Looked' },
      mapping: { fields: { no: { trait: 'nothing' } } },
    },
  })
  await server.sendAll([{ type: 'track', event: 'Looked', userId: 'ada' }])
  expect(await endedOf(connection, 1)).toMatchObject([
    { status: 'held', reason: 'payload_empty', attempts: [] },
  ])
  expect(receiver.received).toHaveLength(seen)
  await server.write(`/v1/connections/${connection}`, 'DELETE', undefined)
})

test('origins that come later are refused by name, and so is a required field that the mapping lacks', async () => {
  const from = { source: '*' }
  const put = (body: object) => server.write('/v1/connections', 'POST', { from, destination, ...body })
  for (const origin of ['template', 'computed', 'golden'])
    expect(await put({ mapping: { fields: { a: { [origin]: 'x' } } } })).toMatchObject({
      status: 400,
      json: { error: { code: 'not_available', path: `mapping.fields.a.${origin}` } },
    })
  expect(await put({ mapping: { fields: { a: { value: 1 } } }, required: ['b'] })).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid_mapping', path: 'required[0]' } },
  })
})
