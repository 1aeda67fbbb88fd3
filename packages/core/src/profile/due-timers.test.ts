import { expect, test } from 'vitest'
import { spentTimers } from './due-timers.ts'

test('of the last moment of a timer command only those are spent that it has taken', () => {
  const due = [
    { at: 1, profile: 4 },
    { at: 2, profile: 5 },
    { at: 2, profile: 6 },
  ]
  expect(spentTimers(due)).toEqual({ at: 2, profiles: [5, 6] })
  expect(spentTimers([])).toBeUndefined()
})
