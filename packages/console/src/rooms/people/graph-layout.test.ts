import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layoutGraph } from './graph-layout.ts'

test('the fragment with most merges stands at the left, what joined it at its right', () => {
  const spots = layoutGraph(
    ['f1', 'f2', 'f3', 'f4', 'f5'],
    [
      { a: 'f3', b: 'f1' },
      { a: 'f3', b: 'f2' },
      { a: 'f2', b: 'f4' },
      { a: 'f5', b: 'f3' },
    ],
  )
  const [f1, f2, f3, f4] = spots
  expect(f3?.x).toBe(0)
  expect(f1?.x).toBe(f2?.x)
  expect(f4?.x).toBeGreaterThan(f2?.x ?? 0)
  expect(f2?.y).toBe(f4?.y)
})

test('every fragment has a place of its own, whatever the forest', () => {
  const forest = fc
    .array(fc.nat(), { minLength: 0, maxLength: 199 })
    .map((parents) => parents.map((parent, index) => ({ a: `f${parent % (index + 1)}`, b: `f${index + 1}` })))
  fc.assert(
    fc.property(forest, fc.boolean(), (edges, isWhole) => {
      const ids = Array.from({ length: edges.length + 1 }, (_, index) => `f${index}`)
      const spots = layoutGraph(ids, isWhole ? edges : edges.filter((_, index) => index % 3 !== 0))
      expect(spots.map(({ id }) => id)).toEqual(ids)
      expect(new Set(spots.map(({ x, y }) => `${x} ${y}`)).size).toBe(ids.length)
    }),
  )
})
