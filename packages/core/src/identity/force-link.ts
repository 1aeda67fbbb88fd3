import type { Fragment } from '../profile/fragment.ts'
import type { Edge, IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import { type Regrouping, regroup } from './regrouping.ts'
import type { DecisionPlace } from './unmerge.ts'

/** One side of a link. */
export type LinkEnd = Pick<KnownIdentifier, 'id' | 'owner'>

/**
 * A reviewer says that two are one person: that beats every rule, also what a reviewer said before, but the size of a
 * profile. So it redoes a merge that was undone.
 * @param graph holds every fragment of their profiles
 * @param pair two identifiers with the fragments that have them
 * @param edges of these profiles
 * @returns what it changes (nothing when they are one already), or the rule that forbids it
 */
export function forceLink(
  graph: IdentityGraph,
  { a, b }: { readonly a: LinkEnd; readonly b: LinkEnd },
  edges: readonly Edge[],
  place: DecisionPlace,
): Regrouping | 'fragments_max' {
  const one = graph.fragment(a.owner) as Fragment
  const other = graph.fragment(b.owner) as Fragment
  const isOne = one.profile === other.profile
  if (!isOne && graph.countFragments([one.profile, other.profile]) > graph.rules.fragmentsMax) {
    return 'fragments_max'
  }
  const members = [one, other].flatMap(({ profile }) => graph.component(profile))
  return regroup(graph, [...new Set(members)], edges, () => {
    if (isOne) return
    graph.permit(one.profile, other.profile)
    const sides = { fragment: one.id, other: other.id }
    graph.join(one, other, {
      kind: 'merged',
      ...sides,
      identifiers: [a.id, b.id],
      rule: 'reviewer',
      ...place,
    })
  })
}
