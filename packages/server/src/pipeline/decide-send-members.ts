import { membershipsOf } from '@affluent/core/audience/review'
import { membershipEvent } from '@affluent/core/delivery/route'
import type { Statement } from '../database/statement.ts'
import { MEMBERS_DONE } from '../stores/connection-store.ts'
import type { SendMembers } from './command.ts'
import type { CommandInput } from './decide-command.ts'
import { Router } from './route.ts'

/**
 * Owes a connection the word of some current members. Who has left since they were listed is left out: that has been told already, to this connection too.
 * @returns undefined when the connection is gone, or this part has been sent
 */
export async function decideSendMembers(
  input: CommandInput,
  command: SendMembers,
): Promise<{ readonly router: Router; readonly statements: readonly Statement[] } | undefined> {
  const { workspace, connections, audiences, graphs, rules, counters, routing, run } = input
  const row = connections.rows.find(({ id }) => id === command.connection)
  if (row?.audience == null || row.membersAfter !== command.after) return undefined
  const ids = command.members.map(([profile]) => profile)
  const graph = await graphs.load({ identifiers: [], fragments: ids }, rules, counters)
  const router = new Router(routing, graph, input.nextDelivery)
  const version = audiences.audiences.find(({ key }) => key === row.audience)?.liveVersion ?? 0
  const connection = routing.routes.all.find(({ id }) => id === row.id)
  // switched off meanwhile: it goes on from here when it is switched on
  if (connection === undefined) return undefined
  const accepts = connection.accepts(membershipEvent(row.audience, true))
  let sent = 0
  for (const [profile, since] of accepts ? command.members : []) {
    const fragment = graph.fragment(profile)
    if (fragment === undefined || fragment.profile !== profile) continue
    if (!membershipsOf(fragment.state).has(version)) continue
    router.owe(connection, row.audience, {
      version,
      profile,
      position: run.first,
      time: since,
      entered: true,
    })
    sent++
  }
  const after = command.isLast ? MEMBERS_DONE : (ids.at(-1) ?? MEMBERS_DONE)
  const statement: Statement = {
    kind: 'query',
    text: `update connection set members_after = $3, members_sent = members_sent + $4, members_of = $5
           where workspace_id = $1 and id = $2`,
    values: [workspace, row.id, after, sent, command.of],
  }
  return { router, statements: [statement] }
}
