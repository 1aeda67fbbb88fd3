import { canonicalText } from '../condition/canonical-text.ts'
import { planSeries, type SeriesPlan } from '../series/plan-series.ts'
import { neededSeries } from './audience-catalog.ts'
import type { AudienceRow, AudienceTables, VersionRow } from './audience-tables.ts'
import { errorOf, wholeCondition } from './check-audience.ts'

/** What has to be prepared, and what cannot be. */
export interface VersionPlan {
  readonly versions: readonly VersionRow[]
  /** audiences that are live as they are, or that cannot be prepared */
  readonly audiences: readonly AudienceRow[]
  readonly series: SeriesPlan
}

/** Plans what a backfill has to prepare: every audience that is not live, under definitions as they are now. */
export function planVersions(tables: AudienceTables): VersionPlan {
  const { zone, next } = tables
  const versions: VersionRow[] = []
  const audiences: AudienceRow[] = []
  for (const row of tables.audiences) {
    if (row.isLive || row.fault !== null) continue
    try {
      const condition = wholeCondition(tables, row)
      const live = tables.versions.find(({ id }) => id === row.liveVersion)
      if (live !== undefined && canonicalText(live.condition) === canonicalText(condition))
        audiences.push({ ...row, isLive: true })
      else
        versions.push({
          ...{ id: next.version + versions.length, audience: row.id, revision: row.revision, condition },
          ...{ follows: row.liveVersion, livePosition: 0, liveAt: null },
        })
    } catch (error) {
      const rejection = errorOf(error)
      if (rejection === undefined) throw error
      audiences.push({ ...row, fault: rejection.message, faultCode: rejection.code })
    }
  }
  const keysOf = (some: readonly VersionRow[]) =>
    neededSeries(
      some.map(({ condition }) => condition),
      zone,
    ).map(({ key }) => key)
  const series = planSeries(
    { kept: keysOf(tables.versions), needed: keysOf(versions), numbers: tables.series },
    next.series,
  )
  return { versions, audiences, series }
}
