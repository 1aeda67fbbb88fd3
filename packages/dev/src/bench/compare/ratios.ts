import { type CpuReport, NOT_OURS, YARDSTICKS } from '../machine/cpu-ledger.ts'
import type { Figure } from '../report/figure.ts'
import { quantile } from '../report/quantile.ts'

/** What a run has written, as far as it is compared. */
export interface RunResult {
  readonly rows: readonly {
    readonly figures: readonly Figure[]
    readonly cpu: Readonly<Record<string, CpuReport>>
  }[]
}

/** The same measured under two commits, one right after the other. */
export interface RunPair {
  readonly before: RunResult
  readonly now: RunResult
}

/** One figure over all pairs: above 1 is better now. */
export interface Ratio {
  readonly name: string
  /** the middle one */
  readonly median: number
  /** in the order of the pairs */
  readonly each: readonly number[]
}

/**
 * Ratios of every figure that both commits have. A time counts as its inverse. CPU time of ours is taken by that of the
 * load tool or the receiver in the same run, so that a machine that was slower in one of the runs changes nothing.
 */
export function ratiosOf(pairs: readonly RunPair[]): Ratio[] {
  const ratios = new Map<string, number[]>()
  for (const { before, now } of pairs) {
    const [valuesBefore, valuesNow] = [valuesOf(before), valuesOf(now)]
    for (const [name, { value, better }] of valuesNow) {
      const other = valuesBefore.get(name)?.value
      if (other === undefined || other === 0 || value === 0) continue
      const each = ratios.get(name) ?? []
      each.push(better === 'more' ? value / other : other / value)
      ratios.set(name, each)
    }
  }
  return [...ratios].map(([name, each]) => ({ name, median: quantile(each, 0.5), each }))
}

type Value = Pick<Figure, 'value' | 'better'>

function valuesOf({ rows }: RunResult): Map<string, Value> {
  const values = new Map<string, Value>()
  for (const { figures, cpu } of rows) {
    const [first] = figures
    const row = first?.name.trim() ?? ''
    for (const { name, value, better, limit } of figures) {
      const whole = name.startsWith(' ') ? `${row}: ${name.trim()}` : name
      values.set(whole, { value, better })
      if (limit !== undefined && limit.value !== 0)
        values.set(`${whole}, by ${limit.name}`, { value: value / limit.value, better })
    }
    for (const [phase, { shares }] of Object.entries(cpu)) {
      const sum = (isWanted: (role: string) => boolean) =>
        shares.filter(({ role }) => isWanted(role)).reduce((total, { seconds }) => total + seconds, 0)
      const yardstick = sum((role) => YARDSTICKS.includes(role))
      if (yardstick === 0) continue
      const value = sum((role) => !NOT_OURS.includes(role)) / yardstick
      values.set(`${phase}: CPU of ours, by load tool and receivers`, { value, better: 'less' })
    }
  }
  return values
}
