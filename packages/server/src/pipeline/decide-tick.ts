import { TICK_PROFILES_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../database/statement.ts'
import type { CommandInput, Reviewed } from './decide-command.ts'
import { PeopleReview } from './people-review.ts'

/** Time has passed: people whose moment has come are asked again, as many as one tick takes. */
export async function decideTick(input: CommandInput): Promise<Reviewed> {
  const { workspace, database, graphs, rules, counters, run, audiences } = input
  const clock = Math.max(input.clock, run.command.at)
  const { rows } = await database.query<{ at: number; profile: number }>({
    name: 'due_timers',
    text: `select at, profile from timer where workspace_id = $1 and at <= $2 order by at limit $3`,
    values: [workspace, clock, TICK_PROFILES_MAX],
  })
  const last = rows.at(-1)?.at
  const ids = [...new Set(rows.map(({ profile }) => profile))]
  const graph = await graphs.load({ identifiers: [], fragments: ids }, rules, counters)
  const review = new PeopleReview(graph, audiences.catalog, clock, graphs.takeCold())
  const reviewed = new Set<number>()
  for (const id of ids) {
    // a profile that was merged since is asked under the one that stands for it now
    const profile = graph.fragment(id)?.profile
    if (profile === undefined || reviewed.has(profile)) continue
    reviewed.add(profile)
    review.reviewDue(profile, run.first)
  }
  if (last === undefined) return { graph, review, statements: [] }
  // of the last moment some may be left: these stay
  const spent = rows.filter(({ at }) => at === last).map(({ profile }) => profile)
  const statements: Statement[] = [
    {
      kind: 'query',
      name: 'spend_timers',
      text: `delete from timer where workspace_id = $1 and (at < $2 or (at = $2 and profile = any($3)))`,
      values: [workspace, last, spent],
    },
  ]
  return { graph, review, statements }
}
