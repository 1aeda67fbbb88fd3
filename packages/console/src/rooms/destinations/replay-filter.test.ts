import { expect, test } from 'vitest'
import { REPLAY_PERIODS, type ReplayChoice, replayFilter } from './replay-filter.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const choice: ReplayChoice = {
  ...{ destination: 'dst_1', connection: undefined, status: 'failed', period: 'all', from: '', to: '' },
}

test('a period goes back from now', () => {
  expect(replayFilter({ ...choice, period: 'hour' }, NOW)).toEqual({
    ...{ destination: 'dst_1', status: 'failed', from: '2026-11-22T11:00:00.000Z' },
  })
  expect(replayFilter({ ...choice, period: 'week' }, NOW).from).toBe('2026-11-15T12:00:00.000Z')
  expect(replayFilter(choice, NOW)).toEqual({ destination: 'dst_1', status: 'failed' })
})

test('a range is from instant to instant, and may be open', () => {
  const range = { ...choice, period: 'range', connection: 'con_2', status: 'held' } as const
  expect(replayFilter(range, NOW)).toEqual({ destination: 'dst_1', connection: 'con_2', status: 'held' })
  const from = '2026-11-20T08:30'
  expect(replayFilter({ ...range, from }, NOW).from).toBe(new Date(from).toISOString())
  expect(replayFilter({ ...range, from: 'soon' }, NOW).from).toBeUndefined()
})

test('a destination is always named: no choice replays more than is seen', () => {
  for (const period of REPLAY_PERIODS)
    expect(replayFilter({ ...choice, period }, NOW).destination).toBe('dst_1')
})
