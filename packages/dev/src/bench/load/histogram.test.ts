import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

test('an empty histogram is all zeros', () => {
  const { count, mean, p50, p99, max } = new Histogram().summary()
  expect([count, mean, p50, p99, max]).toEqual([0, 0, 0, 0, 0])
})

test('percentiles are at most a sixty-fourth above the true ones, and never below', () => {
  const times = Array.from({ length: 10_000 }, (_, index) => (index + 1) ** 2 / 1_000)
  const histogram = new Histogram()
  for (const time of times) histogram.record(time)
  for (const share of [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = times[Math.ceil(share * times.length) - 1] as number
    expect(histogram.percentile(share)).toBeGreaterThanOrEqual(exact - 0.001)
    expect(histogram.percentile(share)).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 0.001)
  }
})

test('count, mean and the longest time are exact', () => {
  const histogram = new Histogram()
  for (const time of [1.5, 2.5, 98.123]) histogram.record(time)
  const { count, mean, max } = histogram.summary()
  expect([count, max]).toEqual([3, 98.123])
  expect(mean).toBeCloseTo(34.041, 3)
})

test('one slow answer in a hundred is the p99.9 and not the p99', () => {
  const histogram = new Histogram()
  for (let index = 0; index < 990; index++) histogram.record(1)
  for (let index = 0; index < 10; index++) histogram.record(1_000)
  expect(histogram.percentile(0.99)).toBeCloseTo(1, 1)
  expect(histogram.percentile(0.999)).toBe(1_000)
})

test('times below zero and beyond half an hour are kept at the ends', () => {
  const histogram = new Histogram()
  histogram.record(-5)
  histogram.record(1e12)
  expect(histogram.percentile(0.5)).toBe(0)
  expect(histogram.summary().max).toBeCloseTo(2_147_483.647, 3)
})
