import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  FRAGMENT_TRAITS_BYTES_MAX,
  FRAGMENT_TRAITS_MAX,
  FRAGMENT_UPCOMING_MAX,
} from '@affluent/protocol/limits'
import type { EventTraits } from '../event/event-traits.ts'
import { type IdentityState, seeFragment, seeIdentifier } from '../identity/identity-slice.ts'
import { type EncodedState, LEARNT_UNDER_A_FRAGMENT, type Slice } from './slice.ts'

/** A trait's value with the event that gave it; `null` is a deletion, which also has its time. */
export type TraitValue = [value: Json, time: number, position: number, source: number]

/** What an event of the future says about its person, kept until its time has come. */
type Upcoming = [
  time: number,
  position: number,
  source: number,
  identifiers: number[],
  set: JsonObject,
  once: JsonObject,
]

/** What a fragment's events said of its person: the slice of traits. */
export interface TraitsState {
  /** by name */
  readonly values: Record<string, TraitValue>
  /** first-touch values by name, of traits that were never set here */
  firstTouch: Record<string, TraitValue> | undefined
  /** what lies ahead, in the order of (time, position) */
  ahead: Upcoming[] | undefined
  /** bytes of the values, with those that lie ahead */
  bytes: number
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

export const traitsSlice: Slice<TraitsState, { readonly identity: IdentityState }> = {
  ...LEARNT_UNDER_A_FRAGMENT,
  empty: () => ({ values: {}, firstTouch: undefined, ahead: undefined, bytes: 0 }),
  fold: foldStates,
  dueAt: settlesAt,
  wake: settle,
  encode({ values, firstTouch, ahead, bytes }: TraitsState, into: EncodedState): void {
    into['t'] = values
    into['b'] = bytes
    if (firstTouch !== undefined) into['o'] = firstTouch
    if (ahead !== undefined) into['u'] = ahead
  },
  decode(from: EncodedState): TraitsState {
    const { t, o, u, b } = from as unknown as Encoded
    return { values: t, firstTouch: o, ahead: u, bytes: b }
  },
}

interface Encoded {
  readonly t: Record<string, TraitValue>
  readonly b: number
  readonly o: Record<string, TraitValue> | undefined
  readonly u: Upcoming[] | undefined
}

/** The identifiers that an event of the future will show; undefined: there is no room for it. */
export function identifiersAhead(state: TraitsState, event: EventPlace): number[] | undefined {
  return upcomingOf(state, event)?.[3]
}

/**
 * Takes what an identify says. The newest event time wins, whatever comes first; ties go to the later position. `null`
 * deletes; a trait that is not named stays. Of first-touch values the earliest stands, where the trait was never set.
 * What lies ahead waits, and counts for the bounds already.
 * @param state changed in place
 * @param now the workspace's time, milliseconds since the epoch
 * @returns names that were not taken because the fragment is full
 */
export function applyTraits(
  state: TraitsState,
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

/** Lets what lay ahead take effect as far as its time has come. */
function settle(state: TraitsState, now: number, { identity }: { identity: IdentityState }): boolean {
  const { ahead } = state
  if (ahead === undefined || (ahead[0] as Upcoming)[0] > now) return false
  const after = ahead.findIndex(([time]) => time > now)
  for (const [time, position, source, identifiers, set, once] of ahead.splice(
    0,
    after < 0 ? ahead.length : after,
  )) {
    seeFragment(identity, time)
    for (const sighting of identity.sightings)
      if (identifiers.includes(sighting[0])) seeIdentifier(sighting, time, source)
    for (const [name, value] of Object.entries(set)) {
      state.bytes -= sizeOf(value)
      putSet(state, name, [value, time, position, source])
    }
    for (const [name, value] of Object.entries(once)) {
      state.bytes -= sizeOf(value)
      putOnce(state, name, [value, time, position, source])
    }
  }
  if (ahead.length === 0) state.ahead = undefined
  return true
}

/** When the first thing that lies ahead comes; a little later where it only says who is seen, so that many are one. */
function settlesAt({ ahead }: TraitsState): number {
  if (ahead === undefined) return Number.POSITIVE_INFINITY
  const [first] = ahead as [Upcoming]
  const seen = Math.ceil(first[0] / SEEN_TOGETHER_MS) * SEEN_TOGETHER_MS
  return (
    ahead.find(([time, , , , set, once]) => time < seen && (hasNames(set) || hasNames(once)))?.[0] ?? seen
  )
}

/**
 * The place among what lies ahead where an event is kept.
 * @returns undefined when there is no room
 */
function upcomingOf(state: TraitsState, { time, position, source }: EventPlace): Upcoming | undefined {
  const ahead = state.ahead ?? []
  const known = ahead.find((each) => each[1] === position)
  if (known !== undefined) return known
  if (ahead.length >= FRAGMENT_UPCOMING_MAX && !thinOut(ahead)) return undefined
  const made: Upcoming = [time, position, source, [], {}, {}]
  let at = ahead.length
  while (at > 0 && isNewer(ahead[at - 1] as Upcoming, time, position)) at--
  ahead.splice(at, 0, made)
  state.ahead = ahead
  return made
}

/**
 * Of two that follow each other the first, which says only who is seen, becomes one with the second: whom it shows is
 * seen later, and no less.
 */
function thinOut(ahead: Upcoming[]): boolean {
  for (const [index, [, , , identifiers, set, once]] of ahead.entries()) {
    const next = ahead[index + 1]
    if (next === undefined || hasNames(set) || hasNames(once)) continue
    for (const identifier of identifiers) if (!next[3].includes(identifier)) next[3].push(identifier)
    ahead.splice(index, 1)
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
function keepTrait(state: TraitsState, kind: Kind, name: string, value: Json, from: EventPlace): boolean {
  if (isFull(state, name, sizeOf(value), 0)) return false
  const upcoming = upcomingOf(state, from)
  if (upcoming === undefined) return false
  upcoming[kind === 'set' ? 4 : 5][name] = value
  state.bytes += sizeOf(value)
  return true
}

/** @returns false when the fragment is full */
function takeTrait(state: TraitsState, kind: Kind, name: string, value: Json, from: EventPlace): boolean {
  const said: TraitValue = [value, from.time, from.position, from.source]
  const set = own(state.values, name)
  const once = own(state.firstTouch, name)
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

function isFull(state: TraitsState, name: string, more: number, less: number): boolean {
  const bytes = state.bytes + more - less
  if (bytes > FRAGMENT_TRAITS_BYTES_MAX && bytes > state.bytes) return true
  if (own(state.values, name) !== undefined || own(state.firstTouch, name) !== undefined) return false
  return countNames(state) >= FRAGMENT_TRAITS_MAX && !isUpcoming(state, name)
}

function countNames({ values, firstTouch, ahead }: TraitsState): number {
  const known = Object.keys(values).length + (firstTouch === undefined ? 0 : Object.keys(firstTouch).length)
  if (ahead === undefined) return known
  const names = new Set(ahead.flatMap(([, , , , set, once]) => [...Object.keys(set), ...Object.keys(once)]))
  for (const name of names)
    if (own(values, name) !== undefined || own(firstTouch, name) !== undefined) names.delete(name)
  return known + names.size
}

function isUpcoming({ ahead = [] }: TraitsState, name: string): boolean {
  return ahead.some(([, , , , set, once]) => Object.hasOwn(set, name) || Object.hasOwn(once, name))
}

function putSet(state: TraitsState, name: string, said: TraitValue): void {
  const known = own(state.values, name)
  if (known !== undefined && !isNewerValue(said, known)) return
  if (known !== undefined) state.bytes -= sizeOf(known[0])
  state.values[name] = said
  state.bytes += sizeOf(said[0])
  dropOnce(state, name)
}

function putOnce(state: TraitsState, name: string, said: TraitValue): void {
  if (own(state.values, name) !== undefined) return
  const known = own(state.firstTouch, name)
  if (known !== undefined && !isNewerValue(known, said)) return
  if (known !== undefined) state.bytes -= sizeOf(known[0])
  ;(state.firstTouch ??= {})[name] = said
  state.bytes += sizeOf(said[0])
}

function dropOnce(state: TraitsState, name: string): void {
  const { firstTouch } = state
  const known = own(firstTouch, name)
  if (firstTouch === undefined || known === undefined) return
  state.bytes -= sizeOf(known[0])
  delete firstTouch[name]
  if (Object.keys(firstTouch).length === 0) state.firstTouch = undefined
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

/** Of each trait the newest value; a first-touch value, the earliest, where the trait was never set. */
function foldStates(states: readonly TraitsState[]): TraitsState {
  const folded = traitsSlice.empty()
  const ahead: Upcoming[] = []
  for (const { values, firstTouch, ahead: own = [] } of states) {
    for (const [name, said] of Object.entries(values)) putSet(folded, name, said)
    for (const [name, said] of Object.entries(firstTouch ?? {})) putOnce(folded, name, said)
    ahead.push(...own.map((each): Upcoming => [...each]))
  }
  for (const [, , , , set, once] of ahead)
    for (const value of [...Object.values(set), ...Object.values(once)]) folded.bytes += sizeOf(value)
  if (ahead.length > 0) folded.ahead = ahead.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  return folded
}
