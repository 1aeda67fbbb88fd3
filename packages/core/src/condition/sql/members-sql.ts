import type { Condition } from '@affluent/protocol/condition'
import type { SqlQuery, SqlQuestion } from './sql-query.ts'

/**
 * Asks for whom a condition holds, of all profiles: those of fragments that own an identifier.
 * @param condition canonical, without leaves that name audiences
 * @returns a query with one column, `profile` (UInt64), each profile once, in no order
 */
export function membersSql(condition: Condition, question: SqlQuestion): SqlQuery {
  throw new Error(`not written yet: ${condition.kind} ${question.now}`)
}
