import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RETRY_WAITS_MS, waitAfter } from './retry-plan.ts'

const DAY_MS = 86_400_000

test('ten tries fit into 24 hours, whatever chance says, and there is no eleventh', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
      (chances) => {
        const waits = chances.map((chance, index) => waitAfter(index + 1, chance) as number)
        expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(DAY_MS * 1.2)
        for (const [index, wait] of waits.entries())
          expect(Math.abs(wait / (RETRY_WAITS_MS[index] as number) - 1)).toBeLessThanOrEqual(0.201)
        expect(waitAfter(10, 0.5)).toBeUndefined()
      },
    ),
  )
  const usual = RETRY_WAITS_MS.reduce((sum, wait) => sum + wait, 0)
  expect(usual).toBeLessThan(DAY_MS)
  expect(usual).toBeGreaterThan(DAY_MS * 0.9)
})
