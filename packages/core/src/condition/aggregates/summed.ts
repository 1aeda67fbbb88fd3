import type { AggregateLeaf } from '@affluent/protocol/condition'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import { exactSum, scaled, unscaled } from '../exact-sum.ts'
import { countOperators } from '../operators/count-operators.ts'
import { type Decide, noReading } from '../series-reading.ts'
import { dropExpired, dropFirst, type SeriesState } from '../series-state.ts'
import { scaledSql } from '../sql/scaled-sql.ts'
import type { AggregateFacts, AggregateFunction, NumberLeaf } from './aggregate-function.ts'
import { numbersSql } from './aggregated-sql.ts'

/** What all aggregates have that are made of a count and a sum. */
export const SUMMED = {
  comparedBy: 'counts',
  values: 'numbers',
  // a sum over all time needs no entries but those of the future
  newState: (window) => (window === undefined ? { t: [], v: [], n: 0, s: '0' } : { t: [], v: [] }),
  take: (values) => values,
  prune: (spec, state, past, expired) => {
    if (spec.window === undefined) sumUp(state, past)
    else dropExpired(state, past, expired)
  },
  shape: (window) => ({ kind: window === undefined ? 'sum' : 'latest' }),
  elementsSql: (elements, define) => ({ kind: 'many', values: numbersSql(elements, define) }),
} as const satisfies Partial<AggregateFunction>

/** @param isMean whether the sum is divided by the number of values */
export function summedDecider(leaf: AggregateLeaf, isMean: boolean): Decide {
  const { op, value: wanted } = leaf as NumberLeaf
  const { holds: reaches } = countOperators[op]
  const limit = scaled(wanted)
  return (series, from, to) => {
    const times = series === undefined ? [] : series.t.slice(from, to)
    const own = exactSum(series?.v?.slice(from, to) ?? [])
    const sum = own.sum + BigInt(series?.s ?? '0')
    const count = own.count + (series?.n ?? 0)
    if (count === 0 || limit === undefined) return noReading(times)
    const holds = reaches(sum, isMean ? limit * BigInt(count) : limit)
    return { holds, count, value: unscaled(sum) / (isMean ? count : 1), times }
  }
}

/** @param isMean whether the sum is divided by the number of values */
export function summedSql(leaf: AggregateLeaf, facts: AggregateFacts, isMean: boolean): string {
  const { op, value: wanted } = leaf as NumberLeaf
  const own = ownSumSql(facts)
  const isSummed = facts.define(`${facts.matches} and ${own.count} > 0`)
  const count = facts.column((name) => ({
    own: `sumIf(${own.count}, ${isSummed})`,
    none: 'toUInt64(0)',
    fold: `sum(${name})`,
  }))
  const sum = facts.column((name) => ({
    own: `sum${own.array}If(${own.sum}, ${isSummed})`,
    none: 'toInt128(0)',
    fold: `sum(${name})`,
  }))
  const limit = facts.params.wide(scaled(wanted) as bigint)
  return `${count} > 0 and ${sum} ${countOperators[op].symbol} ${isMean ? `${limit} * ${count}` : limit}`
}

/** How many of an event's values are summed, and their sum: SQL over a row of `event`. */
function ownSumSql({ brings, params, define }: AggregateFacts): {
  readonly count: string
  readonly sum: string
  readonly array: string
} {
  const end = params.float(SUM_VALUE_END)
  if (brings.kind === 'many') {
    const values = define(`arrayFilter(n -> abs(n) < ${end}, ${brings.values})`)
    return {
      count: `length(${values})`,
      sum: `arrayMap(n -> ${scaledSql('n')}, ${values})`,
      array: 'Array',
    }
  }
  const { is, value } = brings.typed.num
  // what is too large is not added, but ClickHouse computes it all the same, and fails on what is no whole number
  const own = define(`if(abs(${value}) < ${end}, ${value}, 0.)`)
  return { count: `(${is} and abs(${value}) < ${end})`, sum: define(scaledSql(own, define)), array: '' }
}

/** Puts the past entries into count and sum. */
function sumUp(state: SeriesState, past: number): void {
  if (past === 0) return
  let sum = BigInt(state.s ?? '0')
  let count = state.n ?? 0
  for (const value of (state.v ?? []).slice(0, past)) {
    const part = typeof value === 'number' ? scaled(value) : undefined
    if (part === undefined) continue
    sum += part
    count++
  }
  state.n = count
  state.s = String(sum)
  dropFirst(state, past)
}
