import { takeColdAnswers } from '@affluent/core/audience/cold-answers'
import { MembershipEvaluator } from '@affluent/core/audience/membership-evaluator'
import type { CommandOutcome } from '../platform/processing/command-decision.ts'
import type { AudienceInput } from './audience-input.ts'
import type { ColdAnswers } from './command.ts'

/** Writes what ClickHouse said of a cold leaf to the people it is about, and asks their audiences again. */
export async function decideColdAnswers(input: AudienceInput, command: ColdAnswers): Promise<CommandOutcome> {
  const { graphs, rules, counters, audiences, clock, run } = input
  const fragments = command.answers.map(([fragment]) => fragment)
  const graph = await graphs.load({ identifiers: [], fragments }, rules, counters)
  const evaluator = new MembershipEvaluator(graph, audiences.catalog, clock, input.takeCold())
  takeColdAnswers(graph, evaluator, command, run.first)
  return { graph, audiences: evaluator.take(), clock: evaluator.clock, isLive: true }
}
