import { addHistory, type SeriesState } from '../condition/series.ts'
import type { FragmentState } from '../profile/fragment.ts'
import type { AudienceCatalog } from './audience-catalog.ts'

/** What a sweep found in the history of a fragment. */
export interface PastState {
  /** position of the sweep that found it */
  readonly sweep: number
  /** series by number */
  readonly c?: Readonly<Record<string, SeriesState>>
  /** memberships of the profile that the fragment stands for: version and since, in turn */
  readonly m?: readonly number[]
}

/** The latest sweep whose findings lie ready. */
export interface SweepMoment {
  readonly position: number
  /** the workspace's time then, milliseconds since the epoch */
  readonly clock: number
}

/**
 * Lets a fragment take what sweeps found, once.
 * @param sweep up to and including which
 * @param state changed in place
 * @returns numbers of the series that are cold from now on, since more came than may be kept
 */
export function takeHistory(
  catalog: AudienceCatalog,
  sweep: SweepMoment,
  state: FragmentState,
  past: readonly PastState[],
): number[] {
  const taken = state.e ?? 0
  if (taken >= sweep.position) return []
  state.e = sweep.position
  const cold: number[] = []
  for (const { sweep: found, c = {}, m = [] } of past) {
    if (found <= taken || found > sweep.position) continue
    for (const [id, series] of Object.entries(c)) {
      const known = catalog.seriesById(Number(id))
      if (known === undefined) continue
      const merged = addHistory(known.spec, state.c?.[id], series, sweep.clock, catalog.zone)
      state.c = { ...state.c, [id]: merged }
      if (merged.x === 1) cold.push(known.id)
    }
    for (let at = 0; at < m.length; at += 2)
      addMembership(catalog, state, m[at] as number, m[at + 1] as number)
  }
  return cold
}

function addMembership(catalog: AudienceCatalog, state: FragmentState, version: number, since: number): void {
  if (catalog.version(version) === undefined) return
  const m = state.m ?? []
  let at = 0
  while (at < m.length && (m[at] as number) < version) at += 2
  if (m[at] === version) return
  m.splice(at, 0, version, since)
  state.m = m
}
