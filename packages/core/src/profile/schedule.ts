import { type Fragment, type FragmentState, SLICE_KEYS, SLICES, type SliceKey } from './fragment.ts'
import { UNTOUCHED_BY_TIME } from './slice.ts'

/** Slices on which time acts by itself. */
const TIMED = SLICE_KEYS.filter((key) => SLICES[key].dueAt !== UNTOUCHED_BY_TIME.dueAt)

/**
 * The earliest moment at which a slice of a profile must be woken. What is asked of a profile (conditions of audiences)
 * adds when its own answers may turn.
 * @param members all fragments of the profile
 * @returns milliseconds since the epoch; Infinity: never
 */
export function slicesDueAt(members: readonly Fragment[]): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const { state } of members)
    for (const key of TIMED) earliest = Math.min(earliest, sliceDueAt(key, state))
  return earliest
}

/**
 * Wakes every slice of the fragments of which one is due.
 * @param members all fragments of a profile
 * @param now the workspace's time, milliseconds since the epoch
 * @returns the fragments whose state is another one now
 */
export function wakeSlices(members: readonly Fragment[], now: number): readonly Fragment[] {
  if (slicesDueAt(members) > now) return NONE
  return members.filter(({ state }) => {
    let isChanged = false
    for (const key of TIMED) if (sliceDueAt(key, state) <= now && wakeSlice(key, state, now)) isChanged = true
    return isChanged
  })
}

const NONE: readonly Fragment[] = []

/**
 * Whether a profile is to be asked by time alone: its moment has come, or that of one of its slices.
 * @param members all fragments of the profile
 * @param now the workspace's time, milliseconds since the epoch
 */
export function isDue(members: readonly Fragment[], now: number): boolean {
  const isRung = members.some(({ id, profile, state }) => id === profile && hasRung(state, now))
  return isRung || slicesDueAt(members) <= now
}

/** Whether time will act on a slice of a fragment. */
export function isTimed(state: FragmentState): boolean {
  for (const key of TIMED) if (sliceDueAt(key, state) < Number.POSITIVE_INFINITY) return true
  return false
}

/** Whether the moment has come for which a profile is armed. */
export function hasRung({ armed }: FragmentState, now: number): boolean {
  return armed !== undefined && armed <= now
}

/**
 * The moment for which a profile is armed and that lies ahead.
 * @returns milliseconds since the epoch; Infinity: none
 */
export function armedFor({ armed }: FragmentState, now: number): number {
  return armed === undefined || armed <= now ? Number.POSITIVE_INFINITY : armed
}

/**
 * Arms a profile for the earliest moment at which anything of it may change by time alone. Lazily: who is armed for an
 * earlier moment that lies ahead stays so, and is asked in vain then.
 * @param state of the fragment that stands for the profile; changed in place
 * @param due milliseconds since the epoch; Infinity: nothing is waited for
 * @param now the workspace's time, milliseconds since the epoch
 * @returns the moment for which a timer must be set; undefined: none need be
 */
export function arm(state: FragmentState, due: number, now: number): number | undefined {
  const armed = armedFor(state, now)
  state.armed = Math.min(armed, due)
  if (state.armed === Number.POSITIVE_INFINITY) state.armed = undefined
  return due < armed ? due : undefined
}

function sliceDueAt<Key extends SliceKey>(key: Key, state: FragmentState): number {
  return SLICES[key].dueAt(state[key])
}

function wakeSlice<Key extends SliceKey>(key: Key, state: FragmentState, now: number): boolean {
  return SLICES[key].wake(state[key], now, state)
}
