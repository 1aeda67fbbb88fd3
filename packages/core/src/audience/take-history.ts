import type { FragmentState } from '../profile/fragment.ts'
import { type FoundSeries, isCold, seriesIn, seriesSlice } from '../series/series-slice.ts'
import type { AudienceCatalog } from './audience-catalog.ts'
import { type FoundMemberships, membershipsSlice } from './memberships-slice.ts'

/** What a backfill found in the history of a fragment, as it is laid ready. */
export interface PastState {
  /** position of the backfill that found it */
  readonly backfill: number
  /** series by number */
  readonly c?: FoundSeries
  /** memberships of the profile that the fragment stands for */
  readonly m?: FoundMemberships
}

/** The latest backfill whose findings lie ready. */
export interface BackfillMoment {
  readonly position: number
  /** the workspace's time then, milliseconds since the epoch */
  readonly clock: number
}

/**
 * Lets a fragment take what backfills found, once.
 * @param backfill up to and including which
 * @param state changed in place
 * @returns numbers of the series that are cold from now on, since more came than may be kept
 */
export function takeHistory(
  catalog: AudienceCatalog,
  backfill: BackfillMoment,
  { series, memberships }: FragmentState,
  past: readonly PastState[],
): number[] {
  const taken = series.takenTo
  if (taken >= backfill.position) return []
  series.takenTo = backfill.position
  const cold: number[] = []
  for (const { backfill: found, c = {}, m = [] } of past) {
    if (found <= taken || found > backfill.position) continue
    seriesSlice.takeHistory(series, c, { catalog: catalog.series, clock: backfill.clock })
    membershipsSlice.takeHistory(memberships, m, catalog)
    for (const id of Object.keys(c).map(Number))
      if (catalog.series.byId(id) !== undefined && isCold(seriesIn(series, id))) cold.push(id)
  }
  return cold
}
