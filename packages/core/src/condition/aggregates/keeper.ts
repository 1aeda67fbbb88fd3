import type { Scalar, Window } from '@affluent/protocol/condition'
import type { SeriesSpec, SeriesState } from '../series-state.ts'

/** How the entries of a series are kept in a fragment, and found again in ClickHouse. */
export interface Keeper {
  /** of an event's values: only numbers count, or every scalar; absent: the time alone is kept */
  readonly values?: 'numbers' | 'scalars'
  /** The state to which the first entry comes. */
  newState(window: Window | undefined): SeriesState
  /** Of several values that one event brings, those that are kept. */
  take(values: readonly Scalar[]): readonly Scalar[]
  /**
   * Lets the past entries go that can never decide anything again.
   * @param past how many of the entries are not from the future
   * @param expired times up to here never count again, milliseconds since the epoch
   */
  prune(spec: SeriesSpec, state: SeriesState, past: number, expired: number): void
  /** How ClickHouse gathers the entries that `prune` would have left. */
  shape(window: Window | undefined): SeriesShape
}

/**
 * How entries are gathered from history. `times`: the latest times, without values. `sum`: count and sum of the past.
 * `latest`: the latest entries. `extreme`: the least or greatest one. `values`: of each value its latest time, with
 * `best` only those that no better one follows. `edge`: the first or last one, with its position. All but `latest` and
 * `times` have the entries of the future beside them.
 */
export type SeriesShape =
  | { readonly kind: 'times' }
  | { readonly kind: 'sum' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'extreme'; readonly best: 'min' | 'max' }
  | { readonly kind: 'values'; readonly best: 'min' | 'max' | undefined }
  | { readonly kind: 'edge'; readonly end: 'first' | 'last' }
