import { INBOX_BYTES_MAX } from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'
import { Inbox } from './inbox.ts'

const LIMIT = { events: 100, bytes: 1_000_000 }

function run(first: number, count: number, bytes = count * 10) {
  return { first, events: Array.from({ length: count }, () => ({}) as AcceptedEvent), bytes }
}

test('gives events in order, across runs, as many as are wanted', () => {
  const inbox = new Inbox()
  inbox.offer(run(1, 10))
  inbox.offer(run(11, 10))
  expect(inbox.take(1, { ...LIMIT, events: 15 })).toMatchObject({ first: 1, events: { length: 15 } })
  expect(inbox.take(16, LIMIT)).toMatchObject({ first: 16, events: { length: 5 } })
  expect(inbox.take(21, LIMIT)).toBe('empty')
})

test('says when what is wanted is missing and later events are here', () => {
  const inbox = new Inbox()
  inbox.offer(run(5, 5))
  expect(inbox.take(1, LIMIT)).toBe('behind')
  expect(inbox.take(5, LIMIT)).toMatchObject({ first: 5, events: { length: 5 } })
})

test('stops at a gap between runs', () => {
  const inbox = new Inbox()
  inbox.offer(run(1, 5))
  inbox.offer(run(11, 5))
  expect(inbox.take(1, LIMIT)).toMatchObject({ events: { length: 5 } })
  expect(inbox.take(6, LIMIT)).toBe('behind')
})

test('does not keep more than its bytes, and remembers how far the log goes', () => {
  const inbox = new Inbox()
  inbox.offer(run(1, 5, INBOX_BYTES_MAX))
  inbox.offer(run(6, 5))
  inbox.take(1, LIMIT)
  expect(inbox.take(6, LIMIT)).toBe('empty')
  expect(inbox.end).toBe(10)
  inbox.offer(run(11, 5))
  expect(inbox.take(6, LIMIT)).toBe('behind')
})

test('forgets what another process has processed, so that the oldest one is one that waits', () => {
  const inbox = new Inbox()
  const at = (first: number, receivedAt: number) => ({
    ...run(first, 1),
    events: [{ receivedAt } as AcceptedEvent],
  })
  inbox.offer(at(1, 100))
  inbox.offer(at(2, 200))
  inbox.forgetTo(1)
  expect(inbox.oldestReceivedAt).toBe(200)
  inbox.forgetTo(2)
  expect(inbox.oldestReceivedAt).toBeUndefined()
  expect(inbox.waiting).toBe(0)
})

test('an offer wakes who waits', async () => {
  const inbox = new Inbox()
  const waiting = inbox.wait(60_000)
  inbox.offer(run(1, 1))
  expect(await waiting).toBe('woken')
  expect(await inbox.wait(1)).toBe('timeout')
})
