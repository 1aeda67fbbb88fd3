import type { AggregateFunction } from './aggregate-function.ts'
import { SUMMED, summedDecider, summedSql } from './summed.ts'

/** The exact sum of the numbers. */
export const sum: AggregateFunction = {
  ...SUMMED,
  label: { en: 'Sum', fr: 'Somme' },
  sentence: {
    en: 'whose total of {property} over {event} {test}',
    fr: 'dont la somme de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'sum', property: 'revenue' },
    op: 'gte',
    value: 500,
    within: '90d',
  },
  decider: (leaf) => summedDecider(leaf, false),
  holdsSql: (leaf, facts) => summedSql(leaf, facts, false),
}
