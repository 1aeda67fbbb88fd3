import type { EventPattern } from '@affluent/protocol/condition'
import type { WindowBounds } from '../window.ts'
import { eventsSql, patternSql, timeSql } from './pattern-sql.ts'
import { SqlParams } from './sql-params.ts'
import { LONG_SENTENCE, type SqlQuery, type SqlQuestion } from './sql-query.ts'

/**
 * Asks which events matched: those that decided a leaf.
 * @param fragments all of the profile
 * @param bounds event times that count, as `boundsAt` gives them
 * @param limit the newest so many, 20 at most
 * @returns a query with the columns `time` (milliseconds since the epoch), `position` and `name`, newest first
 */
export function matchingEventsSql(
  pattern: EventPattern,
  question: SqlQuestion,
  fragments: readonly number[],
  bounds: WindowBounds,
  limit: number,
): SqlQuery {
  const params = new SqlParams()
  const until = { after: bounds.after, to: Math.min(bounds.to, question.now) }
  const matches = patternSql(pattern, { now: question.now, zone: question.zone, params })
  const query = `select toUnixTimestamp64Milli(event.time) as time, event.position as position, event.name as name from event
prewhere ${eventsSql([pattern], question, params)} and event.fragment in (${params.uints(fragments)})
where ${matches}${timeSql(until, params)}
order by event.time desc, event.position desc limit ${params.uint(limit)}`
  return { query, params: params.values, settings: LONG_SENTENCE }
}
