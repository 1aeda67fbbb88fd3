import type { AttemptAnswer } from '@affluent/protocol/attempt'
import { expect, test } from 'vitest'
import { groupReasons, storyOf } from './delivery-story.ts'

const attempt = (status: number | null, ms = 5): AttemptAnswer => ({
  ...{ at: '2026-11-22T10:00:00.000Z', status, ms },
  error: status === 200 ? null : { code: status === null ? 'timeout' : 'server_error', message: 'x' },
})
const delivery = { status: 'delivered', endedAt: '2026-11-22T10:01:00.000Z', nextAt: null } as const

test('a story is its tries in order, and its end', () => {
  const story = storyOf({ ...delivery, attempts: [attempt(500), attempt(null), attempt(200)] })
  expect(story.tries.map(({ number, status, error, isGood }) => [number, status, error, isGood])).toEqual([
    [1, 500, 'server_error', false],
    [2, null, 'timeout', false],
    [3, 200, null, true],
  ])
  expect(story).toMatchObject({ skipped: 0, end: 'delivered', at: '2026-11-22T10:01:00.000Z' })
})

test('of many tries the first and the last are told, and how many are between', () => {
  const story = storyOf({ ...delivery, attempts: Array.from({ length: 10 }, () => attempt(500)) })
  expect(story.tries.map(({ number }) => number)).toEqual([1, 10])
  expect(story.skipped).toBe(8)
  const waiting = { status: 'pending_retry', endedAt: null, nextAt: delivery.endedAt } as const
  const three = storyOf({ ...waiting, attempts: Array.from({ length: 3 }, () => attempt(500)) })
  expect(three.tries.map(({ number }) => number)).toEqual([1, 3])
})

test('what waits says until when; what has not begun says nothing', () => {
  const nextAt = '2026-11-22T10:05:00.000Z'
  expect(storyOf({ status: 'pending_retry', endedAt: null, nextAt, attempts: [attempt(500)] }).at).toBe(
    nextAt,
  )
  expect(storyOf({ status: 'queued', endedAt: null, nextAt: null, attempts: [] })).toEqual({
    ...{ tries: [], skipped: 0, end: 'queued', at: null },
  })
})

test('reasons are counted, the most frequent first, with the latest of each', () => {
  const rows = [
    { id: 'c', reason: 'timeout' },
    { id: 'b', reason: 'refused' },
    { id: 'x', reason: null },
    { id: 'a', reason: 'refused' },
  ]
  expect(groupReasons(rows)).toEqual([
    { reason: 'refused', count: 2, example: 'b' },
    { reason: 'timeout', count: 1, example: 'c' },
  ])
})
