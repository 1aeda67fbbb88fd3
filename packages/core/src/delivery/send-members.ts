import { memberSince } from '../audience/memberships-slice.ts'
import type { IdentityGraph } from '../identity/identity-graph.ts'
import { type ConnectionRow, MEMBERS_DONE } from './connection-row.ts'
import { membershipEvent } from './route.ts'
import type { Router, RoutingFacts } from './router.ts'

/** Some current members that a new connection is to be told of. */
export interface MembersToSend {
  /** up to which profile members were sent before */
  readonly after: number
  /** in the order of profiles, with since when in milliseconds since the epoch */
  readonly members: readonly (readonly [profile: number, since: number])[]
  readonly isLast: boolean
  /** how many members there are in all */
  readonly of: number
}

/**
 * The connection whose members these are, as it is kept.
 * @returns undefined: it is gone, or this part was sent before
 */
export function connectionOfMembers(
  rows: readonly ConnectionRow[],
  id: number,
  { after }: MembersToSend,
): (ConnectionRow & { readonly audience: string }) | undefined {
  const row = rows.find((each) => each.id === id)
  if (row === undefined || row.audience === null || row.membersAfter !== after) return undefined
  return { ...row, audience: row.audience }
}

/**
 * Queues current members for a connection. Who has left since they were listed is left out: that was told already, to
 * this connection too.
 * @param graph holds the fragments that stand for the members
 * @param at version of the audience whose members are shown; 0: none. And position of the command.
 * @returns the row from now on; undefined: it was switched off meanwhile, and goes on from here when it is switched on
 */
export function sendMembers(
  router: Router,
  { routes }: RoutingFacts,
  graph: IdentityGraph,
  row: ConnectionRow & { readonly audience: string },
  said: MembersToSend,
  at: { readonly version: number; readonly position: number },
): ConnectionRow | undefined {
  const { audience } = row
  const { version, position } = at
  const connection = routes.all.find(({ id }) => id === row.id)
  if (connection === undefined) return undefined
  let { membersSent } = row
  const accepts = connection.accepts(membershipEvent(audience, true))
  for (const [profile, time] of accepts ? said.members : []) {
    const fragment = graph.fragment(profile)
    if (fragment === undefined || fragment.profile !== profile) continue
    if (memberSince(fragment.state.memberships, version) === undefined) continue
    router.enqueue(connection, audience, { version, profile, position, time, entered: true })
    membersSent++
  }
  const membersAfter = said.isLast ? MEMBERS_DONE : (said.members.at(-1)?.[0] ?? MEMBERS_DONE)
  return { ...row, membersAfter, membersSent, membersOf: said.of }
}
