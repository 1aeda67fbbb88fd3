import type { Aggregate, EventPattern, Scalar, Window } from '@affluent/protocol/condition'
import type { Keeper } from './aggregates/keeper.ts'

/**
 * What a fragment remembers about the events of one pattern, for one or more leaves. Leaves that count share a series
 * whatever their window and threshold, since the latest few times answer all of them; an aggregate needs its values.
 */
export interface SeriesSpec extends EventPattern {
  /** canonical: equal series have equal keys */
  readonly key: string
  /** `times`: when it happened; otherwise also the property's value */
  readonly keeps: 'times' | Aggregate
  /** how its entries are kept, found once by `keeps` */
  readonly keeper: Keeper
  /** of the value; undefined for `times` */
  readonly property: string | undefined
  /** how many of the latest entries answer every leaf */
  readonly latest: number
  /** undefined: for ever, or a window of which the latest entries are enough */
  readonly window: Window | undefined
}

/**
 * A series in one fragment, as it is stored. Entries lie in the order of time; `t`, `v` and `p` run side by side.
 * Merging two states of two fragments is putting their entries together and adding their sums: commutative.
 */
export interface SeriesState {
  /** event times, milliseconds since the epoch */
  t: number[]
  /** values */
  v?: Scalar[]
  /** positions, where the order of events of the same time matters */
  p?: number[]
  /** how many values are in `s`, and their sum in billionths: of an endless sum, what is past */
  n?: number
  s?: string
  /**
   * 1: more came than may be kept, so that its leaves are cold here; the entries are those of that moment, and go once
   * ClickHouse has answered
   */
  x?: 1
}

/** Lets the first entries go. @param count how many; below 1: none */
export function dropFirst(state: SeriesState, count: number): void {
  if (count <= 0) return
  state.t.splice(0, count)
  state.v?.splice(0, count)
  state.p?.splice(0, count)
}

/**
 * Lets the entries go that have left the window for good.
 * @param past how many of the entries are not from the future
 * @param expired times up to here never count again, milliseconds since the epoch
 * @returns how many past entries are left
 */
export function dropExpired(state: SeriesState, past: number, expired: number): number {
  const { t } = state
  let gone = 0
  while (gone < past && (t[gone] as number) <= expired) gone++
  dropFirst(state, gone)
  return past - gone
}

/**
 * Of the past entries, keeps those that decide; those from the future stay.
 * @param stays indexes of past entries
 */
export function keepDeciding(state: SeriesState, past: number, stays: ReadonlySet<number>): void {
  const filter = <T>(list: T[]): T[] => list.filter((_, index) => index >= past || stays.has(index))
  state.t = filter(state.t)
  if (state.v !== undefined) state.v = filter(state.v)
  if (state.p !== undefined) state.p = filter(state.p)
}

/** Whether what has once come into a window never leaves it. */
export function isEndless(window: Window | undefined): boolean {
  return window === undefined || window.kind === 'range'
}
