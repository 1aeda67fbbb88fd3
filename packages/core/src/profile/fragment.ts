import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  FRAGMENT_TRAITS_BYTES_MAX,
  FRAGMENT_TRAITS_MAX,
  FRAGMENT_UPCOMING_MAX,
} from '@affluent/protocol/limits'
import type { SeriesState } from '../condition/series.ts'
import type { EventTraits } from '../event/event-traits.ts'

/**
 * An identifier as a fragment's events showed it. `owner` is the fragment that has the identifier: after an un-merge it may
 * belong to another profile, and then it no longer counts here. One that only events of the future have shown was never seen yet.
 */
export type Sighting = [
  identifier: number,
  namespace: string,
  owner: number,
  firstSeen: number,
  lastSeen: number,
  source: number,
]

/**
 * The identifiers that fragments have. A fragment that has an identifier has always seen it too; what others saw may name the owner of before, since two spellings of one
 * number have become one.
 */
export function identifiersOf(fragments: readonly Pick<Fragment, 'id' | 'state'>[]): Set<number> {
  const found = new Set<number>()
  for (const { id, state } of fragments)
    for (const [identifier, , owner] of state.s) if (owner === id) found.add(identifier)
  return found
}

/** A trait's value with the event that gave it; `null` is a deletion, which also has its time. */
export type TraitValue = [value: Json, time: number, position: number, source: number]

/** What an event of the future says about its person, kept until its time has come. */
export type Upcoming = [
  time: number,
  position: number,
  source: number,
  identifiers: number[],
  set: JsonObject,
  once: JsonObject,
]

/** What was learnt under one anchor, in the form in which it is stored. No merge ever changes it. */
export interface FragmentState {
  /** the anchor: an identifier and its namespace */
  readonly a: [identifier: number, namespace: string]
  /** identifiers seen */
  readonly s: Sighting[]
  /** traits by name */
  readonly t: Record<string, TraitValue>
  /** first-touch values by name, of traits that were never set here */
  o?: Record<string, TraitValue>
  /** what lies ahead, in the order of (time, position) */
  u?: Upcoming[]
  /** bytes of the trait values, with those that lie ahead */
  b: number
  /** first and last event time, milliseconds since the epoch; NEVER_SEEN while all events lie ahead */
  f: number
  l: number
  /** events, with those that lie ahead */
  n: number
  /** refusals already told in the ledger, newest last, as short hashes */
  readonly r: number[]
  /** where this fragment stands for a profile of several: the numbers of the others, ascending */
  g?: readonly number[] | undefined
  /** fragments that may not be in one profile with this one, because a reviewer said so; each names the other */
  x?: readonly number[] | undefined
  /** what conditions remember of its events: series by number */
  c?: Record<string, SeriesState>
  /** position of the latest sweep whose history it has taken */
  e?: number
  /** where this fragment stands for its profile: memberships as pairs of version and since (milliseconds since the epoch), ascending by version */
  m?: number[]
  /** where this fragment stands for its profile: the moment for which it is armed, milliseconds since the epoch */
  w?: number
  /** where this fragment stands for its profile: what ClickHouse last said of leaves that are cold, with its as-of */
  k?: Record<string, [holds: 0 | 1, asOf: number]>
}

/** One fragment in memory. */
export interface Fragment {
  readonly id: number
  /** the fragment that stands for the whole profile */
  profile: number
  readonly state: FragmentState
}

/** Which event says something. */
export interface EventPlace {
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly position: number
  readonly source: number
}

/** Who is seen within one such span is seen at its end. */
const SEEN_TOGETHER_MS = 30_000

/** First and last time of what was never seen: any time is earlier than the first and later than the last. */
export const NEVER_SEEN = { first: Number.MAX_SAFE_INTEGER, last: 0 } as const

/** A fragment about which nothing is known yet but its anchor. */
export function newFragment(id: number, anchor: number, namespace: string): Fragment {
  const state: FragmentState = {
    a: [anchor, namespace],
    s: [],
    t: {},
    b: 0,
    f: NEVER_SEEN.first,
    l: NEVER_SEEN.last,
    n: 0,
    r: [],
  }
  return { id, profile: id, state }
}

/**
 * Counts an event: first and last event time, number of events. Commutative.
 * @param now the workspace's time, milliseconds since the epoch: what lies ahead of it waits
 */
export function noteEvent(state: FragmentState, event: EventPlace, now: number): void {
  state.n++
  if (event.time > now) upcomingOf(state, event)
  else seeAt(state, event.time)
}

/**
 * Notes that an event of this fragment carried an identifier: it belongs here at once, and is seen when the event's time has come. Commutative.
 * @param now the workspace's time, milliseconds since the epoch
 */
export function noteSighting(
  state: FragmentState,
  seen: EventPlace & { readonly identifier: number; readonly namespace: string; readonly owner: number },
  now: number,
): void {
  const { identifier, namespace, owner, time, source } = seen
  let sighting: Sighting | undefined
  for (const each of state.s) if (each[0] === identifier) sighting = each
  if (sighting === undefined) {
    sighting = [identifier, namespace, owner, NEVER_SEEN.first, NEVER_SEEN.last, source]
    state.s.push(sighting)
  }
  if (time <= now) {
    sightAt(sighting, time, source)
    return
  }
  const identifiers = upcomingOf(state, seen)?.[3]
  if (identifiers?.includes(identifier) === false) identifiers.push(identifier)
}

/**
 * Takes what an identify says. The newest event time wins, whatever comes first; ties go to the later position. `null` deletes; a trait that is not named stays. Of first-touch
 * values the earliest stands, where the trait was never set. What lies ahead waits, and counts for the bounds already.
 * @param now the workspace's time, milliseconds since the epoch
 * @returns names that were not taken because the fragment is full
 */
export function applyTraits(
  state: FragmentState,
  traits: EventTraits,
  from: EventPlace,
  now: number,
): string[] {
  const refused: string[] = []
  for (const kind of ['set', 'once'] as const) {
    for (const [name, value] of Object.entries(traits[kind])) {
      const isTaken =
        from.time > now
          ? keepTrait(state, kind, name, value, from)
          : takeTrait(state, kind, name, value, from)
      if (!isTaken) refused.push(name)
    }
  }
  return refused
}

/**
 * Lets what lay ahead take effect as far as its time has come.
 * @param state changed in place
 * @param now the workspace's time, milliseconds since the epoch
 * @returns whether anything had come
 */
export function settle(state: FragmentState, now: number): boolean {
  const { u } = state
  if (u === undefined || (u[0] as Upcoming)[0] > now) return false
  const after = u.findIndex(([time]) => time > now)
  for (const [time, position, source, identifiers, set, once] of u.splice(0, after < 0 ? u.length : after)) {
    seeAt(state, time)
    for (const sighting of state.s) if (identifiers.includes(sighting[0])) sightAt(sighting, time, source)
    for (const [name, value] of Object.entries(set)) {
      state.b -= sizeOf(value)
      putSet(state, name, [value, time, position, source])
    }
    for (const [name, value] of Object.entries(once)) {
      state.b -= sizeOf(value)
      putOnce(state, name, [value, time, position, source])
    }
  }
  if (u.length === 0) delete state.u
  return true
}

/**
 * When a fragment must settle next: when the first thing that lies ahead comes, a little later where it only says who is seen, so that many such are one.
 * @returns milliseconds since the epoch; Infinity: nothing lies ahead
 */
export function settlesAt({ u }: FragmentState): number {
  if (u === undefined) return Number.POSITIVE_INFINITY
  const [first] = u as [Upcoming]
  const seen = Math.ceil(first[0] / SEEN_TOGETHER_MS) * SEEN_TOGETHER_MS
  return u.find(([time, , , , set, once]) => time < seen && (hasNames(set) || hasNames(once)))?.[0] ?? seen
}

function seeAt(state: FragmentState, time: number): void {
  if (time < state.f) state.f = time
  if (time > state.l) state.l = time
}

function sightAt(sighting: Sighting, time: number, source: number): void {
  if (time < sighting[3]) {
    sighting[3] = time
    sighting[5] = source
  }
  if (time > sighting[4]) sighting[4] = time
}

/**
 * The place among what lies ahead where an event is kept.
 * @returns undefined when there is no room
 */
function upcomingOf(state: FragmentState, { time, position, source }: EventPlace): Upcoming | undefined {
  const u = state.u ?? []
  const known = u.find((each) => each[1] === position)
  if (known !== undefined) return known
  if (u.length >= FRAGMENT_UPCOMING_MAX && !thinOut(u)) return undefined
  const made: Upcoming = [time, position, source, [], {}, {}]
  let at = u.length
  while (at > 0 && isNewer(u[at - 1] as Upcoming, time, position)) at--
  u.splice(at, 0, made)
  state.u = u
  return made
}

/** Of two that follow each other the first, which says only who is seen, becomes one with the second: whom it shows is seen later, and no less. */
function thinOut(u: Upcoming[]): boolean {
  for (const [index, [, , , identifiers, set, once]] of u.entries()) {
    const next = u[index + 1]
    if (next === undefined || hasNames(set) || hasNames(once)) continue
    for (const identifier of identifiers) if (!next[3].includes(identifier)) next[3].push(identifier)
    u.splice(index, 1)
    return true
  }
  return false
}

function hasNames(traits: JsonObject): boolean {
  for (const _ in traits) return true
  return false
}

function isNewer([time, position]: Upcoming, otherTime: number, otherPosition: number): boolean {
  return time > otherTime || (time === otherTime && position > otherPosition)
}

type Kind = 'set' | 'once'

/** @returns false when the fragment is full */
function keepTrait(state: FragmentState, kind: Kind, name: string, value: Json, from: EventPlace): boolean {
  if (isFull(state, name, sizeOf(value), 0)) return false
  const upcoming = upcomingOf(state, from)
  if (upcoming === undefined) return false
  upcoming[kind === 'set' ? 4 : 5][name] = value
  state.b += sizeOf(value)
  return true
}

/** @returns false when the fragment is full */
function takeTrait(state: FragmentState, kind: Kind, name: string, value: Json, from: EventPlace): boolean {
  const said: TraitValue = [value, from.time, from.position, from.source]
  const set = own(state.t, name)
  const once = own(state.o, name)
  const isKept =
    kind === 'set'
      ? set === undefined || isNewerValue(said, set)
      : set === undefined && (once === undefined || isNewerValue(once, said))
  if (!isKept) return true
  const known = set ?? once
  if (isFull(state, name, sizeOf(value), known === undefined ? 0 : sizeOf(known[0]))) return false
  if (kind === 'set') putSet(state, name, said)
  else putOnce(state, name, said)
  return true
}

function isFull(state: FragmentState, name: string, more: number, less: number): boolean {
  const bytes = state.b + more - less
  if (bytes > FRAGMENT_TRAITS_BYTES_MAX && bytes > state.b) return true
  if (own(state.t, name) !== undefined || own(state.o, name) !== undefined) return false
  return countNames(state) >= FRAGMENT_TRAITS_MAX && !isUpcoming(state, name)
}

function countNames({ t, o, u }: FragmentState): number {
  const known = Object.keys(t).length + (o === undefined ? 0 : Object.keys(o).length)
  if (u === undefined) return known
  const ahead = new Set(u.flatMap(([, , , , set, once]) => [...Object.keys(set), ...Object.keys(once)]))
  for (const name of ahead) if (own(t, name) !== undefined || own(o, name) !== undefined) ahead.delete(name)
  return known + ahead.size
}

function isUpcoming({ u = [] }: FragmentState, name: string): boolean {
  return u.some(([, , , , set, once]) => Object.hasOwn(set, name) || Object.hasOwn(once, name))
}

function putSet(state: FragmentState, name: string, said: TraitValue): void {
  const known = own(state.t, name)
  if (known !== undefined && !isNewerValue(said, known)) return
  if (known !== undefined) state.b -= sizeOf(known[0])
  state.t[name] = said
  state.b += sizeOf(said[0])
  dropOnce(state, name)
}

function putOnce(state: FragmentState, name: string, said: TraitValue): void {
  if (own(state.t, name) !== undefined) return
  const known = own(state.o, name)
  if (known !== undefined && !isNewerValue(known, said)) return
  if (known !== undefined) state.b -= sizeOf(known[0])
  ;(state.o ??= {})[name] = said
  state.b += sizeOf(said[0])
}

function dropOnce(state: FragmentState, name: string): void {
  const { o } = state
  const known = own(o, name)
  if (o === undefined || known === undefined) return
  state.b -= sizeOf(known[0])
  delete o[name]
  if (Object.keys(o).length === 0) delete state.o
}

/** Of two words on a trait, whether the first is the newer one: by time, then by position. */
export function isNewerValue(a: TraitValue, b: TraitValue): boolean {
  return a[1] > b[1] || (a[1] === b[1] && a[2] > b[2])
}

function own(values: Record<string, TraitValue> | undefined, name: string): TraitValue | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
}

function sizeOf(value: Json): number {
  return typeof value === 'string'
    ? value.length
    : typeof value === 'object'
      ? JSON.stringify(value).length
      : 8
}
