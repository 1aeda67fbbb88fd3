import { FRAGMENT_REJECTIONS_MAX } from '@affluent/protocol/limits'
import {
  type EncodedState,
  LEARNT_UNDER_A_FRAGMENT,
  type Slice,
  UNTOUCHED_BY_TIME,
} from '../profile/slice.ts'

/**
 * An identifier as a fragment's events showed it. `owner` is the fragment that has the identifier: after an un-merge it
 * may belong to another profile, and then it no longer counts here. One that only events of the future have shown was
 * never seen yet.
 */
export type Sighting = [
  identifier: number,
  namespace: string,
  owner: number,
  firstSeen: number,
  lastSeen: number,
  source: number,
]

/** Who a fragment is: the slice of identity. */
export interface IdentityState {
  readonly anchor: readonly [identifier: number, namespace: string]
  readonly sightings: Sighting[]
  /** first and last event time, milliseconds since the epoch; NEVER_SEEN while all events lie ahead */
  firstSeen: number
  lastSeen: number
  /** how many, with those that lie ahead */
  events: number
  /** rule errors already told in the ledger, newest last, as short hashes */
  readonly told: number[]
  /** where the fragment stands for a profile of several: the numbers of the others, ascending */
  others: readonly number[] | undefined
  /** fragments that may not be in one profile with this one, because a reviewer said so; each names the other */
  cannotLink: readonly number[] | undefined
}

/** First and last time of what was never seen: any time is earlier than the first and later than the last. */
export const NEVER_SEEN = { first: Number.MAX_SAFE_INTEGER, last: 0 } as const

const NO_ANCHOR: IdentityState['anchor'] = [0, '']

export const identitySlice: Slice<IdentityState> = {
  ...LEARNT_UNDER_A_FRAGMENT,
  ...UNTOUCHED_BY_TIME,
  empty: () => newIdentity(NO_ANCHOR),
  fold: foldIdentities,
  encode: encodeIdentity,
  decode: decodeIdentity,
}

export function newIdentity(anchor: IdentityState['anchor']): IdentityState {
  return {
    anchor,
    sightings: [],
    firstSeen: NEVER_SEEN.first,
    lastSeen: NEVER_SEEN.last,
    events: 0,
    told: [],
    others: undefined,
    cannotLink: undefined,
  }
}

/**
 * The identifiers that fragments have. A fragment that has an identifier has always seen it too; what others saw may
 * name the owner of before, since two spellings of one number have become one.
 */
export function identifiersOf(
  fragments: readonly { readonly id: number; readonly state: { readonly identity: IdentityState } }[],
): Set<number> {
  const found = new Set<number>()
  for (const { id, state } of fragments)
    for (const [identifier, , owner] of state.identity.sightings) if (owner === id) found.add(identifier)
  return found
}

/** The namespaces of the identifiers that fragments have. */
export function namespacesOf(
  fragments: readonly { readonly id: number; readonly state: { readonly identity: IdentityState } }[],
): Set<string> {
  const found = new Set<string>()
  for (const { id, state } of fragments)
    for (const [, namespace, owner] of state.identity.sightings) if (owner === id) found.add(namespace)
  return found
}

/**
 * The fragment was seen.
 * @param time milliseconds since the epoch
 */
export function seeFragment(state: IdentityState, time: number): void {
  if (time < state.firstSeen) state.firstSeen = time
  if (time > state.lastSeen) state.lastSeen = time
}

/**
 * The sighting of an identifier, made if there is none yet; it was never seen then.
 * @param source that shows it
 */
export function sightingOf(
  state: IdentityState,
  { id, namespace, owner }: Sighted,
  source: number,
): Sighting {
  for (const each of state.sightings) if (each[0] === id) return each
  const made: Sighting = [id, namespace, owner, NEVER_SEEN.first, NEVER_SEEN.last, source]
  state.sightings.push(made)
  return made
}

/** Which identifier an event carried. */
export interface Sighted {
  readonly id: number
  readonly namespace: string
  readonly owner: number
}

/**
 * An identifier was seen.
 * @param time milliseconds since the epoch
 */
export function seeIdentifier(sighting: Sighting, time: number, source: number): void {
  if (time < sighting[3]) {
    sighting[3] = time
    sighting[5] = source
  }
  if (time > sighting[4]) sighting[4] = time
}

/**
 * Remembers that an error was told in the ledger.
 * @param mark a short hash of it
 * @returns false when it was told before
 */
export function rememberTold({ told }: IdentityState, mark: number): boolean {
  if (told.includes(mark)) return false
  told.push(mark)
  if (told.length > FRAGMENT_REJECTIONS_MAX) told.shift()
  return true
}

/** The anchor is the oldest one; what is told, and which fragments make a profile, is no word of the profile. */
function foldIdentities(states: readonly IdentityState[]): IdentityState {
  const folded = newIdentity(
    states.reduce((best, { anchor }) => (isOlder(anchor, best) ? anchor : best), NO_ANCHOR),
  )
  const sightings = new Map<number, Sighting>()
  const cannotLink = new Set<number>()
  for (const state of states) {
    folded.firstSeen = Math.min(folded.firstSeen, state.firstSeen)
    folded.lastSeen = Math.max(folded.lastSeen, state.lastSeen)
    folded.events += state.events
    for (const sighting of state.sightings) foldSighting(sightings, sighting)
    for (const other of state.cannotLink ?? []) cannotLink.add(other)
  }
  folded.sightings.push(...[...sightings.values()].sort((a, b) => a[0] - b[0]))
  if (cannotLink.size > 0) folded.cannotLink = [...cannotLink].sort((a, b) => a - b)
  return folded
}

function isOlder([a]: IdentityState['anchor'], [b]: IdentityState['anchor']): boolean {
  return a !== 0 && (b === 0 || a < b)
}

function foldSighting(into: Map<number, Sighting>, sighting: Sighting): void {
  const [id, namespace, owner, firstSeen, lastSeen, source] = sighting
  const known = into.get(id)
  if (known === undefined) {
    into.set(id, [...sighting])
    return
  }
  const isEarlier = firstSeen < known[3] || (firstSeen === known[3] && source < known[5])
  into.set(id, [
    id,
    namespace,
    Math.min(owner, known[2]),
    Math.min(firstSeen, known[3]),
    Math.max(lastSeen, known[4]),
    isEarlier ? source : known[5],
  ])
}

function encodeIdentity(state: IdentityState, into: EncodedState): void {
  into['a'] = state.anchor
  into['s'] = state.sightings
  into['f'] = state.firstSeen
  into['l'] = state.lastSeen
  into['n'] = state.events
  into['r'] = state.told
  if (state.others !== undefined) into['g'] = state.others
  if (state.cannotLink !== undefined) into['x'] = state.cannotLink
}

function decodeIdentity(from: EncodedState): IdentityState {
  const { a, s, f, l, n, r, g, x } = from as unknown as Encoded
  return {
    anchor: a,
    sightings: s,
    firstSeen: f,
    lastSeen: l,
    events: n,
    told: r,
    others: g,
    cannotLink: x,
  }
}

interface Encoded {
  readonly a: IdentityState['anchor']
  readonly s: Sighting[]
  readonly f: number
  readonly l: number
  readonly n: number
  readonly r: number[]
  readonly g: readonly number[] | undefined
  readonly x: readonly number[] | undefined
}
