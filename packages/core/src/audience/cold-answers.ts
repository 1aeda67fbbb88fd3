import type { IdentityGraph } from '../identity/identity-graph.ts'
import { emptyColdSeries } from '../series/series-slice.ts'
import type { MembershipEvaluator } from './membership-evaluator.ts'
import { putColdAnswer } from './memberships-slice.ts'

/** What ClickHouse says of a cold leaf, about some profiles. */
export interface ColdLeafAnswers {
  /** key of the leaf */
  readonly leaf: string
  /** number of its series */
  readonly series: number
  /** milliseconds since the epoch */
  readonly asOf: number
  /** by any fragment of the profile */
  readonly answers: readonly (readonly [fragment: number, holds: 0 | 1])[]
}

/**
 * Writes down what ClickHouse said of a cold leaf, and asks the profiles again that it is about.
 * @param position of the command
 */
export function takeColdAnswers(
  graph: IdentityGraph,
  evaluator: MembershipEvaluator,
  { leaf, series, asOf, answers }: ColdLeafAnswers,
  position: number,
): void {
  for (const [id, holds] of answers) {
    const profile = graph.fragment(id)?.profile
    const canonical = profile === undefined ? undefined : graph.fragment(profile)
    if (canonical === undefined) continue
    for (const member of graph.component(canonical.id))
      if (emptyColdSeries(member.state.series, series)) graph.touch(member)
    putColdAnswer(canonical.state.memberships, leaf, [holds, asOf])
    graph.touch(canonical)
    evaluator.evaluate(canonical.id, position)
  }
}
