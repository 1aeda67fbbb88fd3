/** The state of a fragment as it is stored: each slice writes and reads its own letters, and no others. */
export type EncodedState = Record<string, unknown>

/**
 * One part of what a fragment knows, with its owner: nobody else reads its encoded form. Its laws are code, and
 * `testing/slice-laws.ts` tests them for any slice. `Beside` names the slices of the same fragment that it tells
 * something when it wakes.
 */
export interface Slice<State, Beside = unknown> {
  /** Nothing is known yet. */
  empty(): State
  /**
   * What fragments say together. Commutative and associative, and `empty()` adds nothing; the states stay as they are.
   * @param states those of all fragments of a profile
   */
  fold(states: readonly State[]): State
  /**
   * A merge: moves what belongs to the profile from the fragment that stands for it no longer. Nothing is lost: both
   * fold to the same as before.
   * @param kept state of the fragment that stands for the profile from now on; changed in place
   * @param merged changed in place
   * @returns whether `merged` is another one now
   */
  join(kept: State, merged: State): boolean
  /**
   * An un-merge: drops what was true of the whole profile only, so that each side is as if it had never been merged.
   * @param state of a fragment that was in the profile; changed in place
   * @returns whether it is another one now
   */
  part(state: State): boolean
  /** The next moment at which time by itself changes the state, milliseconds since the epoch; Infinity: never. */
  dueAt(state: State): number
  /**
   * Lets time act up to a moment.
   * @param beside the state of the same fragment; changed in place
   * @param now the workspace's time, milliseconds since the epoch
   * @returns whether anything had come
   */
  wake(state: State, now: number, beside: Beside): boolean
  /**
   * Writes the state in the form in which it is stored; what is absent is not written, so that a state has one text.
   */
  encode(state: State, into: EncodedState): void
  decode(from: EncodedState): State
}

/** A slice whose past can be computed from the events in ClickHouse. */
export interface HistorySlice<State, Found, Context> extends Slice<State> {
  /**
   * Takes what was found of the past: afterwards the state is as if it had been kept from the start.
   * @param state changed in place
   */
  takeHistory(state: State, found: Found, context: Context): void
}

/** The laws of what was learnt under one fragment: no merge moves it, and an un-merge leaves it where it was learnt. */
export const LEARNT_UNDER_A_FRAGMENT = { join: () => false, part: () => false } as const

/** The laws of what time by itself never changes. */
export const UNTOUCHED_BY_TIME = { dueAt: () => Number.POSITIVE_INFINITY, wake: () => false } as const
