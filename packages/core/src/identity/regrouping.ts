import { type FoldedProfile, foldProfile } from '../profile/fold-profile.ts'
import type { Fragment } from '../profile/fragment.ts'
import type { Edge, IdentityGraph } from './identity-graph.ts'

/** What a reviewer's decision does to profiles: the same whether it is only tried or carried out. */
export interface Regrouping {
  /** the profiles as they were */
  readonly before: readonly FoldedProfile[]
  /** the profiles that their fragments make now */
  readonly after: readonly RegroupedProfile[]
  /** ledger numbers of the merges that were cut */
  readonly cut: readonly number[]
  readonly evidence: readonly Evidence[]
  /** false: it was so before, and the ledger says nothing new */
  readonly isNew: boolean
}

export interface RegroupedProfile {
  readonly folded: FoldedProfile
  readonly fragments: readonly number[]
  /** names of traits whose value is another than in the profiles that its fragments come from */
  readonly changedTraits: readonly string[]
  /** ledger numbers of merges that came after the first one cut, and stay */
  readonly laterMerges: readonly number[]
}

/** An identifier of one profile that events of another carried: alone it would join them again. */
export interface Evidence {
  readonly identifier: number
  readonly namespace: string
  /** the profile that has it */
  readonly profile: number
  /** profiles whose events carried it */
  readonly carriedBy: readonly number[]
  /** whether it joins them no more, because a reviewer said so */
  readonly isBlocked: boolean
}

/**
 * Carries out a decision about profiles, and says what it changes.
 * @param fragments every fragment of the profiles that it may regroup
 * @param edges of these profiles
 * @param decide regroups
 */
export function regroup(
  graph: IdentityGraph,
  fragments: readonly Fragment[],
  edges: readonly Edge[],
  decide: () => void,
): Regrouping {
  const before = new Map(profilesOf(graph, fragments).map(({ folded }) => [folded.profile, folded]))
  const origin = new Map(fragments.map(({ id, profile }) => [id, profile]))
  const known = graph.changes.cutEdges.length
  const nextEntry = graph.counters.ledger
  decide()
  const cut = graph.changes.cutEdges.slice(known).map(({ ledger }) => ledger)
  const first = Math.min(...cut)
  const later = edges.filter(({ ledger }) => ledger > first && !cut.includes(ledger))
  return {
    before: [...before.values()],
    after: profilesOf(graph, fragments).map(({ folded, members }) => ({
      folded,
      fragments: members.map(({ id }) => id),
      changedTraits: changedTraits(
        [...new Set(members.map(({ id }) => origin.get(id)))].map((id) => before.get(id as number)),
        folded,
      ),
      laterMerges: later
        .filter(({ a }) => graph.fragment(a)?.profile === folded.profile)
        .map(({ ledger }) => ledger),
    })),
    cut,
    evidence: evidenceBetween(graph, fragments),
    isNew: graph.counters.ledger > nextEntry,
  }
}

function profilesOf(graph: IdentityGraph, fragments: readonly Fragment[]) {
  return [...new Set(fragments.map(({ profile }) => profile))].map((profile) => {
    const members = graph.component(profile)
    return { members, folded: foldProfile(members, graph.rules) }
  })
}

function changedTraits(before: readonly (FoldedProfile | undefined)[], after: FoldedProfile): string[] {
  const names = new Set([after, ...before].flatMap((profile) => [...(profile?.traits.keys() ?? [])]))
  const textOf = (profile: FoldedProfile | undefined, name: string) =>
    JSON.stringify(profile?.traits.get(name)?.value)
  return [...names].filter((name) => before.some((profile) => textOf(profile, name) !== textOf(after, name)))
}

function evidenceBetween(graph: IdentityGraph, fragments: readonly Fragment[]): Evidence[] {
  const here = new Set(fragments.map(({ profile }) => profile))
  const found = new Map<string, Evidence & { carriedBy: number[] }>()
  for (const { profile: carrier, state } of fragments) {
    for (const [identifier, namespace, owner] of state.identity.sightings) {
      const profile = graph.fragment(owner)?.profile
      if (profile === undefined || profile === carrier || !here.has(profile)) continue
      const isBlocked = graph.isForbidden(carrier, [profile])
      const key = `${identifier} ${isBlocked}`
      const evidence = found.get(key)
      if (evidence === undefined) {
        found.set(key, { identifier, namespace, profile, carriedBy: [carrier], isBlocked })
      } else if (!evidence.carriedBy.includes(carrier)) evidence.carriedBy.push(carrier)
    }
  }
  return [...found.values()]
}
