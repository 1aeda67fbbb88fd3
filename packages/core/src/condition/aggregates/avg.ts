import type { AggregateFunction } from './aggregate-function.ts'
import { SUMMED, summedDecider, summedSql } from './summed.ts'

/** The mean of the numbers, compared exactly. */
export const avg: AggregateFunction = {
  ...SUMMED,
  label: { en: 'Average', fr: 'Moyenne' },
  sentence: {
    en: 'whose average of {property} over {event} {test}',
    fr: 'dont la moyenne de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'avg', property: 'products[].price' },
    op: 'lt',
    value: 20,
  },
  decider: (leaf) => summedDecider(leaf, true),
  holdsSql: (leaf, facts) => summedSql(leaf, facts, true),
}
