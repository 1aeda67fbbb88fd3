import { expect, test } from 'vitest'
import { exitLags } from './exit-lags.ts'

const everySecond = (rank: number) => 10_000 + rank * 1_000

test('a person is as late as the first reading that misses somebody', () => {
  const readings = [
    { at: 10_500, size: 3 },
    { at: 12_500, size: 1 },
    { at: 13_000, size: 0 },
  ]
  const lags = exitLags(readings, 3, everySecond)
  expect(lags.count).toBe(3)
  // due at 10,000, 11,000 and 12,000; seen at 12,500, 12,500 and 13,000
  expect([lags.p50, lags.max]).toEqual([expect.closeTo(1_500, -2), 2_500])
})

test('who has not left is not counted, and a size that grows again counts nobody twice', () => {
  const readings = [
    { at: 20_000, size: 1 },
    { at: 21_000, size: 2 },
    { at: 22_000, size: 1 },
  ]
  expect(exitLags(readings, 3, everySecond).count).toBe(2)
})
