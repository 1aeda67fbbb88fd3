import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import type { Fragment } from '../profile/fragment.ts'
import type { Edge, IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import { type Regrouping, regroup } from './regrouping.ts'
import type { DecisionPlace, Merge } from './unmerge.ts'

/**
 * A reviewer says that two identifiers are not one person. Two profiles stay two from now on; one profile is parted at
 * the youngest merge between the two.
 * @param graph holds both identifiers, which have owners, and every fragment of their profiles
 * @param merges all active merges of these profiles
 * @returns what it changes (nothing where it was said before), or why it cannot be: `inseparable` when both identifiers
 * belong to one fragment
 */
export function setCannotLink(
  graph: IdentityGraph,
  { a, b }: { readonly a: KnownIdentifier; readonly b: KnownIdentifier },
  merges: readonly Merge[],
  place: DecisionPlace,
): Regrouping | 'inseparable' | 'cannot_links_max' {
  const one = graph.fragment(a.owner) as Fragment
  const other = graph.fragment(b.owner) as Fragment
  if (one === other) return 'inseparable'
  const isNew = one.state.identity.cannotLink?.includes(other.id) !== true
  for (const { state } of isNew ? [one, other] : [])
    if ((state.identity.cannotLink?.length ?? 0) >= FRAGMENT_CANNOT_LINKS_MAX) return 'cannot_links_max'

  const identifiers = [a.id, b.id]
  const members = [one, other].flatMap(({ profile }) => graph.component(profile))
  return regroup(graph, [...new Set(members)], merges, () => {
    if (one.profile === other.profile) {
      const edge = youngestBetween(merges, one.id, other.id)
      graph.cut(merges, new Set([edge]))
      const sides = { fragment: edge.a, other: edge.b }
      graph.note({ kind: 'unmerged', ...sides, identifiers, rule: 'reviewer', ...place })
    } else if (isNew) {
      const sides = { fragment: one.id, other: other.id }
      graph.note({ kind: 'refused', ...sides, identifiers, rule: 'reviewer', ...place })
    }
    graph.forbid(one, other)
  })
}

/** The youngest edge on the one way between two fragments of a profile. */
function youngestBetween(edges: readonly Edge[], from: number, to: number): Edge {
  const youngest = new Map<number, Edge | undefined>([[from, undefined]])
  for (const at of youngest.keys()) {
    const before = youngest.get(at)
    for (const edge of edges) {
      if (edge.a !== at && edge.b !== at) continue
      const next = edge.a === at ? edge.b : edge.a
      if (youngest.has(next)) continue
      youngest.set(next, before !== undefined && before.ledger > edge.ledger ? before : edge)
    }
  }
  const found = youngest.get(to)
  if (found === undefined) throw new Error(`No merges lead from fragment ${from} to fragment ${to}.`)
  return found
}
