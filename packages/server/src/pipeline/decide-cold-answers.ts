import type { ColdAnswers } from './command.ts'
import type { CommandInput, Reviewed } from './decide-command.ts'
import { PeopleReview } from './people-review.ts'

/** Writes what ClickHouse said of a cold leaf to the people it is about, and asks their audiences again. */
export async function decideColdAnswers(input: CommandInput, command: ColdAnswers): Promise<Reviewed> {
  const { graphs, rules, counters, audiences, clock, run } = input
  const { leaf, series, asOf } = command
  const fragments = command.answers.map(([fragment]) => fragment)
  const graph = await graphs.load({ identifiers: [], fragments }, rules, counters)
  const review = new PeopleReview(graph, audiences.catalog, clock, graphs.takeCold())
  for (const [id, holds] of command.answers) {
    const profile = graph.fragment(id)?.profile
    if (profile === undefined) continue
    for (const member of graph.component(profile)) {
      const state = member.state.c?.[series]
      if (state?.x !== 1 || state.t.length === 0) continue
      // it has answered for as long as nobody else did
      member.state.c = { ...member.state.c, [series]: { t: [], x: 1 } }
      graph.touch(member)
    }
    const canonical = graph.fragment(profile)
    if (canonical === undefined) continue
    canonical.state.k = { ...canonical.state.k, [leaf]: [holds, asOf] }
    graph.touch(canonical)
    review.review(profile, run.first)
  }
  return { graph, review, statements: [] }
}
