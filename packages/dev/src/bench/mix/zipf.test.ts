import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { createZipf } from './zipf.ts'

const draw = (seed: number, size: number, count: number) => {
  const zipf = createZipf(size, createRandom(seed))
  return Array.from({ length: count }, zipf)
}

test('the same seed draws the same people, on every machine', () => {
  expect(draw(1, 50_000, 8)).toEqual(draw(1, 50_000, 8))
  expect(draw(1, 50_000, 8)).not.toEqual(draw(2, 50_000, 8))
  expect(draw(1, 50_000, 8)).toMatchInlineSnapshot(`
    [
      29419,
      25,
      2,
      1844,
      5301,
      24097,
      4,
      5315,
    ]
  `)
})

test('number k comes in proportion to 1 / (k + 1)', () => {
  const size = 1_000
  const count = 400_000
  const seen = new Array<number>(size).fill(0)
  for (const k of draw(3, size, count)) seen[k] = (seen[k] as number) + 1
  const harmonic = seen.reduce((sum, _, k) => sum + 1 / (k + 1), 0)
  for (const k of [0, 1, 2, 5, 20, 100]) {
    const wanted = count / (k + 1) / harmonic
    expect(Math.abs((seen[k] as number) - wanted)).toBeLessThan(5 * Math.sqrt(wanted))
  }
})

test('every number of the range comes, and none beyond it', () => {
  const drawn = draw(4, 7, 2_000)
  expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
})
