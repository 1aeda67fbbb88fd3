import type { AggregateLeaf, CountLeaf, EventPattern, Scalar } from '@affluent/protocol/condition'
import { SERIES_ENTRIES_MAX } from '@affluent/protocol/limits'
import { aggregates } from './aggregates/aggregates.ts'
import type { Keeper } from './aggregates/keeper.ts'
import { times } from './aggregates/times.ts'
import { canonicalText } from './canonical-text.ts'
import { countOperators } from './operators/count-operators.ts'
import { dropFirst, type SeriesSpec, type SeriesState } from './series-state.ts'
import { expiredAt } from './window.ts'

/** What an event brings to a series. */
export interface SeriesEntry {
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly position: number
  /** at least one; undefined for `times` */
  readonly values: readonly Scalar[] | undefined
}

const LATEST_CLASSES = [2, 8, 64, SERIES_ENTRIES_MAX] as const

/** The series that answers a count. */
export function seriesOfCount(leaf: CountLeaf): SeriesSpec {
  const { within } = leaf
  // a window that ends before now, or a fixed one, is not answered by the latest entries of all time
  const isOwn = within?.kind === 'last' || within?.kind === 'range'
  return specOf(leaf, times, {
    keeps: 'times',
    property: undefined,
    latest: within?.kind === 'last' ? SERIES_ENTRIES_MAX : classOf(neededTimes(leaf)),
    window: isOwn ? within : undefined,
  })
}

/** The series that answers an aggregate. */
export function seriesOfAggregate(leaf: AggregateLeaf): SeriesSpec {
  const { fn, property, within } = leaf
  return specOf(leaf, aggregates[fn], { keeps: fn, property, latest: SERIES_ENTRIES_MAX, window: within })
}

function specOf(
  { type, event, where }: EventPattern,
  keeper: Keeper,
  own: Pick<SeriesSpec, 'keeps' | 'property' | 'latest' | 'window'>,
): SeriesSpec {
  const spec = { type, ...(event === undefined ? {} : { event }), where, ...own }
  return { ...spec, key: canonicalText(spec), keeper }
}

/** How many of the latest times tell whether a count holds. */
function neededTimes({ op, count }: CountLeaf): number {
  return countOperators[op].needs(count)
}

/**
 * Few sizes, so that leaves with different thresholds share a series; what needs more than may be kept has one of its
 * own.
 */
function classOf(times: number): number {
  return LATEST_CLASSES.find((size) => times <= size) ?? times
}

/**
 * Takes an event in that matches the series' pattern. What can no longer count goes.
 * @param state undefined: nothing is there yet
 * @param clock the workspace's time, milliseconds since the epoch; never goes back
 * @returns the state, changed in place when there was one
 */
export function noteEntry(
  spec: SeriesSpec,
  state: SeriesState | undefined,
  entry: SeriesEntry,
  clock: number,
  zone: string,
): SeriesState | undefined {
  const { window } = spec
  if (window?.kind === 'range') {
    if (window.from !== null && entry.time < window.from) return state
    if (window.to !== null && entry.time > window.to) return state
  }
  const expired = expiredAt(window, clock, zone)
  if (entry.time <= expired) return state
  const into = state ?? spec.keeper.newState(window)
  if (into.x === 1) return into
  insert(into, entry)
  prune(spec, into, clock, expired)
  return into
}

/**
 * Puts the states of several fragments together; nothing is pruned, the states stay as they are.
 * @returns undefined when there is none
 */
export function foldSeries(states: readonly SeriesState[]): SeriesState | undefined {
  let folded: SeriesState | undefined
  for (const state of states) folded = folded === undefined ? state : mergeTwo(folded, state)
  return folded
}

/** Puts a state that was computed from history to the one that has grown since. */
export function addHistory(
  spec: SeriesSpec,
  live: SeriesState | undefined,
  past: SeriesState,
  clock: number,
  zone: string,
): SeriesState {
  const merged = live === undefined ? mergeTwo(past, spec.keeper.newState(spec.window)) : mergeTwo(past, live)
  if (merged.x !== 1) prune(spec, merged, clock, expiredAt(spec.window, clock, zone))
  else dropFirst(merged, merged.t.length - SERIES_ENTRIES_MAX)
  return merged
}

function insert(state: SeriesState, { time, values, position }: SeriesEntry): void {
  const { t, v, p } = state
  let at = t.length
  while (at > 0 && comesBefore(time, position, t[at - 1] as number, p?.[at - 1])) at--
  if (v === undefined || values === undefined) t.splice(at, 0, time)
  else {
    t.splice(at, 0, ...values.map(() => time))
    v.splice(at, 0, ...values)
  }
  // only of series that take one value of an event
  if (p !== undefined) p.splice(at, 0, position)
}

function comesBefore(
  time: number,
  position: number,
  other: number,
  otherPosition: number | undefined,
): boolean {
  return time < other || (time === other && otherPosition !== undefined && position < otherPosition)
}

function mergeTwo(a: SeriesState, b: SeriesState): SeriesState {
  const merged: SeriesState = { t: [] }
  if (a.v !== undefined || b.v !== undefined) merged.v = []
  if (a.p !== undefined || b.p !== undefined) merged.p = []
  let left = 0
  let right = 0
  while (left < a.t.length || right < b.t.length) {
    const takeRight =
      left >= a.t.length ||
      (right < b.t.length &&
        comesBefore(b.t[right] as number, b.p?.[right] ?? 0, a.t[left] as number, a.p?.[left]))
    const from = takeRight ? b : a
    const at = takeRight ? right++ : left++
    merged.t.push(from.t[at] as number)
    if (merged.v !== undefined) merged.v.push(from.v?.[at] as Scalar)
    if (merged.p !== undefined) merged.p.push(from.p?.[at] as number)
  }
  if (a.n !== undefined || b.n !== undefined) {
    merged.n = (a.n ?? 0) + (b.n ?? 0)
    merged.s = String(BigInt(a.s ?? '0') + BigInt(b.s ?? '0'))
  }
  if (a.x === 1 || b.x === 1) merged.x = 1
  return merged
}

/** Lets go what can never decide anything again, and goes cold when too much is left. */
function prune(spec: SeriesSpec, state: SeriesState, clock: number, expired: number): void {
  const { t } = state
  let past = t.length
  while (past > 0 && (t[past - 1] as number) > clock) past--
  spec.keeper.prune(spec, state, past, expired)
  const over = state.t.length - entriesMax(spec)
  if (over <= 0) return
  // what is kept answers until ClickHouse does; from here on it stands still
  state.x = 1
  dropFirst(state, over)
}

/** What is still to come is kept beside the latest. */
function entriesMax({ keeps, latest, window }: SeriesSpec): number {
  const isLatest = keeps === 'times' && window?.kind !== 'last' && latest <= SERIES_ENTRIES_MAX
  return isLatest ? latest + SERIES_ENTRIES_MAX : SERIES_ENTRIES_MAX
}
