import { type MembershipsState, membershipsSlice } from '../audience/memberships-slice.ts'
import {
  type IdentityState,
  identitySlice,
  newIdentity,
  type Sighted,
  seeFragment,
  seeIdentifier,
  sightingOf,
} from '../identity/identity-slice.ts'
import { type SeriesSliceState, seriesSlice } from '../series/series-slice.ts'
import type { EncodedState, Slice } from './slice.ts'
import { type EventPlace, identifiersAhead, type TraitsState, traitsSlice } from './traits-slice.ts'

/** What was learnt under one anchor, slice by slice; what a profile has is kept by the fragment that stands for it. */
export interface FragmentState {
  readonly identity: IdentityState
  readonly traits: TraitsState
  readonly series: SeriesSliceState
  readonly memberships: MembershipsState
  /** the moment for which the profile is armed (`schedule.ts`), milliseconds since the epoch */
  armed: number | undefined
}

export type SliceKey = Exclude<keyof FragmentState, 'armed'>

/** The slices, each by its owner: whoever keeps something of a person adds a slice here, and nowhere else. */
export const SLICES: { readonly [Key in SliceKey]: Slice<FragmentState[Key], FragmentState> } = {
  identity: identitySlice,
  traits: traitsSlice,
  series: seriesSlice,
  memberships: membershipsSlice,
}

export const SLICE_KEYS = Object.keys(SLICES) as readonly SliceKey[]

/** One fragment in memory. */
export interface Fragment {
  readonly id: number
  /** the fragment that stands for the whole profile */
  profile: number
  readonly state: FragmentState
}

/** Made in one place, so that all have one shape, which the engine reads faster. */
export function makeFragment(id: number, profile: number, state: FragmentState): Fragment {
  return { id, profile, state }
}

/** A fragment about which nothing is known yet but its anchor. */
export function newFragment(id: number, anchor: number, namespace: string): Fragment {
  const { traits, series, memberships } = SLICES
  const identity = newIdentity([anchor, namespace])
  return makeFragment(
    id,
    id,
    makeState(identity, traits.empty(), series.empty(), memberships.empty(), undefined),
  )
}

function makeState(
  identity: IdentityState,
  traits: TraitsState,
  series: SeriesSliceState,
  memberships: MembershipsState,
  armed: number | undefined,
): FragmentState {
  return { identity, traits, series, memberships, armed }
}

/** The state as it is stored: JSON text, the same for the same state. */
export function encodeState(state: FragmentState): string {
  const into: EncodedState = {}
  for (const key of SLICE_KEYS) encodeSlice(key, state, into)
  if (state.armed !== undefined) into['w'] = state.armed
  return JSON.stringify(into)
}

/** @param text as `encodeState` gave it */
export function decodeState(text: string): FragmentState {
  const from = JSON.parse(text) as EncodedState
  const { identity, traits, series, memberships } = SLICES
  return makeState(
    identity.decode(from),
    traits.decode(from),
    series.decode(from),
    memberships.decode(from),
    from['w'] as number | undefined,
  )
}

function encodeSlice<Key extends SliceKey>(key: Key, state: FragmentState, into: EncodedState): void {
  SLICES[key].encode(state[key], into)
}

/**
 * Moves what belongs to the profile from a fragment that stands for it no longer.
 * @param kept state of the fragment that stands for the profile; changed in place
 * @param merged changed in place
 * @returns whether `merged` is another one now
 */
export function joinStates(kept: FragmentState, merged: FragmentState): boolean {
  let isChanged = merged.armed !== undefined
  // the profile is asked anew after a merge, which arms it
  merged.armed = undefined
  for (const key of SLICE_KEYS) if (joinSlice(key, kept, merged)) isChanged = true
  return isChanged
}

function joinSlice<Key extends SliceKey>(key: Key, kept: FragmentState, merged: FragmentState): boolean {
  return SLICES[key].join(kept[key], merged[key])
}

/**
 * Drops what was true only of the profile that a fragment was in.
 * @param state changed in place
 * @returns whether it is another one now
 */
export function partState(state: FragmentState): boolean {
  let isChanged = false
  for (const key of SLICE_KEYS) if (partSlice(key, state)) isChanged = true
  return isChanged
}

function partSlice<Key extends SliceKey>(key: Key, state: FragmentState): boolean {
  return SLICES[key].part(state[key])
}

/**
 * Counts an event: first and last event time, number of events. Commutative.
 * @param now the workspace's time, milliseconds since the epoch: what lies ahead of it waits
 */
export function noteEvent({ identity, traits }: FragmentState, event: EventPlace, now: number): void {
  identity.events++
  if (event.time > now) identifiersAhead(traits, event)
  else seeFragment(identity, event.time)
}

/**
 * Notes that an event of this fragment carried an identifier: it belongs here at once, and is seen when the event's
 * time has come. Commutative.
 * @param now the workspace's time, milliseconds since the epoch
 */
export function noteSighting(
  { identity, traits }: FragmentState,
  identifier: Sighted,
  event: EventPlace,
  now: number,
): void {
  const { time, source } = event
  const sighting = sightingOf(identity, identifier, source)
  if (time <= now) {
    seeIdentifier(sighting, time, source)
    return
  }
  const ahead = identifiersAhead(traits, event)
  if (ahead?.includes(identifier.id) === false) ahead.push(identifier.id)
}
