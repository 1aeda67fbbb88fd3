import { addHistory, foldSeries } from '../condition/series.ts'
import type { SeriesState } from '../condition/series-state.ts'
import {
  type EncodedState,
  type HistorySlice,
  LEARNT_UNDER_A_FRAGMENT,
  UNTOUCHED_BY_TIME,
} from '../profile/slice.ts'
import type { SeriesCatalog } from './series-catalog.ts'

/** What is remembered of the events of one fragment: the slice of series. */
export interface SeriesSliceState {
  /** by the number of the series */
  byId: Record<string, SeriesState> | undefined
  /** position of the latest backfill whose findings the fragment has taken; 0: none */
  takenTo: number
}

/** Series found in the past, by number. */
export type FoundSeries = Readonly<Record<string, SeriesState>>

/** For which series, and as of when, the past is taken. */
export interface SeriesHistoryContext {
  readonly catalog: SeriesCatalog
  /** the workspace's time when the past was computed, milliseconds since the epoch */
  readonly clock: number
}

export const seriesSlice: HistorySlice<SeriesSliceState, FoundSeries, SeriesHistoryContext> = {
  ...LEARNT_UNDER_A_FRAGMENT,
  ...UNTOUCHED_BY_TIME,
  empty: () => ({ byId: undefined, takenTo: 0 }),
  fold: foldSlices,
  takeHistory: takeFoundSeries,
  encode({ byId, takenTo }: SeriesSliceState, into: EncodedState): void {
    if (byId !== undefined) into['c'] = byId
    if (takenTo !== 0) into['e'] = takenTo
  },
  decode(from: EncodedState): SeriesSliceState {
    const { c, e = 0 } = from as unknown as Encoded
    return { byId: c, takenTo: e }
  },
}

interface Encoded {
  readonly c: Record<string, SeriesState> | undefined
  readonly e: number | undefined
}

/** Whether a fragment has not taken yet what the backfill at a position found. */
export function lacksBackfill({ takenTo }: SeriesSliceState, position: number): boolean {
  return takenTo < position
}

/** The state of one series; undefined: no event yet. */
export function seriesIn(state: SeriesSliceState, id: number): SeriesState | undefined {
  return state.byId?.[id]
}

/** Puts the state of one series. */
export function putSeries(state: SeriesSliceState, id: number, series: SeriesState): void {
  ;(state.byId ??= {})[id] = series
}

/** Whether more events came than may be kept, so that ClickHouse answers the leaves of a series. */
export function isCold(series: SeriesState | undefined): boolean {
  return series?.x === 1
}

/**
 * Lets go the entries of a cold series once ClickHouse has answered: they answered for as long as nobody else did.
 * @returns whether there were any
 */
export function emptyColdSeries(state: SeriesSliceState, id: number): boolean {
  const series = seriesIn(state, id)
  if (series === undefined || !isCold(series) || series.t.length === 0) return false
  state.byId = { ...state.byId, [id]: { t: [], x: 1 } }
  return true
}

/**
 * Lets go the series that nobody asks any more.
 * @returns whether there were any
 */
export function dropUnknownSeries(state: SeriesSliceState, catalog: SeriesCatalog): boolean {
  const { byId } = state
  if (byId === undefined) return false
  let dropped = false
  for (const id of Object.keys(byId)) {
    if (catalog.byId(Number(id)) !== undefined) continue
    delete byId[id]
    dropped = true
  }
  if (Object.keys(byId).length === 0) state.byId = undefined
  return dropped
}

function foldSlices(states: readonly SeriesSliceState[]): SeriesSliceState {
  const byId: Record<string, SeriesState> = {}
  for (const id of new Set(states.flatMap((state) => Object.keys(state.byId ?? {})))) {
    const folded = foldSeries(states.flatMap((state) => state.byId?.[id] ?? []))
    if (folded !== undefined) byId[id] = folded
  }
  return {
    byId: Object.keys(byId).length === 0 ? undefined : byId,
    takenTo: Math.max(0, ...states.map(({ takenTo }) => takenTo)),
  }
}

function takeFoundSeries(
  state: SeriesSliceState,
  found: FoundSeries,
  { catalog, clock }: SeriesHistoryContext,
): void {
  for (const [id, past] of Object.entries(found)) {
    const known = catalog.byId(Number(id))
    if (known === undefined) continue
    const merged = addHistory(known.spec, state.byId?.[id], past, clock, catalog.zone)
    state.byId = { ...state.byId, [id]: merged }
  }
}
