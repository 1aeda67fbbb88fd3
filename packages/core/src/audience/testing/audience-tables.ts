import type { Condition, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { canonicalText } from '../../condition/canonical-text.ts'
import {
  CircleFault,
  inlineAudiences,
  MissingAudience,
  type NamedCondition,
  withPopulation,
} from '../../condition/condition-tree.ts'
import { parseCondition } from '../../condition/parse-condition.ts'
import type { Fragment } from '../../profile/fragment.ts'
import { AudienceCatalog, type AudienceVersion, neededSeries } from '../audience-catalog.ts'

export interface AudienceRow {
  readonly id: number
  readonly key: string
  readonly condition: Json
  readonly population: Population
  readonly revision: number
  readonly liveVersion: number
  readonly isLive: boolean
  readonly fault: string | null
}

export interface VersionRow extends AudienceVersion {
  readonly revision: number
}

export interface SweepRow {
  readonly position: number
  readonly clock: number
  readonly versions: readonly number[]
  readonly series: readonly number[]
  readonly everyone: boolean
  /** position from which the walk sees what was computed; 0: not yet */
  readonly landedPosition: number
  /** whether the versions are shown before every fragment has taken its history */
  readonly early: boolean
  readonly isLive: boolean
  readonly doneTo: number
  readonly until: number
  /** whether the identity rules have changed, so that nobody's membership is certain */
  readonly due: boolean
}

/** The tables of audiences, with the rules by which the server changes them (decide-audience.ts and decide-sweep.ts there). */
export interface AudienceTables {
  readonly zone: string
  readonly audiences: readonly AudienceRow[]
  readonly versions: readonly VersionRow[]
  readonly series: ReadonlyMap<string, number>
  readonly sweep: SweepRow | undefined
  readonly reviewDue: boolean
  readonly next: { readonly audience: number; readonly version: number; readonly series: number }
}

export function noAudiences(zone: string): AudienceTables {
  const nothing = { audiences: [], versions: [], series: new Map<string, number>(), sweep: undefined }
  return { zone, ...nothing, reviewDue: false, next: { audience: 1, version: 1, series: 1 } }
}

const catalogs = new WeakMap<AudienceTables, AudienceCatalog>()

export function catalogOf(tables: AudienceTables): AudienceCatalog {
  let catalog = catalogs.get(tables)
  if (catalog === undefined) {
    const { versions, series, zone, sweep } = tables
    const asleep = new Set(sweep?.landedPosition === 0 ? sweep.versions : [])
    catalogs.set(tables, (catalog = new AudienceCatalog({ versions, series, zone, asleep })))
  }
  return catalog
}

export function isWorkWaiting({ audiences, reviewDue }: AudienceTables): boolean {
  return reviewDue || audiences.some(({ isLive, fault }) => !isLive && fault === null)
}

/**
 * The whole question of a definition.
 * @throws CircleFault or MissingAudience
 */
export function wholeCondition(
  tables: AudienceTables,
  {
    key,
    condition,
    population,
  }: { readonly key: string; readonly condition: Json; readonly population: Population },
): Condition {
  const { zone } = tables
  const find = (name: string): NamedCondition | undefined => {
    const row = tables.audiences.find((each) => each.key === name)
    return row === undefined
      ? undefined
      : { condition: parseCondition(row.condition, zone), population: row.population }
  }
  return withPopulation({
    population,
    condition: inlineAudiences(parseCondition(condition, zone), find, [key]),
  })
}

export function putAudience(
  tables: AudienceTables,
  said: { readonly key: string; readonly condition: Json; readonly population: Population },
): AudienceTables {
  const { next } = tables
  const known = tables.audiences.find(({ key }) => key === said.key)
  const stale = dependentsOf(tables, said.key)
  if (known === undefined) {
    const row = { id: next.audience, ...said, revision: 1, liveVersion: 0, isLive: false, fault: null }
    const audiences = [...tables.audiences.map((each) => (stale.includes(each.key) ? anew(each) : each)), row]
    return { ...tables, audiences, next: { ...next, audience: next.audience + 1 } }
  }
  const isSame =
    known.population === said.population && canonicalText(known.condition) === canonicalText(said.condition)
  return {
    ...tables,
    audiences: tables.audiences.map((row) => {
      if (row.key === said.key) return isSame ? { ...row, fault: null } : anew({ ...row, ...said })
      return !isSame && stale.includes(row.key) ? anew(row) : row
    }),
  }
}

function anew(row: AudienceRow): AudienceRow {
  return { ...row, revision: row.revision + 1, isLive: false, fault: null }
}

export function deleteAudience(tables: AudienceTables, key: string): AudienceTables {
  const row = tables.audiences.find((each) => each.key === key)
  if (row === undefined || dependentsOf(tables, key).length > 0) return tables
  return {
    ...tables,
    audiences: tables.audiences.filter((each) => each !== row),
    versions: tables.versions.filter(({ audience }) => audience !== row.id),
  }
}

/** Keys of the audiences whose condition leads to this one, near or far. */
function dependentsOf({ audiences, zone }: AudienceTables, key: string): string[] {
  const names = new Set([key])
  for (let before = 0; before !== names.size; ) {
    before = names.size
    for (const row of audiences) if (namesAny(parseCondition(row.condition, zone), names)) names.add(row.key)
  }
  names.delete(key)
  return [...names]
}

function namesAny(condition: Condition, keys: ReadonlySet<string>): boolean {
  if (condition.kind === 'all' || condition.kind === 'any')
    return condition.of.some((each) => namesAny(each, keys))
  if (condition.kind === 'not') return namesAny(condition.of, keys)
  return condition.kind === 'audience' && keys.has(condition.key)
}

export function startSweep(
  tables: AudienceTables,
  at: {
    readonly position: number
    readonly clock: number
    readonly until: number
    readonly earlyMax: number
  },
): AudienceTables {
  if (tables.sweep !== undefined) return tables
  const next = { ...tables.next }
  const made: VersionRow[] = []
  const audiences = tables.audiences.map((row): AudienceRow => {
    if (row.isLive || row.fault !== null) return row
    try {
      const condition = wholeCondition(tables, row)
      const live = tables.versions.find(({ id }) => id === row.liveVersion)
      if (live !== undefined && canonicalText(live.condition) === canonicalText(condition))
        return { ...row, isLive: true }
      made.push({
        id: next.version++,
        audience: row.id,
        condition,
        follows: row.liveVersion,
        revision: row.revision,
      })
      return row
    } catch (error) {
      if (!(error instanceof CircleFault || error instanceof MissingAudience)) throw error
      return { ...row, fault: error.message }
    }
  })
  const keysOf = (some: readonly VersionRow[]) =>
    new Set(
      neededSeries(
        some.map(({ condition }) => condition),
        tables.zone,
      ).map(({ key }) => key),
    )
  const kept = keysOf(tables.versions)
  const series = new Map([...tables.series].filter(([key]) => kept.has(key)))
  const added: number[] = []
  for (const key of keysOf(made)) {
    if (kept.has(key)) continue
    added.push(next.series)
    series.set(key, next.series++)
  }
  const begun = { ...tables, audiences, versions: [...tables.versions, ...made], series }
  if (made.length === 0 && !tables.reviewDue) return begun
  const { versions } = new AudienceCatalog({ versions: made, series, zone: tables.zone })
  const early = made.length > 0 && made.length <= at.earlyMax
  const everyone =
    tables.reviewDue || versions.some((each) => (early ? each.movesEveryone : each.needsEveryone))
  const { position, clock, until } = at
  const what = { versions: made.map(({ id }) => id), series: added, everyone, due: tables.reviewDue }
  const how = { landedPosition: 0, early, isLive: false, doneTo: 1 }
  return { ...begun, next, reviewDue: false, sweep: { position, clock, ...what, ...how, until } }
}

/** The versions of the sweep are shown where the audience was not changed meanwhile. */
export function showSweep(tables: AudienceTables): AudienceTables {
  const { sweep, versions } = tables
  if (sweep === undefined) return tables
  const audiences = tables.audiences.map((row): AudienceRow => {
    const ready = versions.find(
      ({ id, audience, revision }) =>
        sweep.versions.includes(id) && audience === row.id && revision === row.revision,
    )
    return ready === undefined ? row : { ...row, liveVersion: ready.id, isLive: true }
  })
  return { ...tables, audiences, sweep: { ...sweep, isLive: true } }
}

/** What nobody asks any more goes with the end of the sweep. */
export function endSweep(tables: AudienceTables): AudienceTables {
  const shown = tables.sweep?.isLive === true ? tables : showSweep(tables)
  const live = new Set(shown.audiences.map(({ liveVersion }) => liveVersion))
  return { ...shown, sweep: undefined, versions: shown.versions.filter(({ id }) => live.has(id)) }
}

/** Whether a fragment may still have to take what the sweep under way has found. */
export function lacksHistory({ sweep }: AudienceTables, { id, state }: Fragment): boolean {
  if (sweep === undefined || sweep.landedPosition === 0) return false
  return id < sweep.until && id >= sweep.doneTo && (state.e ?? 0) < sweep.position
}
