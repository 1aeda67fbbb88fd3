import { MembershipEvaluator } from '@affluent/core/audience/membership-evaluator'
import { type SpentTimers, spentTimers, type Timer } from '@affluent/core/profile/due-timers'
import { DUE_TIMERS_PROFILES_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../platform/database/statement.ts'
import type { CommandOutcome } from '../platform/processing/command-decision.ts'
import type { AudienceInput } from './audience-input.ts'

/** Time has passed: people whose moment has come are asked again, as many as one timer command takes. */
export async function decideDueTimers(input: AudienceInput): Promise<CommandOutcome> {
  const { workspace, database, graphs, rules, counters, run, audiences } = input
  const clock = Math.max(input.clock, run.command.at)
  const { rows } = await database.query<Timer>({
    name: 'due_timers',
    text: `select at, profile from timer where workspace_id = $1 and at <= $2 order by at limit $3`,
    values: [workspace, clock, DUE_TIMERS_PROFILES_MAX],
  })
  const ids = [...new Set(rows.map(({ profile }) => profile))]
  const graph = await graphs.load({ identifiers: [], fragments: ids }, rules, counters)
  const evaluator = new MembershipEvaluator(graph, audiences.catalog, clock, input.takeCold())
  evaluator.evaluateDue(ids, run.first)
  const spent = spentTimers(rows)
  const statements = spent === undefined ? [] : [describeSpent(workspace, spent)]
  return { graph, audiences: evaluator.take(), clock: evaluator.clock, isLive: true, statements }
}

function describeSpent(workspace: number, { at, profiles }: SpentTimers): Statement {
  return {
    kind: 'query',
    name: 'spend_timers',
    text: `delete from timer where workspace_id = $1 and (at < $2 or (at = $2 and profile = any($3)))`,
    values: [workspace, at, profiles],
  }
}
