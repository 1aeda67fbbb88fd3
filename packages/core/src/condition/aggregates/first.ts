import { dropExpired, isEndless, keepDeciding } from '../series-state.ts'
import type { AggregateFunction } from './aggregate-function.ts'
import { edgeOf } from './edge.ts'

const FIRST = new Set([0])

/** The value of the earliest event. */
export const first: AggregateFunction = {
  ...edgeOf('first'),
  label: { en: 'First value', fr: 'Première valeur' },
  sentence: {
    en: 'whose first {property} over {event} {test}',
    fr: 'dont la première valeur de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'first', property: 'coupon' },
    op: 'equals',
    value: 'NEW',
  },
  prune: (spec, state, past, expired) => {
    const left = dropExpired(state, past, expired)
    // in a window that moves, any later one is the first some day
    if (isEndless(spec.window) && left > 1) keepDeciding(state, left, FIRST)
  },
  shape: (window) => (isEndless(window) ? { kind: 'edge', end: 'first' } : { kind: 'latest' }),
}
