import { expect, test } from 'vitest'
import { quantile } from './quantile.ts'

test('the middle one of five is the median, the last one the worst', () => {
  const times = [30, 10, 50, 20, 40]
  expect(quantile(times, 0.5)).toBe(30)
  expect(quantile(times, 0.99)).toBe(50)
  expect(quantile(times, 0)).toBe(10)
})

test('of nothing it is 0', () => {
  expect(quantile([], 0.5)).toBe(0)
})
