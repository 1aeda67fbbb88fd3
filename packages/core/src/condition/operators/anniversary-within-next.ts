import { instantSql } from '../sql/instant-sql.ts'
import { MOVING_OPERATOR } from './moving-operator.ts'
import type { Asked, MovingOperator } from './operator.ts'

const LEAP_YEAR = 2000
const DAY_MS = 86_400_000

/** The value is a date whose day comes round by then, today included: the day that is written, whatever the zone. */
export const anniversaryWithinNext: MovingOperator = {
  ...MOVING_OPERATOR,
  direction: 'next',
  reads: 'written',
  label: { en: 'has its anniversary in the next', fr: 'a son anniversaire dans les prochains' },
  sentence: { en: 'has its anniversary {value}', fr: 'a son anniversaire {value}' },
  example: { trait: 'birthday', value: '7d' },
  holdsAt,
  turnsAt: (ms, asked) => {
    const { span, now, calendar } = asked
    const { from, end } = calendar.anniversaryAt(ms, now)
    return holdsAt(ms, asked) ? end : calendar.comesWithin(span, from, now)
  },
  sql: (asked, { typed, params }) => {
    // of dates before 1970 too, hence the wide type
    const date = "toDate32(fromUnixTimestamp64Milli(ms, 'UTC'))"
    const days = params.uints(comingDays(asked))
    const holds = `has(${days}, toUInt64(toMonth(${date}) * 100 + toDayOfMonth(${date})))`
    return `(${typed.text.is} and arrayExists(ms -> ${holds}, ${instantSql(typed.text.value)}))`
  },
}

function holdsAt(ms: number, { span, now, calendar }: Asked): boolean {
  return calendar.anniversaryAt(ms, now).from <= calendar.ahead(span, now)
}

/** The days of a year, as month * 100 + day, whose next anniversary comes within the span. */
function comingDays({ span, now, calendar }: Asked): number[] {
  const until = calendar.ahead(span, now)
  const days: number[] = []
  for (let date = Date.UTC(LEAP_YEAR, 0, 1); date < Date.UTC(LEAP_YEAR + 1, 0, 1); date += DAY_MS) {
    const day = new Date(date)
    if (calendar.anniversaryAt(date, now).from <= until)
      days.push((day.getUTCMonth() + 1) * 100 + day.getUTCDate())
  }
  return days
}
