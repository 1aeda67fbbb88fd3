import type { Json } from '@affluent/protocol/event'
import { identifiersOf, identitySlice } from '../identity/identity-slice.ts'
import { type IdentityRules, isWeak, ruleOf } from '../identity/namespaces.ts'
import type { Fragment } from './fragment.ts'
import { isNewerValue, type TraitsState, type TraitValue, traitsSlice } from './traits-slice.ts'

/** One resolved person: the fold over the fragments of a profile. */
export interface FoldedProfile {
  readonly profile: number
  readonly kind: 'visitor' | 'known'
  readonly identifiers: readonly FoldedIdentifier[]
  readonly traits: ReadonlyMap<string, FoldedTrait>
  /** event times, milliseconds since the epoch; NEVER_SEEN while all events lie ahead */
  readonly firstSeen: number
  readonly lastSeen: number
  /** with those that lie ahead */
  readonly events: number
}

export interface FoldedIdentifier {
  readonly id: number
  readonly namespace: string
  readonly firstSeen: number
  readonly lastSeen: number
  /** the source of the first sighting */
  readonly source: number
}

export interface FoldedTrait {
  readonly value: Json
  /** event time of the identify that gave it, milliseconds since the epoch */
  readonly time: number
  readonly source: number
}

/**
 * Folds fragments into the person they are. Commutative: the order of the fragments does not matter. Of what lies ahead
 * only the identifiers are known.
 * @param fragments all fragments of one profile, at least one
 * @param rules decide which identifiers make a person known
 */
export function foldProfile(fragments: readonly Fragment[], rules: IdentityRules): FoldedProfile {
  const own = identifiersOf(fragments)
  const { sightings, firstSeen, lastSeen, events } = identitySlice.fold(
    fragments.map(({ state }) => state.identity),
  )
  const identifiers = sightings.flatMap(([id, namespace, , first, last, source]): FoldedIdentifier[] =>
    own.has(id) ? [{ id, namespace, firstSeen: first, lastSeen: last, source }] : [],
  )
  const sorted = identifiers.sort((a, b) => rank(rules, a) - rank(rules, b) || a.id - b.id)
  return {
    profile: (fragments[0] as Fragment).profile,
    kind: sorted.some((identifier) => !isWeak(ruleOf(rules, identifier.namespace))) ? 'known' : 'visitor',
    identifiers: sorted,
    traits: foldTraits(fragments),
    firstSeen,
    lastSeen,
    events,
  }
}

interface Stated {
  readonly state: { readonly traits: TraitsState }
}

/**
 * The word on one trait over the fragments of a profile: the newest that was ever set, else the earliest first-touch
 * value. `null` is a deletion.
 * @param members all of them
 */
export function foldTrait(members: readonly Stated[], name: string): TraitValue | undefined {
  let newest: TraitValue | undefined
  let earliest: TraitValue | undefined
  for (const { state } of members) {
    const { values, firstTouch } = state.traits
    const set = Object.hasOwn(values, name) ? (values[name] as TraitValue) : undefined
    if (set !== undefined && (newest === undefined || isNewerValue(set, newest))) newest = set
    const isOnce = firstTouch !== undefined && Object.hasOwn(firstTouch, name)
    const once = isOnce ? (firstTouch[name] as TraitValue) : undefined
    if (once !== undefined && (earliest === undefined || isNewerValue(earliest, once))) earliest = once
  }
  return newest ?? earliest
}

/** Traits by name, in the order of names. */
export function foldTraits(members: readonly Stated[]): ReadonlyMap<string, FoldedTrait> {
  const { values, firstTouch } = traitsSlice.fold(members.map(({ state }) => state.traits))
  const said = [...Object.entries(values), ...Object.entries(firstTouch ?? {})]
  const traits = new Map<string, FoldedTrait>()
  for (const [name, [value, time, , source]] of said.sort(([a], [b]) => (a < b ? -1 : 1)))
    if (value !== null) traits.set(name, { value, time, source })
  return traits
}

function rank(rules: IdentityRules, identifier: FoldedIdentifier): number {
  return ruleOf(rules, identifier.namespace).priority
}
