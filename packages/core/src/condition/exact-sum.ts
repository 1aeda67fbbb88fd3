import { SUM_VALUE_END } from '@affluent/protocol/limits'

const SCALE = 1_000_000_000n
const SAFE = Number.MAX_SAFE_INTEGER

/**
 * A number as a whole count of billionths. What has at most four decimals is taken exactly; anything else to the
 * nearest billionth. Both engines compute this by the same steps on doubles, so that sums are equal to the last digit.
 * @returns undefined when the number is too large to be summed
 */
export function scaled(value: number): bigint | undefined {
  if (!(Math.abs(value) < SUM_VALUE_END)) return undefined
  const tenThousandths = Math.floor(value * 1e4 + 0.5)
  if (tenThousandths / 1e4 === value) return BigInt(tenThousandths) * 100_000n
  return BigInt(Math.floor(value * 1e9 + 0.5))
}

/** The sum of numbers, exact, in billionths; those too large are left out, and `count` does not count them. */
export function exactSum(values: readonly unknown[]): { readonly sum: bigint; readonly count: number } {
  let sum = 0n
  // what fits is added as a plain number first: a bigint costs ten times as much
  let quick = 0
  let count = 0
  for (const value of values) {
    if (typeof value !== 'number' || !(Math.abs(value) < SUM_VALUE_END)) continue
    count++
    const tenThousandths = Math.floor(value * 1e4 + 0.5)
    if (tenThousandths / 1e4 === value && Math.abs(quick) + Math.abs(tenThousandths) < SAFE)
      quick += tenThousandths
    else sum += scaled(value) as bigint
  }
  return { sum: sum + BigInt(quick) * 100_000n, count }
}

/** Billionths as a number, for people; exact sums are compared before they come here. */
export function unscaled(sum: bigint): number {
  const whole = sum / SCALE
  return Number(whole) + Number(sum - whole * SCALE) / 1e9
}
