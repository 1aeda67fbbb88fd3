import type { Fragment } from '../profile/fragment.ts'
import type { Edge, IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import { type Regrouping, regroup } from './regrouping.ts'
import type { DecisionPlace } from './unmerge.ts'

/**
 * A reviewer says that two identifiers are one person: that beats every rule, also what a reviewer said before, but the size of a profile.
 * @param graph holds both identifiers, which have owners, and every fragment of their profiles
 * @param edges of these profiles
 * @returns what it changes (nothing when they are one already), or the rule that forbids it
 */
export function forceLink(
  graph: IdentityGraph,
  { a, b }: { readonly a: KnownIdentifier; readonly b: KnownIdentifier },
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
