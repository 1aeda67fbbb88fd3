import type { Moments } from '../moments.ts'
import { MOVING_OPERATOR } from './moving-operator.ts'
import type { Asked, MovingOperator } from './operator.ts'

/** The value is a date that lies so far ahead at most. */
export const withinNext: MovingOperator = {
  ...MOVING_OPERATOR,
  direction: 'next',
  reads: 'zoned',
  label: { en: 'is in the next', fr: 'est dans les prochains' },
  sentence: { en: 'is {value}', fr: 'est {value}' },
  example: { trait: 'renews_at', value: '2 months' },
  holdsAt: (ms, asked) => {
    const { from, to } = coming(asked)
    return ms >= from && ms <= to
  },
  turnsAt: (ms, asked) => {
    if (ms <= asked.now) return Number.POSITIVE_INFINITY
    return ms <= coming(asked).to ? ms : asked.calendar.comesWithin(asked.span, ms, asked.now)
  },
  sql: (asked, { within }) => within(coming(asked)),
}

function coming({ span, now, calendar }: Asked): Moments {
  return { from: now + 1, to: calendar.ahead(span, now) }
}
