import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { DeliveryQueueStore } from './delivery-queue-store.ts'
import type { Attempt, Outcome, QueuedDelivery, QueueState, Settled } from './queued-delivery.ts'

let server: TestServer
let store: DeliveryQueueStore
let destination: number
const NOW = Date.UTC(2026, 10, 22, 12)
const DELIVERED: Outcome = { kind: 'end', status: 'delivered', reason: null }

beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  const settings = { url: 'http://127.0.0.1:9/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'Hook', settings })
  const { id } = made.json['destination'] as { id: string }
  // nothing is sent: what is queued stays for the test
  await server.write(`/v1/destinations/${id}`, 'PUT', { enabled: false })
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id })
  destination = Number(id.replace('dst_', ''))
  const events = ['a', 'a', 'b', 'c'].map((userId) => ({ type: 'track', userId, event: 'Step' }))
  await server.sendAll(events)
  await server.settle()
  const { rows } = await server.database.query<{ epoch: number }>(
    'select epoch from processor where workspace_id = 1',
  )
  store = new DeliveryQueueStore(server.database, 1, rows[0]?.epoch ?? 0)
})

afterAll(() => server.stop())

test('what was written, though it was not told so, is not written again: whatever came first in it', async () => {
  const { rows } = await store.takeNew(destination, 0, 10)
  const [a1, a2, b, c] = rows as [QueuedDelivery, QueuedDelivery, QueuedDelivery, QueuedDelivery]
  const tried: Settled[] = [settled(a1, { kind: 'wait', nextAt: NOW + 60_000 }, 503), settled(a2, BEHIND)]
  await settleTwice(tried)
  await settleTwice([settled(b, DELIVERED, 200)])
  expect(await counts()).toEqual({ delivered: 1, attempts: 2, waiting: 2, ends: 1 })
  await settleTwice([settled(a2, BEHIND), settled(c, DELIVERED, 200)])
  expect(await counts()).toEqual({ delivered: 2, attempts: 3, waiting: 2, ends: 2 })
})

test('those that stand behind one whose turn has come are taken with it, in their order', async () => {
  expect(await store.takeDue(destination, NOW, 10, [])).toEqual([])
  const due = await store.takeDue(destination, NOW + 60_000, 10, [])
  expect(due.map(({ tries, waits }) => [tries, waits])).toEqual([
    [1, 'itself'],
    [0, 'itself'],
  ])
  const [first, second] = due as [QueuedDelivery, QueuedDelivery]
  expect(first.number).toBeLessThan(second.number)
  expect(await store.takeDue(destination, NOW + 60_000, 10, [first.number])).toEqual([])
  expect(await store.takeDue(destination, NOW + 60_000, 10, [second.number])).toHaveLength(1)
})

const BEHIND: Outcome = { kind: 'wait', nextAt: undefined }

async function settleTwice(all: readonly Settled[]): Promise<void> {
  const state: QueueState = {
    ...{ doneTo: 0, breaker: { state: 'closed' }, restUntil: undefined, lastError: undefined },
    p95Ms: undefined,
  }
  await store.settle(destination, all, state, { now: NOW, isRepeat: false })
  await store.settle(destination, all, state, { now: NOW, isRepeat: true })
}

function settled(delivery: QueuedDelivery, outcome: Outcome, status?: number): Settled {
  const attempt: Attempt = {
    ...{ at: NOW, ms: 3, status, error: undefined, message: undefined, url: 'http://127.0.0.1:9/hook' },
    ...{ requestHeaders: {}, body: '{}', responseHeaders: {}, responseBody: '', truncated: false },
  }
  return { delivery, outcome, attempt: status === undefined ? undefined : attempt, body: delivery.body }
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await server.database.query<Record<string, number>>(
    `select (select delivered from delivery_queue where destination_id = $1)::int as delivered,
       (select count(*) from delivery_attempt)::int as attempts, (select count(*) from delivery_wait)::int as waiting,
       (select count(*) from delivery_end)::int as ends`,
    [destination],
  )
  return rows[0] ?? {}
}
