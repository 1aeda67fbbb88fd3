import type { Json, JsonObject } from '@affluent/protocol/event'
import { FRAGMENT_TRAITS_BYTES_MAX, FRAGMENT_TRAITS_MAX } from '@affluent/protocol/limits'
import type { SeriesState } from '../condition/series.ts'

/**
 * An identifier as a fragment's events showed it. `owner` is the fragment that has the identifier: after an un-merge it may
 * belong to another profile, and then it no longer counts here.
 */
export type Sighting = [
  identifier: number,
  namespace: string,
  owner: number,
  firstSeen: number,
  lastSeen: number,
  source: number,
]

/** A trait's value with the event that gave it; `null` is a deletion, which also has its time. */
export type TraitValue = [value: Json, time: number, position: number, source: number]

/** What was learnt under one anchor, in the form in which it is stored. No merge ever changes it. */
export interface FragmentState {
  /** the anchor: an identifier and its namespace */
  readonly a: [identifier: number, namespace: string]
  /** identifiers seen */
  readonly s: Sighting[]
  /** traits by name */
  readonly t: Record<string, TraitValue>
  /** bytes of the trait values */
  b: number
  /** first and last event time, milliseconds since the epoch */
  f: number
  l: number
  /** events */
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

/** A fragment about which nothing is known yet but its anchor. */
export function newFragment(id: number, anchor: number, namespace: string): Fragment {
  const state: FragmentState = {
    a: [anchor, namespace],
    s: [],
    t: {},
    b: 0,
    f: Number.MAX_SAFE_INTEGER,
    l: 0,
    n: 0,
    r: [],
  }
  return { id, profile: id, state }
}

/** Counts an event: first and last event time, number of events. Commutative. */
export function noteEvent(state: FragmentState, time: number): void {
  if (time < state.f) state.f = time
  if (time > state.l) state.l = time
  state.n++
}

/** Notes that an event of this fragment carried an identifier. Commutative. */
export function noteSighting(
  state: FragmentState,
  seen: { identifier: number; namespace: string; owner: number; time: number; source: number },
): void {
  for (const sighting of state.s) {
    if (sighting[0] !== seen.identifier) continue
    if (seen.time < sighting[3]) {
      sighting[3] = seen.time
      sighting[5] = seen.source
    }
    if (seen.time > sighting[4]) sighting[4] = seen.time
    return
  }
  state.s.push([seen.identifier, seen.namespace, seen.owner, seen.time, seen.time, seen.source])
}

/**
 * Takes the traits of an identify. The newest event time wins, whatever comes first; ties go to the later position. `null` deletes;
 * a trait that is not named stays.
 * @returns names that were not taken because the fragment is full
 */
export function applyTraits(
  state: FragmentState,
  traits: JsonObject,
  from: { time: number; position: number; source: number },
): string[] {
  const refused: string[] = []
  for (const [name, value] of Object.entries(traits)) {
    const known = Object.hasOwn(state.t, name) ? state.t[name] : undefined
    if (known !== undefined && !isNewer(from, known)) continue
    const bytes = state.b + sizeOf(value) - (known === undefined ? 0 : sizeOf(known[0]))
    const full = known === undefined && Object.keys(state.t).length >= FRAGMENT_TRAITS_MAX
    if (full || (bytes > FRAGMENT_TRAITS_BYTES_MAX && bytes > state.b)) {
      refused.push(name)
      continue
    }
    state.b = bytes
    state.t[name] = [value, from.time, from.position, from.source]
  }
  return refused
}

function isNewer(from: { time: number; position: number }, known: TraitValue): boolean {
  return from.time > known[1] || (from.time === known[1] && from.position > known[2])
}

function sizeOf(value: Json): number {
  return typeof value === 'string'
    ? value.length
    : typeof value === 'object'
      ? JSON.stringify(value).length
      : 8
}
