import type { Json } from '@affluent/protocol/event'
import { type IdentityRules, isWeak, ruleOf } from '../identity/namespaces.ts'
import type { Fragment, TraitValue } from './fragment.ts'

/** One resolved person: the fold over the fragments of a profile. */
export interface FoldedProfile {
  readonly profile: number
  readonly kind: 'visitor' | 'known'
  readonly identifiers: readonly FoldedIdentifier[]
  readonly traits: ReadonlyMap<string, FoldedTrait>
  /** event times, milliseconds since the epoch */
  readonly firstSeen: number
  readonly lastSeen: number
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
 * Folds fragments into the person they are. Commutative: the order of the fragments does not matter.
 * @param fragments all fragments of one profile, at least one
 * @param rules decide which identifiers make a person known
 */
export function foldProfile(fragments: readonly Fragment[], rules: IdentityRules): FoldedProfile {
  const members = new Set(fragments.map((fragment) => fragment.id))
  const identifiers = new Map<number, FoldedIdentifier>()
  const newest = new Map<string, TraitValue>()
  let firstSeen = Number.MAX_SAFE_INTEGER
  let lastSeen = 0
  let events = 0
  for (const { state } of fragments) {
    firstSeen = Math.min(firstSeen, state.f)
    lastSeen = Math.max(lastSeen, state.l)
    events += state.n
    for (const sighting of state.s) if (members.has(sighting[2])) foldIdentifier(identifiers, sighting)
    for (const [name, value] of Object.entries(state.t)) {
      const known = newest.get(name)
      if (known === undefined || isNewer(value, known)) newest.set(name, value)
    }
  }
  const sorted = [...identifiers.values()].sort((a, b) => rank(rules, a) - rank(rules, b) || a.id - b.id)
  return {
    profile: (fragments[0] as Fragment).profile,
    kind: sorted.some((identifier) => !isWeak(ruleOf(rules, identifier.namespace))) ? 'known' : 'visitor',
    identifiers: sorted,
    traits: presentTraits(newest),
    firstSeen,
    lastSeen,
    events,
  }
}

function foldIdentifier(into: Map<number, FoldedIdentifier>, sighting: Fragment['state']['s'][number]): void {
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

function isNewer(a: TraitValue, b: TraitValue): boolean {
  return a[1] > b[1] || (a[1] === b[1] && a[2] > b[2])
}

function presentTraits(newest: ReadonlyMap<string, TraitValue>): ReadonlyMap<string, FoldedTrait> {
  const traits = new Map<string, FoldedTrait>()
  for (const name of [...newest.keys()].sort()) {
    const [value, time, , source] = newest.get(name) as TraitValue
    if (value !== null) traits.set(name, { value, time, source })
  }
  return traits
}

function rank(rules: IdentityRules, identifier: FoldedIdentifier): number {
  return ruleOf(rules, identifier.namespace).priority
}
