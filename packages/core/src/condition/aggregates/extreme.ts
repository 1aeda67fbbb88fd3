import type { AggregateLeaf } from '@affluent/protocol/condition'
import { countOperators } from '../operators/count-operators.ts'
import { type Decide, noReading } from '../series-reading.ts'
import { dropExpired, isEndless, keepDeciding } from '../series-state.ts'
import type { AggregateFunction, NumberLeaf } from './aggregate-function.ts'
import { numbersSql, oneOf } from './aggregated-sql.ts'

const NONE = { is: '0', value: '0' }

type Shared = Omit<AggregateFunction, 'label' | 'sentence' | 'example'>

/**
 * What an aggregate is that keeps one number, the best.
 * @param best its name in ClickHouse
 * @param better whether a number is better than another one
 */
export function extremeOf(best: 'min' | 'max', better: (a: number, b: number) => boolean): Shared {
  const bestOf = (numbers: readonly number[]) => numbers.reduce((a, b) => (better(b, a) ? b : a))
  return {
    comparedBy: 'counts',
    values: 'numbers',
    newState: () => ({ t: [], v: [] }),
    take: (values) => (values.length < 2 ? values : [bestOf(values as number[])]),
    prune: (spec, state, past, expired) => {
      const left = dropExpired(state, past, expired)
      if (spec.window?.kind === 'last' || left < 2) return
      const stays = notFollowedByBetter((state.v ?? []) as number[], left, better)
      keepDeciding(state, left, isEndless(spec.window) ? new Set([...stays].slice(-1)) : stays)
    },
    shape: (window) =>
      window?.kind === 'last' ? { kind: 'latest' } : { kind: isEndless(window) ? 'extreme' : 'values', best },
    decider: (leaf) => extremeDecider(leaf, bestOf),
    elementsSql: (elements, define) => {
      const numbers = numbersSql(elements, define)
      const num = {
        is: `notEmpty(${numbers})`,
        value: `${best === 'min' ? 'arrayMin' : 'arrayMax'}(${numbers})`,
      }
      return { kind: 'one', typed: { num, text: { is: '0', value: "''" }, flag: NONE } }
    },
    holdsSql: (leaf, facts) => {
      const { op, value: wanted } = leaf as NumberLeaf
      const { num } = oneOf(facts.brings)
      const has = facts.define(`${facts.matches} and ${num.is}`)
      const count = facts.count(has)
      const extreme = facts.column((name) => ({
        own: `${best}If(${num.value}, ${has})`,
        none: 'toFloat64(0)',
        fold: `${best}If(${name}, ${facts.ownOf(count)} > 0)`,
      }))
      return `${count} > 0 and ${extreme} ${countOperators[op].symbol} ${facts.params.float(wanted)}`
    },
  }
}

function extremeDecider(leaf: AggregateLeaf, bestOf: (numbers: readonly number[]) => number): Decide {
  const { op, value: wanted } = leaf as NumberLeaf
  const { holds: reaches } = countOperators[op]
  return (series, from, to) => {
    const times = series === undefined ? [] : series.t.slice(from, to)
    const numbers = (series?.v?.slice(from, to) ?? []) as number[]
    if (numbers.length === 0) return noReading(times)
    const value = bestOf(numbers)
    return { holds: reaches(value, wanted), count: numbers.length, value, times }
  }
}

/** Indexes of the numbers that decide once those before them have left the window, the latest first. */
function notFollowedByBetter(
  numbers: readonly number[],
  past: number,
  better: (a: number, b: number) => boolean,
): Set<number> {
  const stays = new Set<number>()
  let best: number | undefined
  for (let index = past - 1; index >= 0; index--) {
    const value = numbers[index] as number
    if (best !== undefined && !better(value, best)) continue
    best = value
    stays.add(index)
  }
  return stays
}
