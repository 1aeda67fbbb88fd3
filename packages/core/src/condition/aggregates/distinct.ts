import type { Scalar } from '@affluent/protocol/condition'
import { countOperators } from '../operators/count-operators.ts'
import { noReading } from '../series-reading.ts'
import { dropExpired, keepDeciding } from '../series-state.ts'
import { type TypedSql, typedJsonSql } from '../sql/typed-sql.ts'
import type { AggregateFunction, NumberLeaf } from './aggregate-function.ts'
import { isScalarSql } from './aggregated-sql.ts'

/** How many different values there are. */
export const distinct: AggregateFunction = {
  comparedBy: 'counts',
  values: 'scalars',
  label: { en: 'Different values', fr: 'Valeurs différentes' },
  sentence: {
    en: 'whose number of different {property} over {event} {test}',
    fr: 'dont le nombre de valeurs différentes de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'distinct', property: 'products[].category' },
    op: 'gte',
    value: 3,
    within: '12 months',
  },
  newState: () => ({ t: [], v: [] }),
  take: (values) => values,
  prune: (spec, state, past, expired) => {
    const left = dropExpired(state, past, expired)
    if (spec.window?.kind === 'last' || left < 2) return
    // the latest of each value leaves the window last
    const latest = new Map<Scalar, number>()
    for (let index = 0; index < left; index++) latest.set(state.v?.[index] as Scalar, index)
    keepDeciding(state, left, new Set(latest.values()))
  },
  shape: (window) => (window?.kind === 'last' ? { kind: 'latest' } : { kind: 'values', best: undefined }),
  decider: (leaf) => {
    const { op, value: wanted } = leaf as NumberLeaf
    const { holds: reaches } = countOperators[op]
    return (series, from, to) => {
      const times = series === undefined ? [] : series.t.slice(from, to)
      const values = series?.v?.slice(from, to) ?? []
      const value = new Set(values).size
      if (value === 0) return noReading(times)
      return { holds: reaches(value, wanted), count: values.length, value, times }
    }
  },
  elementsSql: (elements) => ({ kind: 'many', values: elements }),
  holdsSql: (leaf, { brings, matches, define, column, params }) => {
    const { op, value: wanted } = leaf as NumberLeaf
    const hashes =
      brings.kind === 'many'
        ? `groupArrayArrayIf(arrayMap(e -> ${hashSql(typedJsonSql('e'))}, ${brings.values}), ${matches})`
        : `groupArrayIf(${hashSql(brings.typed)}, ${define(`${matches} and ${isScalarSql(brings.typed)}`)})`
    const count = column((name) => ({
      own: hashes,
      none: "CAST([], 'Array(UInt128)')",
      fold: `arrayUniq(groupArrayArray(${name}))`,
    }))
    return `${count} > 0 and ${count} ${countOperators[op].symbol} ${params.float(wanted)}`
  },
}

/** Equal for equal values of one type; -0 is 0. */
function hashSql({ num, text, flag }: TypedSql): string {
  const value = `multiIf(${num.is}, concat('n', reinterpretAsString(${num.value} + 0.)), ${text.is}, concat('t', ${text.value}), concat('f', toString(${flag.value})))`
  return `reinterpretAsUInt128(sipHash128(${value}))`
}
