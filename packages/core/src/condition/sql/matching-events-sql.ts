import type { EventPattern } from '@affluent/protocol/condition'
import type { WindowBounds } from '../window.ts'
import type { SqlQuery, SqlQuestion } from './sql-query.ts'

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
  throw new Error(`not written yet: ${pattern.event} ${question.now} ${fragments.length} ${bounds.to} ${limit}`)
}
