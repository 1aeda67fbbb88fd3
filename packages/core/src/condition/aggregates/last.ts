import { dropExpired, keepDeciding } from '../series-state.ts'
import type { AggregateFunction } from './aggregate-function.ts'
import { edgeOf } from './edge.ts'

/** The value of the latest event. */
export const last: AggregateFunction = {
  ...edgeOf('last'),
  label: { en: 'Last value', fr: 'Dernière valeur' },
  sentence: {
    en: 'whose last {property} over {event} {test}',
    fr: 'dont la dernière valeur de {property} sur {event} {test}',
  },
  example: {
    event: 'Order Completed',
    aggregate: { fn: 'last', property: 'payment_method' },
    op: 'in',
    value: ['card', 'wallet'],
  },
  prune: (spec, state, past, expired) => {
    const left = dropExpired(state, past, expired)
    if (spec.window?.kind !== 'last' && left > 1) keepDeciding(state, left, new Set([left - 1]))
  },
  shape: (window) => (window?.kind === 'last' ? { kind: 'latest' } : { kind: 'edge', end: 'last' }),
}
