import type {
  Aggregate,
  AggregateLeaf,
  CountLeaf,
  EventPattern,
  Scalar,
  Window,
} from '@affluent/protocol/condition'
import { SERIES_ENTRIES_MAX } from '@affluent/protocol/limits'
import { canonicalText } from './canonical-text.ts'
import { scaled } from './exact-sum.ts'
import { expiredAt } from './window.ts'

/**
 * What a fragment remembers about the events of one pattern, for one or more leaves. Leaves that count share a series whatever their window and threshold, since the latest few times answer all
 * of them; an aggregate needs its values.
 */
export interface SeriesSpec extends EventPattern {
  /** canonical: equal series have equal keys */
  readonly key: string
  /** `times`: when it happened; otherwise also the property's value */
  readonly keeps: 'times' | Aggregate
  /** of the value; undefined for `times` */
  readonly property: string | undefined
  /** how many of the latest entries answer every leaf */
  readonly latest: number
  /** undefined: for ever, or a window of which the latest entries are enough */
  readonly window: Window | undefined
}

/**
 * A series in one fragment, as it is stored. Entries lie in the order of time; `t`, `v` and `p` run side by side. Merging two states of two fragments is putting their entries together and adding
 * their sums: commutative.
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
  /** 1: more came than may be kept, so that its leaves are cold here; the entries are those of that moment, and go once ClickHouse has answered */
  x?: 1
}

/** What an event brings to a series. */
export interface SeriesEntry {
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly position: number
  /** at least one; undefined for `times` */
  readonly values: readonly Scalar[] | undefined
}

const LATEST_CLASSES = [2, 8, 64, SERIES_ENTRIES_MAX] as const

/** The series that answers a leaf. */
export function seriesOf(leaf: CountLeaf | AggregateLeaf): SeriesSpec {
  const { type, event, where, within } = leaf
  const isCount = leaf.kind === 'count'
  // a window that ends before now, or a fixed one, is not answered by the latest entries of all time
  const isOwn = within !== undefined && (!isCount || within.kind === 'last' || within.kind === 'range')
  const spec = {
    type,
    ...(event === undefined ? {} : { event }),
    where,
    keeps: isCount ? ('times' as const) : leaf.fn,
    property: isCount ? undefined : leaf.property,
    latest: isCount && within?.kind !== 'last' ? classOf(neededTimes(leaf)) : SERIES_ENTRIES_MAX,
    window: isOwn ? within : undefined,
  }
  return { ...spec, key: canonicalText(spec) }
}

/** How many of the latest times tell whether a count holds. */
function neededTimes({ op, count }: CountLeaf): number {
  return op === 'gte' || op === 'lt' ? count : count + 1
}

/** Few sizes, so that leaves with different thresholds share a series; what needs more than may be kept has one of its own. */
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
  if (entry.time <= expiredAt(window, clock, zone)) return state
  const into = state ?? newState(spec)
  if (into.x === 1) return into
  insert(into, entry)
  prune(spec, into, clock, zone)
  return into
}

/**
 * Puts the states of several fragments together; nothing is pruned, the states stay as they are.
 * @returns undefined when there is none
 */
export function foldSeries(states: readonly SeriesState[]): SeriesState | undefined {
  const [first, ...rest] = states
  if (first === undefined) return undefined
  let folded = first
  for (const state of rest) folded = mergeTwo(folded, state)
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
  const merged = live === undefined ? mergeTwo(past, newState(spec)) : mergeTwo(past, live)
  if (merged.x !== 1) prune(spec, merged, clock, zone)
  else drop(merged, merged.t.length - SERIES_ENTRIES_MAX)
  return merged
}

function newState({ keeps, window }: SeriesSpec): SeriesState {
  if (keeps === 'times') return { t: [] }
  if (keeps === 'first' || keeps === 'last') return { t: [], v: [], p: [] }
  return isEndless(keeps, window) ? { t: [], v: [], n: 0, s: '0' } : { t: [], v: [] }
}

/** A sum over all time needs no entries but those of the future. */
function isEndless(keeps: SeriesSpec['keeps'], window: Window | undefined): boolean {
  return (keeps === 'sum' || keeps === 'avg') && window === undefined
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
function prune(spec: SeriesSpec, state: SeriesState, clock: number, zone: string): void {
  const { t } = state
  let past = t.length
  while (past > 0 && (t[past - 1] as number) > clock) past--
  if (spec.keeps === 'times' && spec.window?.kind !== 'last') drop(state, past - spec.latest)
  else if (isEndless(spec.keeps, spec.window)) sumUp(state, past)
  else {
    const expired = expiredAt(spec.window, clock, zone)
    let gone = 0
    while (gone < past && (t[gone] as number) <= expired) gone++
    drop(state, gone)
    dropDominated(spec, state, past - gone)
  }
  const over = state.t.length - entriesMax(spec)
  if (over <= 0) return
  // what is kept answers until ClickHouse does; from here on it stands still
  state.x = 1
  drop(state, over)
}

/** What is still to come is kept beside the latest. */
function entriesMax({ keeps, latest, window }: SeriesSpec): number {
  const isLatest = keeps === 'times' && window?.kind !== 'last' && latest <= SERIES_ENTRIES_MAX
  return isLatest ? latest + SERIES_ENTRIES_MAX : SERIES_ENTRIES_MAX
}

function drop(state: SeriesState, count: number): void {
  if (count <= 0) return
  state.t.splice(0, count)
  state.v?.splice(0, count)
  state.p?.splice(0, count)
}

function sumUp(state: SeriesState, past: number): void {
  if (past === 0) return
  let sum = BigInt(state.s ?? '0')
  let count = state.n ?? 0
  for (const value of (state.v ?? []).slice(0, past)) {
    const part = typeof value === 'number' ? scaled(value) : undefined
    if (part === undefined) continue
    sum += part
    count++
  }
  state.n = count
  state.s = String(sum)
  drop(state, past)
}

/** Of the past entries, keeps those that decide now or may once others have left the window. */
function dropDominated(spec: SeriesSpec, state: SeriesState, past: number): void {
  const { keeps, window } = spec
  if (keeps === 'times' || keeps === 'sum' || keeps === 'avg' || window?.kind === 'last' || past < 2) return
  const endless = window === undefined || window.kind === 'range'
  const stays = pickDeciding(keeps, endless, state, past)
  if (stays === undefined) return
  const filter = <T>(list: T[]): T[] => list.filter((_, index) => index >= past || stays.has(index))
  state.t = filter(state.t)
  if (state.v !== undefined) state.v = filter(state.v)
  if (state.p !== undefined) state.p = filter(state.p)
}

function pickDeciding(
  keeps: Exclude<SeriesSpec['keeps'], 'times' | 'sum' | 'avg'>,
  endless: boolean,
  { v = [] }: SeriesState,
  past: number,
): Set<number> | undefined {
  switch (keeps) {
    case 'last':
      return new Set([past - 1])
    case 'first':
      return endless ? new Set([0]) : undefined
    case 'distinct': {
      // the latest of each value leaves the window last
      const latest = new Map<Scalar, number>()
      for (let index = 0; index < past; index++) latest.set(v[index] as Scalar, index)
      return new Set(latest.values())
    }
    case 'min':
    case 'max': {
      const better = (a: Scalar, b: Scalar) => (keeps === 'min' ? a < b : a > b)
      const stays = new Set<number>()
      let best: Scalar | undefined
      let bestAt = 0
      for (let index = past - 1; index >= 0; index--) {
        const value = v[index] as Scalar
        if (best !== undefined && !better(value, best)) continue
        best = value
        bestAt = index
        stays.add(index)
      }
      return endless ? new Set([bestAt]) : stays
    }
  }
}
