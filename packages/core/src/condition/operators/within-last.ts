import type { Moments } from '../moments.ts'
import { MOVING_OPERATOR } from './moving-operator.ts'
import type { Asked, MovingOperator } from './operator.ts'

/** The value is a date that lies so far back at most. */
export const withinLast: MovingOperator = {
  ...MOVING_OPERATOR,
  direction: 'past',
  reads: 'zoned',
  label: { en: 'is in the last', fr: 'est dans les derniers' },
  sentence: { en: 'is {value}', fr: 'est {value}' },
  example: { trait: 'last_visit', value: '30d' },
  holdsAt: (ms, asked) => {
    const { from, to } = past(asked)
    return ms >= from && ms <= to
  },
  turnsAt: (ms, asked) => {
    if (ms > asked.now) return ms
    const { from } = past(asked)
    return ms >= from ? asked.calendar.leavesAt(asked.span, ms, asked.now) : Number.POSITIVE_INFINITY
  },
  sql: (asked, { within }) => within(past(asked)),
}

function past({ span, now, calendar }: Asked): Moments {
  return { from: calendar.boundsAt(span, now).after + 1, to: now }
}
