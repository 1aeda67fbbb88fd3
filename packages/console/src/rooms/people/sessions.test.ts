import { expect, test } from 'vitest'
import { groupBySession } from './sessions.ts'

const dayOf = (instant: string) => instant.slice(0, 10)
const at = (...instants: string[]) => instants.map((timestamp) => ({ timestamp }))

test('a pause of more than 30 minutes ends a session', () => {
  const days = groupBySession(
    at('2026-11-22T10:31:00Z', '2026-11-22T10:30:00Z', '2026-11-22T10:00:00Z', '2026-11-22T09:29:59Z'),
    dayOf,
  )
  expect(days).toHaveLength(1)
  expect(days[0]?.sessions.map(({ from, to, events }) => [from, to, events.length])).toEqual([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:31:00Z', 3],
    ['2026-11-22T09:29:59Z', '2026-11-22T09:29:59Z', 1],
  ])
})

test('a session over midnight stays whole, under the day on which it ended', () => {
  const days = groupBySession(
    at('2026-11-22T00:05:00Z', '2026-11-21T23:55:00Z', '2026-11-21T08:00:00Z'),
    dayOf,
  )
  expect(days.map(({ day, sessions }) => [day, sessions.map(({ events }) => events.length)])).toEqual([
    ['2026-11-22', [2]],
    ['2026-11-21', [1]],
  ])
})

test('no events, no days', () => {
  expect(groupBySession([], dayOf)).toEqual([])
})
