import { EVENT_BYTES_MAX } from '@affluent/protocol/limits'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ClientOptions, createClient, FLUSH_AFTER_MS, FLUSH_EVENTS, REST_MS } from './client.ts'
import type { ClientError } from './client-error.ts'
import { QUEUE_EVENTS_MAX, SEND_BYTES_MAX } from './event-queue.ts'
import { ATTEMPTS_MAX, type Fetch, PAUSE_MS_MAX } from './send-batch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface SentBody {
  writeKey: string
  sentAt: string
  batch: Record<string, unknown>[]
}

type Answer = () => Response

const taken: Answer = () => Response.json({ success: true })
const busy: Answer = () => new Response('', { status: 503 })
const unreachable: Answer = () => {
  throw new TypeError('fetch failed')
}

// A client over a server that gives these answers one after the other, then takes everything.
function setUp(answers: Answer[] = [], options: Partial<ClientOptions> = {}) {
  const sent: { url: string; init: RequestInit; body: SentBody }[] = []
  const errors: ClientError[] = []
  const pauses: number[] = []
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, init, body: JSON.parse(String(init.body)) as SentBody })
    return (answers.shift() ?? taken)()
  }
  const client = createClient({
    writeKey: 'wk_test',
    host: 'http://127.0.0.1:8080/',
    fetch,
    storage: createStorage(),
    onError: (error) => errors.push(error),
    now: () => new Date(1_700_000_000_000),
    wait: async (ms) => void pauses.push(ms),
    ...options,
  })
  const events = () => sent.flatMap(({ body }) => body.batch)
  return { client, sent, events, errors, pauses }
}

function createStorage() {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}

test('a flush sends what waits in one request, key in the body', async () => {
  const { client, sent, events } = setUp()
  client.track('Product Viewed', { sku: 'a' })
  client.page('Home')
  await client.flush()
  expect(sent.map(({ url }) => url)).toEqual(['http://127.0.0.1:8080/v1/batch'])
  expect(sent[0]?.body).toMatchObject({ writeKey: 'wk_test', sentAt: '2023-11-14T22:13:20.000Z' })
  expect(events()).toMatchObject([
    { type: 'track', event: 'Product Viewed', properties: { sku: 'a' }, anonymousId: client.anonymousId() },
    { type: 'page', name: 'Home', context: { library: { name: '@affluent/sdk' } } },
  ])
  expect(new Set(events().map((event) => event.messageId)).size).toBe(2)
})

test('each of the six calls carries its own fields', async () => {
  const { client, events } = setUp()
  client.identify('u1', { plan: 'pro' })
  client.screen('Cart')
  client.group('g1', { name: 'Shop' })
  client.alias('u2')
  await client.flush()
  expect(events()).toMatchObject([
    { type: 'identify', userId: 'u1', traits: { plan: 'pro' } },
    { type: 'screen', userId: 'u1', name: 'Cart' },
    { type: 'group', userId: 'u1', groupId: 'g1', traits: { name: 'Shop' } },
    { type: 'alias', userId: 'u2', previousId: 'u1' },
  ])
})

test('the visitor stays the same on the next page, and is forgotten by a reset', () => {
  const storage = createStorage()
  const first = setUp([], { storage }).client.anonymousId()
  const { client } = setUp([], { storage })
  expect(client.anonymousId()).toBe(first)
  client.identify('u1')
  client.reset()
  expect(storage.values.size).toBe(0)
  expect(client.anonymousId()).not.toBe(first)
})

test('a storage that refuses leaves the visitor in memory', async () => {
  const refuse = () => {
    throw new DOMException('denied', 'SecurityError')
  }
  const { client, events } = setUp([], { storage: { getItem: refuse, setItem: refuse, removeItem: refuse } })
  client.track('A')
  client.track('B')
  await client.flush()
  expect(new Set(events().map((event) => event.anonymousId)).size).toBe(1)
})

test('events wait for company, at most a second', async () => {
  const { client, sent } = setUp()
  client.track('A')
  await vi.advanceTimersByTimeAsync(FLUSH_AFTER_MS - 1)
  expect(sent).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toHaveLength(1)
})

test('enough events start a flush at once', async () => {
  const { client, events } = setUp()
  for (let i = 0; i < FLUSH_EVENTS; i++) client.track('A', { i })
  await vi.advanceTimersByTimeAsync(0)
  expect(events()).toHaveLength(FLUSH_EVENTS)
})

test('a large load is cut into requests that may outlive the page', async () => {
  const { client, sent, events } = setUp()
  for (let i = 0; i < 5; i++) client.track('A', { i, note: 'x'.repeat(20_000) })
  await client.flush()
  expect(events().map((event) => (event.properties as { i: number }).i)).toEqual([0, 1, 2, 3, 4])
  expect(sent.map(({ body }) => body.batch.length)).toEqual([2, 2, 1])
  for (const { init } of sent) expect(String(init.body).length).toBeLessThan(SEND_BYTES_MAX + 1_024)
})

test('network faults, 429 and 5xx are tried again with growing pauses; the batch stays the same', async () => {
  const { client, sent, errors, pauses } = setUp([unreachable, busy, () => new Response('', { status: 429 })])
  client.track('A')
  await client.flush()
  expect(sent).toHaveLength(4)
  expect(new Set(sent.map(({ body }) => body.batch[0]?.messageId)).size).toBe(1)
  expect(errors).toEqual([])
  const bounds = [500, 1_000, 2_000]
  expect(pauses).toHaveLength(bounds.length)
  for (const [index, ms] of pauses.entries()) {
    expect(ms).toBeGreaterThanOrEqual((bounds[index] ?? 0) / 2)
    expect(ms).toBeLessThanOrEqual(bounds[index] ?? 0)
  }
})

test('the server says how long to wait, up to a bound', async () => {
  const after = (seconds: string) => () =>
    new Response('', { status: 503, headers: { 'retry-after': seconds } })
  const { client, pauses } = setUp([after('7'), after('86400')])
  client.track('A')
  await client.flush()
  expect(pauses).toEqual([7_000, PAUSE_MS_MAX])
})

test('after the last attempt the events wait for the next try, in order', async () => {
  const { client, sent, events } = setUp(Array<Answer>(ATTEMPTS_MAX).fill(busy))
  client.track('A')
  await client.flush()
  expect(sent).toHaveLength(ATTEMPTS_MAX)
  client.track('B')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(events().slice(ATTEMPTS_MAX)).toMatchObject([{ event: 'A' }, { event: 'B' }])
})

test('a refused event is reported and not sent again', async () => {
  const rejected = [{ index: 1, code: 'missing_user_id', message: 'Give a userId.' }]
  const { client, sent, errors, events } = setUp([
    () => Response.json({ success: true, accepted: 1, rejected }),
  ])
  client.track('A')
  client.track('B')
  await client.flush()
  expect(sent).toHaveLength(1)
  const messageId = events()[1]?.messageId
  expect(errors).toEqual([{ code: 'missing_user_id', message: 'Give a userId.', messageId }])
})

test('a refused batch is reported event by event and not sent again', async () => {
  const wrongKey = () =>
    Response.json({ success: false, code: 'unknown_key', message: 'No such key.' }, { status: 401 })
  const { client, sent, errors } = setUp([wrongKey])
  client.track('A')
  client.track('B')
  await client.flush()
  expect(sent).toHaveLength(1)
  expect(errors.map(({ code }) => code)).toEqual(['unknown_key', 'unknown_key'])
})

test('an event over the bound is refused here, and so is what is no JSON', async () => {
  const { client, sent, errors } = setUp()
  const circle: Record<string, unknown> = {}
  circle.self = circle
  client.track('A', { note: 'x'.repeat(EVENT_BYTES_MAX) })
  client.track('B', circle as never)
  await client.flush()
  expect(errors.map(({ code }) => code)).toEqual(['event_too_large', 'not_json'])
  expect(sent).toHaveLength(0)
})

test('the queue is bounded, also while a batch is on its way', async () => {
  const never = vi.fn<Fetch>(() => new Promise(() => {}))
  const { client, errors } = setUp([], { fetch: never })
  for (let i = 0; i < QUEUE_EVENTS_MAX + 3; i++) client.track('A', { i })
  await vi.advanceTimersByTimeAsync(FLUSH_AFTER_MS)
  expect(never).toHaveBeenCalledTimes(1)
  expect(errors.map(({ code }) => code)).toEqual(['queue_full', 'queue_full', 'queue_full'])
})

test('a listener that throws does not stop the sending', async () => {
  const onError = () => {
    throw new Error('mistake in the page')
  }
  const { client, events } = setUp([], { onError })
  client.track('A', { note: 'x'.repeat(EVENT_BYTES_MAX) })
  client.track('B')
  await client.flush()
  expect(events()).toMatchObject([{ event: 'B' }])
})
