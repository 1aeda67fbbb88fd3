import type { Json } from '@affluent/protocol/event'
import { type IdentityRules, isWeak, ruleOf } from '../identity/namespaces.ts'
import {
  type Fragment,
  type FragmentState,
  identifiersOf,
  isNewerValue,
  NEVER_SEEN,
  type TraitValue,
} from './fragment.ts'

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
 * Folds fragments into the person they are. Commutative: the order of the fragments does not matter. Of what lies ahead only the identifiers are known.
 * @param fragments all fragments of one profile, at least one
 * @param rules decide which identifiers make a person known
 */
export function foldProfile(fragments: readonly Fragment[], rules: IdentityRules): FoldedProfile {
  const own = identifiersOf(fragments)
  const identifiers = new Map<number, FoldedIdentifier>()
  let firstSeen: number = NEVER_SEEN.first
  let lastSeen: number = NEVER_SEEN.last
  let events = 0
  for (const { state } of fragments) {
    firstSeen = Math.min(firstSeen, state.f)
    lastSeen = Math.max(lastSeen, state.l)
    events += state.n
    for (const sighting of state.s) if (own.has(sighting[0])) foldIdentifier(identifiers, sighting)
  }
  const sorted = [...identifiers.values()].sort((a, b) => rank(rules, a) - rank(rules, b) || a.id - b.id)
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

function foldIdentifier(into: Map<number, FoldedIdentifier>, sighting: FragmentState['s'][number]): void {
  const [id, namespace, , firstSeen, lastSeen, source] = sighting
  const known = into.get(id)
  if (known === undefined) {
    into.set(id, { id, namespace, firstSeen, lastSeen, source })
    return
  }
  const earlier = firstSeen < known.firstSeen || (firstSeen === known.firstSeen && source < known.source)
  into.set(id, {
    id,
    namespace,
    firstSeen: Math.min(firstSeen, known.firstSeen),
    lastSeen: Math.max(lastSeen, known.lastSeen),
    source: earlier ? source : known.source,
  })
}

type Stated = Pick<Fragment, 'state'>

/**
 * The word on one trait over the fragments of a profile: the newest that was ever set, else the earliest first-touch value. `null` is a deletion.
 * @param members all of them
 */
export function foldTrait(members: readonly Stated[], name: string): TraitValue | undefined {
  let newest: TraitValue | undefined
  let earliest: TraitValue | undefined
  for (const {
    state: { t, o },
  } of members) {
    const set = Object.hasOwn(t, name) ? (t[name] as TraitValue) : undefined
    if (set !== undefined && (newest === undefined || isNewerValue(set, newest))) newest = set
    const once = o !== undefined && Object.hasOwn(o, name) ? (o[name] as TraitValue) : undefined
    if (once !== undefined && (earliest === undefined || isNewerValue(earliest, once))) earliest = once
  }
  return newest ?? earliest
}

/** Traits by name, in the order of names. */
export function foldTraits(members: readonly Stated[]): ReadonlyMap<string, FoldedTrait> {
  const names = new Set(
    members.flatMap(({ state: { t, o } }) => [...Object.keys(t), ...(o === undefined ? [] : Object.keys(o))]),
  )
  const traits = new Map<string, FoldedTrait>()
  for (const name of [...names].sort()) {
    const [value, time, , source] = foldTrait(members, name) as TraitValue
    if (value !== null) traits.set(name, { value, time, source })
  }
  return traits
}

function rank(rules: IdentityRules, identifier: FoldedIdentifier): number {
  return ruleOf(rules, identifier.namespace).priority
}
