import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'
import { type Behaviour, type Received, WebhookReceiver } from '../testing/webhook-receiver.ts'

let server: TestServer
const receivers: WebhookReceiver[] = []
const OPTIONS = { networks: '127.0.0.0/8', deliveryPace: { waits: 0.04, probeMs: 400 } }
let names = 0

beforeAll(async () => {
  server = await startTestServer(OPTIONS)
})

afterEach(async () => {
  for (const { id } of await connections()) await server.write(`/v1/connections/${id}`, 'DELETE', undefined)
  for (const { id } of await destinations()) await server.write(`/v1/destinations/${id}`, 'DELETE', undefined)
  for (const receiver of receivers.splice(0)) await receiver.stop()
})

afterAll(() => server.stop())

test('an event arrives at a webhook, signed as Standard Webhooks has it, with whose it is', async () => {
  const { receiver, secret } = await connect({ source: '*' })
  await server.sendAll([track('ada', 'Order Completed', { revenue: 59.9 })])
  const [received] = (await receiver.waitForTaken(1)) as [Received]
  expect(new Webhook(secret).verify(received.text, { ...received.headers })).toEqual(received.json)
  expect(received.json).toMatchObject({
    ...{ type: 'track', event: 'Order Completed', userId: 'ada', source: 'website' },
    ...{ properties: { revenue: 59.9 }, profileId: (await server.profile('user_id', 'ada'))?.id },
  })
  expect(received.id).toMatch(/^msg_[a-z2-7]{13}$/)
  const [delivery] = await delivered(1)
  expect(delivery).toMatchObject({
    id: received.id,
    status: 'delivered',
    purpose: 'operations',
    reason: null,
  })
  expect(delivery?.attempts).toMatchObject([{ status: 200, error: null }])
})

test('the log of a delivery holds the exact request and the headers of the answer, and no usable signature', async () => {
  const { receiver } = await connect({ source: '*' }, () => ({
    status: 200,
    body: 'thanks <b>',
    headers: { 'x-seen': 'yes' },
  }))
  await server.sendAll([track('ada', 'Page Seen', {})])
  const [received] = (await receiver.waitForTaken(1)) as [Received]
  await delivered(1)
  const { json } = await server.read(`/v1/deliveries/${received.id}`)
  expect(json['delivery']).toMatchObject({
    request: {
      method: 'POST',
      url: receiver.url,
      body: received.text,
      headers: { 'webhook-signature': 'v1,…' },
    },
    attempts: [{ response: { body: '', truncated: false, headers: { 'x-seen': 'yes' } } }],
  })
})

test('whoever enters or leaves an audience is told of once; the current members only when that was asked for', async () => {
  const name = 'Bought'
  await server.sendAll([track('old', name, {}), track('older', name, {})])
  await server.putAudience({ key: 'bought', condition: { event: name } })
  await server.audienceLive('bought')
  const quiet = await connect({ audience: 'bought' })
  const eager = await connect({ audience: 'bought' }, undefined, { sendCurrentMembers: true })
  await eager.receiver.waitForTaken(2)
  await server.sendAll([track('new', name, {})])
  const taken = await eager.receiver.waitForTaken(3)
  expect(taken.map(({ json }) => [json['event'], json['userId']]).sort(byText)).toEqual([
    ['Audience Entered', 'new'],
    ['Audience Entered', 'old'],
    ['Audience Entered', 'older'],
  ])
  const [one] = (await quiet.receiver.waitForTaken(1)) as [Received]
  expect(one.json).toMatchObject({
    ...{ type: 'track', event: 'Audience Entered', userId: 'new', messageId: one.id },
    properties: { audience: 'bought' },
    context: { externalIds: [{ type: 'user_id', id: 'new' }] },
  })
  const [connection] = (await connections()).filter(({ id }) => id === eager.connection)
  expect(connection?.members).toEqual({ sent: 2, of: 2, isDone: true })
  expect(quiet.receiver.received).toHaveLength(1)
})

test('history does not act: imports and events of yesterday send nothing, though they enter audiences', async () => {
  const name = 'Seen'
  await server.putAudience({ key: 'seen', condition: { event: name } })
  await server.audienceLive('seen')
  const all = await connect({ source: '*' })
  const members = await connect({ audience: 'seen' })
  await server.send('/v1/import?history=true', { batch: [track('h1', name, {})] })
  const yesterday = new Date(server.now() - 25 * 3_600_000).toISOString()
  await server.sendAll([{ ...track('h2', name, {}), timestamp: yesterday }])
  // what happens now acts, also by the way of archives, which some libraries take
  const live = await server.send('/v1/import', { batch: [track('now', name, {})] })
  const position = positionOf(live)
  await members.receiver.waitForTaken(1)
  await all.receiver.waitForTaken(1)
  await server.read(`/v1/profiles/user_id:now?after=${position}`)
  await pause(300)
  expect(all.receiver.received.map(({ json }) => json['userId'])).toEqual(['now'])
  expect(members.receiver.received.map(({ json }) => json['userId'])).toEqual(['now'])
  await server.settle()
  expect(await server.members('seen')).toHaveLength(3)
})

test('a filter lets some events pass, a mapping makes a small payload, the integrations switch is honoured', async () => {
  const filter = {
    all: [{ event: 'Order Completed', where: [{ property: 'revenue', op: 'gt', value: 50 }] }],
  }
  const mapping = {
    fields: {
      'order.total': { path: 'properties.revenue' },
      skus: { path: 'properties.products[].sku' },
      system: { value: 'affluent' },
      nothing: { path: 'properties.missing' },
    },
  }
  const { receiver, name } = await connect({ source: 'website' }, undefined, { filter, mapping })
  await server.sendAll([
    track('a', 'Order Completed', { revenue: 20 }),
    track('b', 'Order Completed', { revenue: 70, products: [{ sku: 'x' }, { sku: 'y' }] }),
    { ...track('c', 'Order Completed', { revenue: 80 }), integrations: { All: false } },
    { ...track('d', 'Order Completed', { revenue: 90 }), integrations: { All: false, [name]: true } },
    { ...track('e', 'Order Completed', { revenue: 95 }), integrations: { webhook: false } },
  ])
  const taken = await receiver.waitForTaken(2)
  await pause(200)
  expect(receiver.received).toHaveLength(2)
  expect(taken.map(({ json }) => json)).toEqual([
    { order: { total: 70 }, skus: ['x', 'y'], system: 'affluent' },
    // a list that would be empty is left out, as every field without a value is
    { order: { total: 90 }, system: 'affluent' },
  ])
})

test('what fails is tried again under the same id, and holds up its person only', async () => {
  const { receiver } = await connect({ source: '*' }, ({ json }, tries) => {
    const first = (json['properties'] as { n?: number }).n === 1
    return { status: json['userId'] === 'slow' && first && tries < 3 ? 500 : 200 }
  })
  await server.sendAll([
    track('slow', 'Step', { n: 1 }),
    track('slow', 'Step', { n: 2 }),
    track('slow', 'Step', { n: 3 }),
    track('quick', 'Step', { n: 1 }),
    track('quick', 'Step', { n: 2 }),
  ])
  const taken = await receiver.waitForTaken(5)
  const order = (who: string) =>
    taken
      .filter(({ json }) => json['userId'] === who)
      .map(({ json }) => (json['properties'] as { n: number }).n)
  expect(order('slow')).toEqual([1, 2, 3])
  expect(order('quick')).toEqual([1, 2])
  expect(taken.findIndex(({ json }) => json['userId'] === 'slow')).toBeGreaterThan(1)
  const retried = receiver.received.filter(({ status }) => status === 500)
  expect(new Set(retried.map(({ id }) => id)).size).toBe(1)
  const all = await delivered(5)
  expect(all.find(({ id }) => id === retried[0]?.id)?.attempts.map(({ status }) => status)).toEqual([
    500, 500, 200,
  ])
  expect((await destinations())[0]?.health.last24h).toMatchObject({
    delivered: 5,
    deliveredFirstTry: 4,
    failed: 0,
  })
})

test('an answer that will not become better ends the delivery; a replay sends it again under its id', async () => {
  let fixed = false
  const { receiver, destination } = await connect({ source: '*' }, () => ({
    status: fixed ? 200 : 400,
    body: 'no such field',
  }))
  await server.sendAll([track('a', 'One', {}), track('b', 'Two', {})])
  const failed = await withStatus('failed', 2)
  expect(failed[0]).toMatchObject({
    reason: 'refused',
    attempts: [{ status: 400, error: { code: 'refused' } }],
  })
  fixed = true
  const filter = { destination }
  const dry = await server.write('/v1/deliveries/replay', 'POST', { filter, dryRun: true })
  expect(dry.json).toEqual({ matching: 2, replayed: 0 })
  const replay = await server.write('/v1/deliveries/replay', 'POST', { filter })
  expect(replay.json).toEqual({ matching: 2, replayed: 2 })
  await receiver.waitForTaken(2)
  await delivered(2)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2)
  const [health] = (await destinations()).map((each) => each.health)
  // two deliveries, which were delivered, and not at the first try
  const last24h = { delivered: 2, deliveredFirstTry: 0, failed: 0 }
  expect(health).toMatchObject({ queued: 0, state: 'healthy', last24h })
  expect((await server.write('/v1/deliveries/replay', 'POST', { filter, dryRun: true })).json).toMatchObject({
    matching: 0,
  })
})

test.each([
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [410, 'gone'],
])('an answer of %i stops the destination until a member starts it again', async (status, reason) => {
  let answer = status
  const { receiver, destination } = await connect({ source: '*' }, () => ({ status: answer }))
  await server.sendAll([track('a', 'One', {})])
  await withStatus('failed', 1)
  await server.sendAll([track('a', 'Two', {}), track('b', 'Two', {})])
  await until(async () => (await destinations())[0]?.health.queued === 2)
  expect((await destinations())[0]).toMatchObject({ health: { state: 'stopped', stoppedBecause: reason } })
  expect(receiver.received).toHaveLength(1)
  answer = 200
  await server.write(`/v1/destinations/${destination}`, 'PUT', { enabled: true })
  await receiver.waitForTaken(2)
})

test('429 with Retry-After gives the whole destination a rest', async () => {
  let busy = true
  const { receiver } = await connect({ source: '*' }, () =>
    busy ? { status: 429, headers: { 'retry-after': '2' } } : { status: 200 },
  )
  await server.sendAll([track('a', 'One', {})])
  await receiver.waitFor(() => receiver.received.length > 0, 'the first')
  const restsFrom = Date.now()
  await server.sendAll(['b', 'c', 'd'].map((who) => track(who, 'One', {})))
  busy = false
  await receiver.waitForTaken(4)
  expect(receiver.received.filter(({ at }) => at > restsFrom && at < restsFrom + 1_700)).toHaveLength(0)
})

test('while a destination is out its circuit is open, and all is delivered once when it is back; others do not notice', async () => {
  let out = true
  const bad = await connect({ source: '*' }, () => (out ? { status: 503 } : { status: 200 }))
  const good = await connect({ source: '*' })
  await server.sendAll(Array.from({ length: 100 }, (_, n) => track(`p${n % 50}`, 'One', { n })))
  await good.receiver.waitForTaken(100)
  await until(async () => (await destinations()).some(({ health }) => health.breaker !== 'closed'))
  const before = bad.receiver.received.length
  await pause(300)
  expect(bad.receiver.received.length - before).toBeLessThan(3)
  out = false
  const taken = await bad.receiver.waitForTaken(100)
  expect(new Set(taken.map(({ id }) => id)).size).toBe(100)
  for (let person = 0; person < 50; person++) {
    const order = taken.filter(({ json }) => json['userId'] === `p${person}`)
    expect(order.map(({ json }) => (json['properties'] as { n: number }).n)).toEqual([person, person + 50])
  }
  await until(async () =>
    (await destinations()).every(({ health }) => health.queued === 0 && health.breaker === 'closed'),
  )
})

test('a restart in the middle ends every delivery once', async () => {
  let slow = true
  const behaviour: Behaviour = async () => {
    if (slow) await pause(30)
    return { status: 200 }
  }
  const { receiver } = await connect({ source: '*' }, behaviour)
  await server.sendAll(Array.from({ length: 300 }, (_, n) => track(`r${n % 100}`, 'One', { n })))
  await receiver.waitForTaken(30)
  await server.halt()
  slow = false
  await server.start()
  await until(async () => (await destinations())[0]?.health.queued === 0)
  const ids = new Map<string, number>()
  for (const { id } of receiver.received) ids.set(id, (ids.get(id) ?? 0) + 1)
  expect(ids.size).toBe(300)
  expect((await destinations())[0]?.health.last24h.delivered).toBe(300)
  // an ordered stop writes down what has come back
  expect([...ids.values()].filter((count) => count > 1).length).toBeLessThanOrEqual(10)
})

test('a sandbox holds everything, and says what it would have sent', async () => {
  const keys = await server.addWorkspace(`sand${++names}`)
  await server.database.query('update workspace set kind = $1 where slug = $2', ['sandbox', `sand${names}`])
  const receiver = await WebhookReceiver.start()
  receivers.push(receiver)
  await pause(2_100)
  const body = { type: 'webhook', name: 'Hook', settings: { url: receiver.url } }
  const made = await server.write('/v1/destinations', 'POST', body, keys)
  const { id } = made.json['destination'] as unknown as DestinationAnswer
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id }, keys)
  await server.sendAll([track('a', 'One', {})], keys)
  const list = async () => {
    const { json } = await server.read('/v1/deliveries?status=held', { keys })
    return json['deliveries'] as unknown as DeliveryAnswer[]
  }
  await until(async () => (await list()).length === 1)
  const { json } = await server.read('/v1/deliveries', { keys })
  const [held] = json['deliveries'] as unknown as [DeliveryAnswer]
  expect(held).toMatchObject({ status: 'held', reason: 'sandbox', attempts: [] })
  const one = await server.read(`/v1/deliveries/${held.id}`, { keys })
  expect((one.json['delivery'] as { request: { body: string } }).request.body).toContain('"event":"One"')
  const tested = await server.write(`/v1/destinations/${id}/test`, 'POST', undefined, keys)
  expect(tested).toMatchObject({ status: 409, json: { error: { code: 'nothing_leaves_a_sandbox' } } })
  expect(receiver.received).toHaveLength(0)
})

test('secrets lie sealed in the database and are never shown again', async () => {
  const { destination, secret } = await connect({ source: '*' })
  const { rows } = await server.database.query<{ all: string }>(
    'select destination::text as all from destination',
  )
  expect(rows[0]?.all).not.toContain(secret)
  expect(rows[0]?.all).not.toContain(Buffer.from(secret).toString('hex'))
  const { text } = await server.read(`/v1/destinations/${destination}`)
  expect(text).not.toContain('whsec_')
})

test.each([
  [{ from: { source: 'nowhere' } }, 'unknown_reference', 'from.source'],
  [{ from: { audience: 'nobody' } }, 'unknown_reference', 'from.audience'],
  [{ from: { source: '*' }, destination: 'dst_999999' }, 'unknown_reference', 'destination'],
  [{ from: { source: '*' }, purpose: 'marketing' }, 'not_available', 'purpose'],
  [
    { from: { source: '*' }, filter: { event: 'A', where: [{ property: 'x', op: 'near' }] } },
    'invalid_filter',
    'filter.where[0].op',
  ],
  [
    { from: { source: '*' }, mapping: { fields: { '__proto__.x': { value: 1 } } } },
    'invalid_mapping',
    'mapping.fields.__proto__.x',
  ],
  [{ from: { source: '*' }, sendCurrentMembers: true }, 'invalid_request', 'sendCurrentMembers'],
])('a connection that cannot work is refused: %j', async (body, code, path) => {
  const { destination } = await connect({ source: '*' })
  const answer = await server.write('/v1/connections', 'POST', { destination, ...body })
  expect(answer).toMatchObject({ status: 400, json: { error: { code, path } } })
})

test('every bound has an error that names it', async () => {
  const { destination } = await connect({ source: '*' })
  const fields = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`f${n}`, { value: n }]))
  const body = { from: { source: '*' }, destination }
  const mapped = await server.write('/v1/connections', 'POST', { ...body, mapping: { fields } })
  expect(mapped).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid_mapping', path: 'mapping.fields' } },
  })
  const url = `https://public.example/${'x'.repeat(2_000)}`
  const long = await server.write('/v1/destinations', 'POST', {
    type: 'webhook',
    name: 'long',
    settings: { url },
  })
  expect(long).toMatchObject({ status: 400, json: { error: { path: 'settings.url' } } })
  await server.database.query(
    `insert into destination (workspace_id, kind, name, settings, secrets) select 1, 'webhook', 'n' || n, '{"url":"https://public.example"}', ''
     from generate_series(1, 99) n`,
  )
  const settings = { url: 'https://public.example/' }
  const many = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'one more', settings })
  expect(many).toMatchObject({ status: 409, json: { error: { code: 'too_many' } } })
  await server.database.query("delete from destination where secrets = ''")
  await server.database.query(
    `insert into connection (workspace_id, id, destination_id, source, action, purpose, enabled, created_at, changed_at)
     select 1, 1000000 + n, $1, '*', 'send', 'operations', false, now(), now() from generate_series(1, 499) n`,
    [Number(destination.slice(4))],
  )
  await server.write(`/v1/destinations/${destination}`, 'PUT', { name: 'reads connections again' })
  const full = await server.write('/v1/connections', 'POST', body)
  expect(full).toMatchObject({ status: 409, json: { error: { code: 'too_many' } } })
  await server.database.query('delete from connection where id > 1000000')
})

test('a destination that is taken away: what is queued for it is cancelled, counted, and stays in the log', async () => {
  const before = (await server.pipeline()).deliveries
  const { destination, connection } = await connect({ source: '*' }, () => ({ status: 500 }))
  await server.sendAll([track('a', 'One', {}), track('b', 'Two', {})])
  await until(async () => (await destinations())[0]?.health.queued === 2)
  const used = await server.write(`/v1/destinations/${destination}`, 'DELETE', undefined)
  expect(used).toMatchObject({ status: 409, json: { error: { code: 'in_use' } } })
  await server.write(`/v1/connections/${connection}`, 'DELETE', undefined)
  expect((await server.write(`/v1/destinations/${destination}`, 'DELETE', undefined)).status).toBe(204)
  const after = (await server.pipeline()).deliveries
  expect(after).toMatchObject({ queued: before.queued, cancelled: before.cancelled + 2 })
  const { json } = await server.read(`/v1/deliveries?destination=${destination}`)
  expect(json['deliveries']).toMatchObject([
    { status: 'cancelled', reason: 'destination_deleted' },
    { status: 'cancelled' },
  ])
})

test('a paused destination is sent nothing until it is switched on again, and loses nothing', async () => {
  const { receiver, destination } = await connect({ source: '*' })
  await server.write(`/v1/destinations/${destination}`, 'PUT', { enabled: false })
  await server.sendAll([track('a', 'One', {})])
  await until(async () => (await destinations())[0]?.health.queued === 1)
  await pause(200)
  expect(receiver.received).toHaveLength(0)
  expect((await destinations())[0]?.health.state).toBe('paused')
  await server.write(`/v1/destinations/${destination}`, 'PUT', { enabled: true })
  await receiver.waitForTaken(1)
})

test('a member who is merged into a member has not left: whoever knows people by their ids must not take them off', async () => {
  const name = 'Joined'
  await server.putAudience({ key: 'joined', condition: { event: name }, population: 'all' })
  await server.audienceLive('joined')
  const { receiver } = await connect({ audience: 'joined' })
  await server.sendAll([
    { type: 'track', anonymousId: 'cookie-1', event: name },
    { type: 'track', userId: 'm-1', event: name },
  ])
  await receiver.waitForTaken(2)
  await server.sendAll([{ type: 'identify', userId: 'm-1', anonymousId: 'cookie-1' }])
  const [, , left] = (await receiver.waitForTaken(3)) as [Received, Received, Received]
  const profile = await server.profile('user_id', 'm-1')
  expect(left.json).toMatchObject({
    event: 'Audience Exited',
    properties: { audience: 'joined', mergedInto: profile?.id },
    context: { externalIds: [] },
  })
  expect(left.json).not.toHaveProperty('userId')
  expect(left.json).not.toHaveProperty('anonymousId')
})

interface Connected {
  readonly receiver: WebhookReceiver
  readonly destination: string
  readonly connection: string
  readonly secret: string
  readonly name: string
}

async function connect(
  from: ConnectionAnswer['from'],
  behaviour?: Behaviour,
  more: Record<string, unknown> = {},
): Promise<Connected> {
  const receiver = await WebhookReceiver.start(behaviour)
  receivers.push(receiver)
  const name = `Hook ${++names}`
  const body = { type: 'webhook', name, settings: { url: receiver.url } }
  const made = await server.write('/v1/destinations', 'POST', body)
  expect(made.status, made.text).toBe(201)
  const { id } = made.json['destination'] as unknown as DestinationAnswer
  const connected = await server.write('/v1/connections', 'POST', { from, destination: id, ...more })
  expect(connected.status, connected.text).toBe(201)
  const { connection } = connected.json as unknown as { connection: ConnectionAnswer }
  return { receiver, destination: id, connection: connection.id, secret: String(made.json['secret']), name }
}

function track(userId: string, event: string, properties: Record<string, unknown>) {
  return { type: 'track', userId, event, properties }
}

async function destinations(): Promise<DestinationAnswer[]> {
  const { json } = await server.read('/v1/destinations')
  return json['destinations'] as unknown as DestinationAnswer[]
}

async function connections(): Promise<ConnectionAnswer[]> {
  const { json } = await server.read('/v1/connections')
  return json['connections'] as unknown as ConnectionAnswer[]
}

/** The deliveries of this test's destinations that have ended so, once there are as many. */
async function withStatus(status: string, count: number): Promise<DeliveryAnswer[]> {
  const mine = async () => {
    const all = await Promise.all(
      (await destinations()).map(({ id }) =>
        server.read(`/v1/deliveries?destination=${id}&status=${status}`),
      ),
    )
    return all.flatMap(({ json }) => json['deliveries'] as unknown as DeliveryAnswer[])
  }
  await until(async () => (await mine()).length >= count)
  return mine()
}

function delivered(count: number): Promise<DeliveryAnswer[]> {
  return withStatus('delivered', count)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come about in 20 s.')
    await pause(50)
  }
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
