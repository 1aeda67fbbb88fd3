import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { Analytics as CustomerIo } from '@customerio/cdp-analytics-node'
import { jitsuAnalytics } from '@jitsu/js'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics as Segment } from '@segment/analytics-node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ClientFront, type Failure, typesOf } from './client-front.ts'

const SIX_CALLS = ['alias', 'group', 'identify', 'page', 'screen', 'track']
const FAILURES: readonly Failure[] = [503, 429, 'answer lost']

let server: TestServer
let front: ClientFront | undefined

beforeAll(async () => {
  server = await startTestServer()
})
afterEach(() => front?.stop())
afterAll(() => server?.stop())

describe.each([
  ['as it is', []],
  ['while answers are 503, 429 and lost', FAILURES],
] as const)('a client for Node, unchanged, %s', (name, failures) => {
  const userId = (client: string) => `${client} ${name}`

  test("RudderStack's: its six calls arrive, each once", { timeout: 60_000 }, async () => {
    front = await ClientFront.start(server, failures)
    const client = new RudderAnalytics(server.keys.writeKey, {
      dataPlaneUrl: front.url,
      flushAt: 20,
      retryCount: 5,
    })
    const who = userId('rudder')
    client.identify({ userId: who, traits: { email: `${failures.length}@rudder.example`, plan: 'gold' } })
    client.track({ userId: who, event: 'Order Completed', properties: { revenue: 20 } })
    client.page({ userId: who, name: 'Home' })
    client.screen({ userId: who, name: 'Start' })
    client.group({ userId: who, groupId: 'acme', traits: { size: 3 } })
    client.alias({ userId: who, previousId: `${who} before` })
    await client.flush()
    await front.expectStored(6)
    expect(await typesOf(server, 'user_id', who)).toEqual(SIX_CALLS)
    expect((await server.profile('user_id', who))?.traits).toMatchObject({ plan: 'gold' })
    expect(front.seen.every(({ path }) => path === '/v1/batch')).toBe(true)
  })

  // Customer.io's is Segment's with another name and its own settings
  test.each([
    [
      "Segment's",
      (host: string) => new Segment({ writeKey: server.keys.writeKey, host, flushAt: 20, maxRetries: 5 }),
    ],
    [
      "Customer.io's",
      (host: string) =>
        new CustomerIo({ writeKey: server.keys.writeKey, host, maxEventsInBatch: 20, maxRetries: 5 }),
    ],
  ] as const)('%s: its six calls arrive, each once', { timeout: 60_000 }, async (whose, make) => {
    front = await ClientFront.start(server, failures)
    const client = make(front.url) as Segment
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const who = userId(whose)
    client.identify({
      userId: who,
      traits: { email: `${failures.length}@${whose.length}.example`, plan: 'gold' },
    })
    client.track({ userId: who, event: 'Order Completed', properties: { revenue: 20 } })
    client.page({ userId: who, name: 'Home' })
    client.screen({ userId: who, name: 'Start' })
    client.group({ userId: who, groupId: 'acme', traits: { size: 3 } })
    client.alias({ userId: who, previousId: `${who} before` })
    await client.closeAndFlush({ timeout: 30_000 })
    expect(errors).toEqual([])
    await front.expectStored(6)
    expect(await typesOf(server, 'user_id', who)).toEqual(SIX_CALLS)
    expect((await server.profile('user_id', who))?.traits).toMatchObject({ plan: 'gold' })
  })
})

test("Jitsu's client for Node, unchanged: the calls that it has arrive, with its form of key, from server to server", async () => {
  front = await ClientFront.start(server)
  const client = jitsuAnalytics({
    host: front.url,
    writeKey: `${server.keys.writeKey}:secret`,
    s2s: true,
    errorPolicy: 'rethrow',
  })
  await client.identify('jitsu', { email: 'ada@jitsu.example', plan: 'gold' })
  await client.track('Order Completed', { revenue: 20 })
  await client.page({ name: 'Home', url: 'https://shop.example/home' })
  await client.group('acme', { size: 3 })
  await front.expectStored(4)
  expect(await typesOf(server, 'user_id', 'jitsu')).toEqual(['group', 'identify', 'page', 'track'])
  expect(front.seen.map(({ path }) => path).sort((a, b) => a.localeCompare(b))).toEqual(
    ['group', 'identify', 'page', 'track'].map((type) => `/api/s/s2s/${type}`),
  )
  expect((await server.profile('user_id', 'jitsu'))?.traits).toMatchObject({ plan: 'gold' })
})

test("Jitsu's client never tries again: it tells what it was refused, and that is lost", async () => {
  front = await ClientFront.start(server, [503])
  const errors: string[] = []
  const client = jitsuAnalytics({
    host: front.url,
    writeKey: `${server.keys.writeKey}:secret`,
    errorPolicy: (message) => errors.push(message),
  })
  client.setAnonymousId('jitsu visitor')
  await client.track('Lost')
  await client.track('Kept')
  await front.expectStored(1)
  expect(errors).toEqual([expect.stringContaining('503')])
})
