import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ceilingOf, lineThrough, placesOf, summaryOf } from './trend.ts'

const FRAME = { width: 100, height: 40 }

test('points stand inside the picture, in the order of days, larger ones higher', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000_000), { minLength: 1, maxLength: 40 }), (sizes) => {
      const places = placesOf(sizes, FRAME)
      for (const [index, { x, y }] of places.entries()) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(100.001)
        expect(y).toBeGreaterThanOrEqual(-0.001)
        expect(y).toBeLessThanOrEqual(40)
        const next = places[index + 1]
        if (next === undefined) continue
        expect(next.x).toBeGreaterThan(x)
        expect(Math.sign(y - next.y)).toBe(Math.sign((sizes[index + 1] ?? 0) - (sizes[index] ?? 0)))
      }
    }),
  )
})

test.each([
  [[], 1],
  [[0], 1],
  [[1], 1],
  [[3], 5],
  [[165], 200],
  [[200], 200],
  [[201], 250],
  [[999], 1000],
  [[1_000_001], 2_000_000],
])('the axis of %j ends at %d', (sizes, ceiling) => {
  expect(ceilingOf(sizes)).toBe(ceiling)
})

test('a line goes through its points; one point alone is now', () => {
  expect(lineThrough(placesOf([0, 5, 10], FRAME))).toBe('M0 40L50 20L100 0')
  expect(placesOf([1], FRAME)).toEqual([{ x: 100, y: 0 }])
})

test('a trend comes down to its ends and its most', () => {
  const point = (size: number) => ({ day: '2026-01-01', size, entered: 0, exited: 0 })
  expect(summaryOf([point(3), point(9), point(5)])).toEqual({ from: 3, to: 5, max: 9 })
  expect(summaryOf([])).toEqual({ from: 0, to: 0, max: 0 })
})
