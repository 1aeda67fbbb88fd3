import { TAKEN_AWAY } from '@affluent/core/condition/sql/taken-away'
import type { GraphChanges, IdentityGraph } from '@affluent/core/identity/identity-graph'
import { encodeState, type Fragment } from '@affluent/core/profile/fragment'
import type {
  ChangedFragment,
  IdentifierLink,
  IdentityPart,
  ProfileMove,
} from '../platform/processing/batch-decision.ts'

/** Takes what changed in a graph since the last time, encoded, so that deciding may go on while it is being saved. */
export function takeIdentityPart(graph: IdentityGraph): IdentityPart {
  const changes = graph.takeChanges()
  return {
    changes,
    ...encodeFragments(changes),
    moves: movesOf(changes),
    links: linksOf(changes),
    counters: { ...graph.counters },
  }
}

function encodeFragments(changes: GraphChanges): { made: ChangedFragment[]; changed: ChangedFragment[] } {
  const made: ChangedFragment[] = []
  for (const fragment of changes.newFragments) made.push(encode(fragment))
  const changed: ChangedFragment[] = []
  for (const fragment of changes.changedFragments) changed.push(encode(fragment))
  for (const fragment of changes.moved)
    if (!changes.changedFragments.has(fragment)) changed.push(encode(fragment))
  return { made, changed }
}

function encode(fragment: Fragment): ChangedFragment {
  const { id, profile, state } = fragment
  return { id, profile, state: encodeState(state), fragment }
}

function movesOf(changes: GraphChanges): ProfileMove[] {
  const moves: ProfileMove[] = []
  for (const { id, profile } of changes.moved) moves.push({ fragment: id, profile })
  for (const { id, profile } of changes.newFragments)
    if (profile !== id) moves.push({ fragment: id, profile })
  return moves
}

function linksOf(changes: GraphChanges): IdentifierLink[] {
  const links: IdentifierLink[] = []
  for (const { id, namespace, owner } of changes.newIdentifiers)
    if (owner !== 0) links.push({ namespace, identifier: id, fragment: owner })
  for (const { id, namespace, owner } of changes.adopted)
    if (owner !== 0) links.push({ namespace, identifier: id, fragment: owner })
  for (const taken of changes.taken) links.push({ namespace: TAKEN_AWAY, ...taken })
  return links
}
