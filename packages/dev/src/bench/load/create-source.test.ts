import { expect, test } from 'vitest'
import { createSource } from './create-source.ts'
import { MessageNumbers } from './event-requests.ts'
import type { RequestPlan } from './load-plan.ts'

const DAY_MS = 86_400_000

interface SentEvent {
  readonly event?: string
  readonly userId?: string
  readonly timestamp: string
}

function* requestsOf(plan: RequestPlan): Generator<{ sentAt: number; batch: SentEvent[] }> {
  const source = createSource(plan, { port: 1, writeKey: 'w', apiKey: 'a' }, new MessageNumbers())
  for (let outgoing = source.take(); outgoing !== undefined; outgoing = source.take()) {
    const text = outgoing.bytes.toString()
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as { sentAt: string; batch: SentEvent[] }
    yield { sentAt: Date.parse(body.sentAt), batch: body.batch }
    source.give(outgoing)
  }
}

test('a mix of so many events ends after them, and its events are as old as was asked', () => {
  const plan = { kind: 'batches', size: 10, people: 100, seed: 1, events: 2_000 } as const
  const requests = [
    ...requestsOf({
      ...plan,
      ages: [
        [0, 25],
        [35, 80],
      ],
    }),
  ]
  expect(requests.flatMap(({ batch }) => batch)).toHaveLength(2_000)
  const ages = requests.flatMap(({ sentAt, batch }) =>
    batch.map(({ timestamp }) => (sentAt - Date.parse(timestamp)) / DAY_MS),
  )
  expect(Math.min(...ages)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...ages)).toBeLessThanOrEqual(80.001)
  expect(ages.filter((age) => age > 25.001 && age < 34.999)).toEqual([])
  expect(ages.some((age) => age < 25) && ages.some((age) => age > 35)).toBe(true)
})

test('once is one event for each person, at times in equal steps', () => {
  const since = Date.UTC(2030, 0, 1)
  const plan = { kind: 'once', size: 4, to: 12, event: 'Bench Timer', since, stepMs: 100 } as const
  const events = [...requestsOf(plan)].flatMap(({ batch }) => batch)
  expect(new Set(events.map(({ userId }) => userId)).size).toBe(12)
  expect(events.every(({ event }) => event === 'Bench Timer')).toBe(true)
  const times = events.map(({ timestamp }) => Date.parse(timestamp) - since)
  expect(times).toEqual([0, 0, 0, 0, 100, 100, 100, 100, 200, 200, 200, 200])
})
