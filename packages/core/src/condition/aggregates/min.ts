import type { AggregateFunction } from './aggregate-function.ts'
import { extremeOf } from './extreme.ts'

/** The smallest of the numbers. */
export const min: AggregateFunction = {
  ...extremeOf('min', (a, b) => a < b),
  label: { en: 'Minimum', fr: 'Minimum' },
  sentence: {
    en: 'whose smallest {property} over {event} {test}',
    fr: 'dont le minimum de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'min', property: 'revenue' },
    op: 'gt',
    value: 20,
  },
}
