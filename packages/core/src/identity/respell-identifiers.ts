import type { Fragment } from '../profile/fragment.ts'
import type { IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import { identifiersOf, type Sighting } from './identity-slice.ts'
import { type KeyedIdentifier, keyIdentifier } from './keyed-identifier.ts'
import { normalizeIdentifier } from './normalize-identifier.ts'
import type { DecisionPlace } from './unmerge.ts'

/** An identifier that is stored in another form than values are stored in now. */
export interface Respelling {
  readonly old: KeyedIdentifier
  readonly form: KeyedIdentifier
}

/**
 * The identifiers that are stored in another form than the one that their value has now.
 * @param country of the workspace from now on; null: none
 */
export function findRespellings(
  identifiers: readonly KeyedIdentifier[],
  country: string | null,
): Respelling[] {
  return identifiers.flatMap((old) => {
    const value = normalizeIdentifier(old.namespace, old.value, country)
    return value === undefined || value === old.value
      ? []
      : { old, form: keyIdentifier(old.namespace, value) }
  })
}

/**
 * Stores identifiers in the form that their values have now. Where that form is an identifier already, the two are one:
 * whoever had it first keeps it. Of two profiles, the other one loses it, as it would have been refused; a profile that
 * has nothing else is the same person, and is merged.
 * @param graph holds both spellings, and every fragment of the profiles that they lead to
 */
export function respellIdentifiers(
  graph: IdentityGraph,
  respellings: readonly Respelling[],
  place: DecisionPlace,
): void {
  for (const { old, form } of respellings) {
    const known = graph.find(old)
    if (known === undefined) continue
    const namesake = graph.find(form)
    if (namesake === undefined) graph.respell(known, form)
    else if (known.owner !== 0) unite(graph, known, namesake, place)
  }
}

function unite(
  graph: IdentityGraph,
  old: KnownIdentifier,
  kept: KnownIdentifier,
  place: DecisionPlace,
): void {
  const own = graph.fragment(old.owner) as Fragment
  const other = kept.owner === 0 ? own : (graph.fragment(kept.owner) as Fragment)
  const [first, second] = old.id < kept.id ? [own, other] : [other, own]
  const members = new Set([first, second].flatMap(({ profile }) => graph.component(profile)))
  if (first.profile !== second.profile) settle(graph, first, second, { old, kept }, place)
  graph.take(old)
  if (kept.owner !== first.id) {
    if (kept.owner !== 0) graph.take(kept)
    graph.giveTo(kept, first)
  }
  for (const fragment of members) {
    if (seeAsOne(fragment.state.identity.sightings, old, kept)) graph.touch(fragment)
  }
}

/**
 * Of two profiles with one identifier, the second is the same person when it has nothing else; otherwise it loses it.
 */
function settle(
  graph: IdentityGraph,
  first: Fragment,
  second: Fragment,
  { old, kept }: { readonly old: KnownIdentifier; readonly kept: KnownIdentifier },
  place: DecisionPlace,
): void {
  const entry = { fragment: second.id, identifiers: [kept.id], rule: 'same_value', ...place }
  const members = graph.component(second.profile)
  const hasMore = [...identifiersOf(members)].some((id) => id !== old.id && id !== kept.id)
  const isAllowed =
    !graph.isForbidden(first.profile, [second.profile]) &&
    graph.countFragments([first.profile, second.profile]) <= graph.rules.fragmentsMax
  if (hasMore || !isAllowed) graph.note({ kind: 'unlinked', other: 0, ...entry })
  else graph.join(first, second, { ...entry, kind: 'merged', fragment: first.id, other: second.id })
}

/** Sightings of two spellings become sightings of one. */
function seeAsOne(sightings: Sighting[], old: KnownIdentifier, kept: KnownIdentifier): boolean {
  const found = sightings.filter(([id]) => id === old.id || id === kept.id)
  const [first] = found.toSorted((a, b) => a[3] - b[3] || a[5] - b[5])
  if (first === undefined) return false
  const lastSeen = Math.max(...found.map((sighting) => sighting[4]))
  const at = sightings.indexOf(found[0] as Sighting)
  sightings[at] = [kept.id, kept.namespace, kept.owner, first[3], lastSeen, first[5]]
  for (const doubled of found.slice(1)) sightings.splice(sightings.indexOf(doubled), 1)
  return true
}
