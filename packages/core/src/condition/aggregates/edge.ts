import type { ValueTest } from '@affluent/protocol/condition'
import { isNegated, operators, positiveOf } from '../operators/operators.ts'
import { noReading } from '../series-reading.ts'
import { bitSql, placedSql } from '../sql/placed-sql.ts'
import { typedJsonSql } from '../sql/typed-sql.ts'
import type { AggregateFunction } from './aggregate-function.ts'
import { isScalarSql, oneOf } from './aggregated-sql.ts'

type Shared = Pick<
  AggregateFunction,
  'comparedBy' | 'values' | 'newState' | 'take' | 'decider' | 'elementsSql' | 'holdsSql'
>

/** What an aggregate is that keeps the first or the last value, and asks it what a trait is asked. */
export function edgeOf(end: 'first' | 'last'): Shared {
  const [at, element, newest] = end === 'first' ? [0, 1, 'min'] : [-1, -1, 'max']
  return {
    comparedBy: 'values',
    values: 'scalars',
    // which of two values of the same time comes first, their positions say
    newState: () => ({ t: [], v: [], p: [] }),
    take: (values) => (values.length < 2 ? values : values.slice(at).slice(0, 1)),
    decider: (leaf, compile) => {
      const test = compile(leaf as ValueTest)
      return (series, from, to) => {
        const times = series === undefined ? [] : series.t.slice(from, to)
        const values = series?.v?.slice(from, to) ?? []
        const value = values.at(at)
        if (value === undefined) return noReading(times)
        return { holds: test.holds([value], 0), count: values.length, value, times }
      }
    },
    elementsSql: (elements, define) => ({
      kind: 'one',
      typed: typedJsonSql(define(`${elements}[${element}]`)),
    }),
    // whether the value passes is known event by event, so it need not be carried along
    holdsSql: (leaf, { brings, matches, define, column, passesSql }) => {
      const asked = leaf as ValueTest
      const typed = oneOf(brings)
      const test = positiveOf(asked)
      const isScalar = define(`${matches} and ${isScalarSql(typed)}`)
      const passes = operators[test.op].kind === 'presence' ? '1' : passesSql(test, typed)
      const place = define(placedSql('event', [passes]))
      const edge = column((name) => ({
        own: `${newest}If(${place}, ${isScalar})`,
        none: 'toUInt128(0)',
        fold: `${newest}If(${name}, ${name} > 0)`,
      }))
      return `${edge} > 0 and ${bitSql(edge, 0)} = ${isNegated(asked) ? 0 : 1}`
    },
  }
}
