import { TAKEN_AWAY } from '@affluent/core/condition/sql/taken-away'
import type { Counters, GraphChanges, IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { EncodedFragment } from '../stores/identity-store.ts'

/** A fragment that stands under another profile from a position on. */
export interface ProfileMove {
  readonly fragment: number
  readonly profile: number
}

/** An identifier that belongs to a fragment from now on, by its number. */
export interface IdentifierLink {
  /** `TAKEN_AWAY`: it belongs to it no longer */
  readonly namespace: string
  readonly identifier: number
  readonly fragment: number
}

/** What decisions changed in the identity graph, as it is saved: of a micro-batch, or of a command. */
export interface GraphDecision {
  readonly changes: GraphChanges
  readonly made: readonly EncodedFragment[]
  readonly changed: readonly EncodedFragment[]
  readonly moves: readonly ProfileMove[]
  readonly links: readonly IdentifierLink[]
  /** the counters after it */
  readonly counters: Counters
}

/** Takes what changed in a graph since the last time, encoded, so that deciding may go on while it is being saved. */
export function takeGraphDecision(graph: IdentityGraph): GraphDecision {
  const changes = graph.takeChanges()
  return {
    changes,
    ...encodeFragments(changes),
    moves: movesOf(changes),
    links: linksOf(changes),
    counters: { ...graph.counters },
  }
}

function encodeFragments(changes: GraphChanges): { made: EncodedFragment[]; changed: EncodedFragment[] } {
  const made: EncodedFragment[] = []
  for (const { id, profile, state } of changes.newFragments)
    made.push({ id, profile, state: JSON.stringify(state) })
  const changed: EncodedFragment[] = []
  for (const { id, profile, state } of new Set([...changes.changedFragments, ...changes.moved])) {
    changed.push({ id, profile, state: JSON.stringify(state) })
  }
  return { made, changed }
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
