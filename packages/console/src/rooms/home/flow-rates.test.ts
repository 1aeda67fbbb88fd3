import { expect, test } from 'vitest'
import { ratesOf, type Sample, withSample } from './flow-rates.ts'

const sample = (at: number, accepted: number): Sample => ({ at, counters: { accepted } })
const after = (...samples: Sample[]) => samples.reduce(withSample, [] as readonly Sample[])

test('a rate is the growth of a counter over the last seconds', () => {
  expect(ratesOf(after(sample(0, 100)))).toEqual({})
  expect(ratesOf(after(sample(0, 100), sample(1_000, 130), sample(2_000, 150))).accepted).toBe(25)
})

test('one event each three seconds flows at 20 a minute, also between two events', () => {
  const slow = Array.from({ length: 90 }, (_, second) => sample(second * 1_000, Math.floor(second / 3)))
  for (const until of [88, 89, 90]) {
    const rate = ratesOf(after(...slow.slice(0, until))).accepted ?? 0
    expect(Math.round(rate * 60)).toBeGreaterThanOrEqual(19)
    expect(Math.round(rate * 60)).toBeLessThanOrEqual(21)
  }
})

test('one event is one a minute, however lately the page was opened', () => {
  const rate = ratesOf(after(sample(0, 0), sample(1_000, 1), sample(2_000, 1))).accepted ?? 0
  expect(rate * 60).toBeCloseTo(1)
})

test('a burst is forgotten after some seconds', () => {
  const burst = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => sample(second * 1_000, second === 0 ? 0 : 500))
  expect(ratesOf(after(...burst)).accepted).toBe(0)
})

test('what came while the tab slept makes no rate', () => {
  expect(ratesOf(after(sample(0, 0), sample(60_000, 90_000)))).toEqual({})
})

test('a counter that went back, after a workspace was emptied, flows at zero', () => {
  expect(ratesOf(after(sample(0, 100), sample(1_000, 0))).accepted).toBe(0)
})

test('an answer that is seen twice changes nothing', () => {
  const one = after(sample(0, 1), sample(1_000, 2))
  expect(withSample(one, sample(1_000, 2))).toBe(one)
})
