import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import type { Fragment } from '../profile/fragment.ts'
import type { Edge, IdentityGraph } from './identity-graph.ts'
import type { Author } from './ledger.ts'
import { type Regrouping, regroup } from './regrouping.ts'

/** An active merge with what the ledger says of it. */
export interface Merge extends Edge {
  /** keys of the identifiers that caused it */
  readonly identifiers: readonly number[]
  readonly rule: string
}

/** Where and when a reviewer's decision stands in the log, and whose it is. */
export interface DecisionPlace {
  readonly position: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly author?: Author | undefined
}

/** The merges that one identifier caused by itself; a reviewer's link is the reviewer's. */
export function mergesCausedBy(merges: readonly Merge[], identifier: number): Merge[] {
  return merges.filter(({ rule, identifiers }) => rule !== 'reviewer' && identifiers.includes(identifier))
}

/**
 * Undoes merges of one profile. Each fragment goes with its side and keeps its identifiers; the two fragments of each
 * merge may never be in one profile again; nothing else is argued again.
 * @param graph holds every fragment of the profile
 * @param merges all active merges of the profile
 * @param cut those that are undone, at least one
 * @returns what it changes, or the rule that forbids it; then nothing is changed
 */
export function unmerge(
  graph: IdentityGraph,
  merges: readonly Merge[],
  cut: readonly Merge[],
  place: DecisionPlace,
): Regrouping | 'cannot_links_max' {
  const ends = cut.map((merge) => ({
    merge,
    a: graph.fragment(merge.a) as Fragment,
    b: graph.fragment(merge.b) as Fragment,
  }))
  const added = new Map<Fragment, number>()
  for (const { a, b } of ends) for (const end of [a, b]) added.set(end, (added.get(end) ?? 0) + 1)
  for (const [{ state }, count] of added)
    if ((state.identity.cannotLink?.length ?? 0) + count > FRAGMENT_CANNOT_LINKS_MAX)
      return 'cannot_links_max'

  const members = graph.component((ends[0] as (typeof ends)[number]).a.profile)
  return regroup(graph, members, merges, () => {
    graph.cut(merges, new Set<Edge>(cut))
    for (const { merge, a, b } of ends) {
      graph.forbid(a, b)
      graph.note({
        kind: 'unmerged',
        fragment: a.id,
        other: b.id,
        identifiers: merge.identifiers,
        rule: 'reviewer',
        ...place,
      })
    }
  })
}
