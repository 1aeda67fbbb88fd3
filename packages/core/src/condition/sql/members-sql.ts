import type { Condition } from '@affluent/protocol/condition'
import { judge } from '../condition-tree.ts'
import { leafKindOf } from '../leaves/leaf-kinds.ts'
import { ConditionFacts } from './condition-facts.ts'
import { LONG_SENTENCE, type SqlQuery, type SqlQuestion, type SqlSettings } from './sql-query.ts'

/**
 * Asks for whom a condition holds, of all profiles: those of fragments that own an identifier.
 *
 * Each table is read once, for all leaves that are about it, and grouped by fragment: what is left of ten million
 * events are a few numbers for each fragment. These are folded to profiles, and the condition is a sentence about the
 * folded numbers.
 * @param condition canonical, without leaves that name audiences
 * @returns a query with one column, `profile` (UInt64), each profile once, in no order
 */
export function membersSql(condition: Condition, question: SqlQuestion): SqlQuery {
  const facts = new ConditionFacts(question)
  const holds = facts.conditionSql(condition)
  const { params } = facts
  const workspace = params.uint(question.workspace)
  const position = params.uint(question.position)
  const query = `select owner as profile from (
  select if(moved.profile = 0, fact.fragment, moved.profile) as owner, ${facts.leavesSql()}
  from (${facts.rowsSql(canHoldForNobody(condition))}) as fact
  any left join (
    select fragment, argMax(profile_map.profile, profile_map.position) as profile from profile_map
    where profile_map.workspace = ${workspace} and profile_map.position <= ${position}
    group by fragment
  ) as moved on moved.fragment = fact.fragment
  group by owner
) where ${holds} = 1`
  return { query, params: params.values, settings: SETTINGS }
}

/**
 * Conditions may be large, and no two are alike: their parts are not worth machine code, nor a search for what they
 * have in common. The map of merged fragments is the small side of the join: ClickHouse, which remembers how many rows
 * a join had, must not turn the sides the next time.
 */
const SETTINGS: SqlSettings = {
  ...LONG_SENTENCE,
  compile_expressions: '0',
  compile_aggregate_expressions: '0',
  optimize_extract_common_expressions: '0',
  query_plan_join_swap_table: 'false',
}

/**
 * Whether the condition may hold for a profile of which no table that the leaves ask says anything, so that all
 * profiles must be asked. Events, traits and identifiers come with a profile, so for any other condition the profiles
 * that they name are enough.
 */
function canHoldForNobody(condition: Condition): boolean {
  return judge(condition, (leaf) => leafKindOf(leaf).ofNobody(leaf)) !== 'no'
}
