import type { AggregateFunction } from './aggregate-function.ts'
import { extremeOf } from './extreme.ts'

/** The largest of the numbers. */
export const max: AggregateFunction = {
  ...extremeOf('max', (a, b) => a > b),
  label: { en: 'Maximum', fr: 'Maximum' },
  sentence: {
    en: 'whose largest {property} over {event} {test}',
    fr: 'dont le maximum de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'max', property: 'revenue' },
    op: 'lte',
    value: 200,
  },
}
