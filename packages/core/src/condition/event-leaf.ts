import type { AggregateLeaf, CountLeaf, CountOp, Scalar } from '@affluent/protocol/condition'
import { exactSum, scaled, unscaled } from './exact-sum.ts'
import { isCountOp } from './parse-condition.ts'
import type { SeriesState } from './series.ts'
import { compileTest } from './value-test.ts'
import { boundsAt, entersAt, leavesAt, staysUntil } from './window.ts'

/** What a series says about a leaf at a moment. */
export interface LeafReading {
  readonly holds: boolean
  /** events in the window, as far as they are kept; of an aggregate: values */
  readonly count: number
  /** of an aggregate; undefined when there is no value */
  readonly value: Scalar | undefined
  /** event times that are in the window, as far as they are kept */
  readonly times: readonly number[]
}

/** An event leaf that can be asked. */
export interface CompiledEventLeaf {
  /** @param series folded over the profile's fragments; undefined: no such event */
  read(series: SeriesState | undefined, now: number): LeafReading
  holds(series: SeriesState | undefined, now: number): boolean
  /**
   * A moment after `now`, at or before which the answer may change by time alone; Infinity: never.
   * @param before moments from here on need not be exact
   */
  turnsAt(series: SeriesState | undefined, now: number, before?: number): number
}

/** @param zone IANA name, for windows that follow the calendar */
export function compileEventLeaf(leaf: CountLeaf | AggregateLeaf, zone: string): CompiledEventLeaf {
  const decide = leaf.kind === 'count' ? countDecider(leaf) : aggregateDecider(leaf, zone)
  const read = (series: SeriesState | undefined, now: number): LeafReading => {
    const [from, to] = rangeAt(leaf, series, now, zone)
    return decide(series, from, to)
  }
  return {
    read,
    holds:
      leaf.kind === 'count'
        ? (series, now) => compareCounts(leaf.op, countAt(leaf, series, now, zone), leaf.count)
        : (series, now) => read(series, now).holds,
    turnsAt: (series, now, before = Number.POSITIVE_INFINITY) => turnsAt(leaf, series, now, zone, before),
  }
}

/** How many entries are in the window: the answer of most leaves, found without a list. */
function countAt({ within }: CountLeaf, series: SeriesState | undefined, now: number, zone: string): number {
  if (series === undefined || series.t.length === 0) return 0
  const { t } = series
  const { after, to } = boundsAt(within, now, zone)
  let end = t.length
  while (end > 0 && (t[end - 1] as number) > to) end--
  let from = end
  while (from > 0 && (t[from - 1] as number) > after) from--
  return end - from
}

/** Indexes of the entries in the window: from, to (excluded). */
function rangeAt(
  { within }: CountLeaf | AggregateLeaf,
  series: SeriesState | undefined,
  now: number,
  zone: string,
): [from: number, to: number] {
  if (series === undefined || series.t.length === 0) return [0, 0]
  const { after, to } = boundsAt(within, now, zone)
  const { t } = series
  let end = t.length
  while (end > 0 && (t[end - 1] as number) > to) end--
  let from = end
  while (from > 0 && (t[from - 1] as number) > after) from--
  return [from, end]
}

type Decide = (series: SeriesState | undefined, from: number, to: number) => LeafReading

function countDecider(leaf: CountLeaf): Decide {
  return (series, from, to) => {
    const count = to - from
    const times = series === undefined ? [] : series.t.slice(from, to)
    return { holds: compareCounts(leaf.op, count, leaf.count), count, value: undefined, times }
  }
}

function aggregateDecider(leaf: AggregateLeaf, zone: string): Decide {
  const reached = isCountOp(leaf.op) && typeof leaf.value === 'number' ? scaled(leaf.value) : undefined
  const test = compileTest(leaf as Parameters<typeof compileTest>[0], zone)
  return (series, from, to) => {
    const times = series === undefined ? [] : series.t.slice(from, to)
    const values = series?.v?.slice(from, to) ?? []
    const none = { holds: false, count: 0, value: undefined, times }
    switch (leaf.fn) {
      case 'sum':
      case 'avg': {
        const own = exactSum(values)
        const sum = own.sum + BigInt(series?.s ?? '0')
        const count = own.count + (series?.n ?? 0)
        if (count === 0 || reached === undefined) return none
        const divisor = leaf.fn === 'avg' ? BigInt(count) : 1n
        const holds = compareCounts(leaf.op as CountOp, sum, reached * divisor)
        return { holds, count, value: unscaled(sum) / (leaf.fn === 'avg' ? count : 1), times }
      }
      case 'min':
      case 'max': {
        if (values.length === 0) return none
        const numbers = values as number[]
        const value = numbers.reduce((a, b) => ((leaf.fn === 'min' ? b < a : b > a) ? b : a))
        return {
          holds: compareCounts(leaf.op as CountOp, value, leaf.value as number),
          count: values.length,
          value,
          times,
        }
      }
      case 'distinct': {
        const value = new Set(values).size
        if (value === 0) return none
        return {
          holds: compareCounts(leaf.op as CountOp, value, leaf.value as number),
          count: values.length,
          value,
          times,
        }
      }
      case 'first':
      case 'last': {
        const value = leaf.fn === 'first' ? values[0] : values.at(-1)
        if (value === undefined) return none
        return { holds: test.holds([value], 0), count: values.length, value, times }
      }
    }
  }
}

function compareCounts<T extends number | bigint>(op: CountOp, a: T, b: T): boolean {
  switch (op) {
    case 'gte':
      return a >= b
    case 'gt':
      return a > b
    case 'lte':
      return a <= b
    case 'lt':
      return a < b
    case 'equals':
      return a === b
  }
}

function turnsAt(
  leaf: CountLeaf | AggregateLeaf,
  series: SeriesState | undefined,
  now: number,
  zone: string,
  before: number,
): number {
  if (series === undefined || series.t.length === 0) return Number.POSITIVE_INFINITY
  const [from, to] = rangeAt(leaf, series, now, zone)
  const enters = firstEntering(leaf, series, now, zone)
  if (from === to) return enters
  // a count that is reached stays so until too few are left
  if (leaf.kind === 'count' && (leaf.op === 'gte' || leaf.op === 'gt')) {
    const needed = leaf.op === 'gte' ? leaf.count : leaf.count + 1
    if (to - from < needed) return enters
    if (needed === 0) return Number.POSITIVE_INFINITY
    return leaving(leaf, series.t[to - needed] as number, now, zone, before)
  }
  return Math.min(enters, leaving(leaf, series.t[from] as number, now, zone, before))
}

function leaving(
  { within }: CountLeaf | AggregateLeaf,
  time: number,
  now: number,
  zone: string,
  before: number,
): number {
  const soonest = staysUntil(within, time, now)
  return soonest >= before ? soonest : leavesAt(within, time, now, zone)
}

/** When the next entry comes into the window. */
function firstEntering(
  { within }: CountLeaf | AggregateLeaf,
  series: SeriesState,
  now: number,
  zone: string,
): number {
  for (const time of series.t) {
    if (within?.kind !== 'last' && time <= now) continue
    const enters = entersAt(within, time, zone)
    if (enters > now) return enters
  }
  return Number.POSITIVE_INFINITY
}
