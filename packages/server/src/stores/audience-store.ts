import { AudienceCatalog, type AudienceVersion } from '@affluent/core/audience/audience-catalog'
import type { PastState, SweepMoment } from '@affluent/core/audience/take-history'
import type { FragmentState } from '@affluent/core/profile/fragment'
import type { ErrorCode } from '@affluent/protocol/codes'
import type { Condition, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import type { Reader } from './identity-store.ts'

/** An audience as it is kept. */
export interface AudienceRow {
  readonly id: number
  readonly key: string
  readonly name: string
  /** as it was sent */
  readonly condition: Json
  readonly population: Population
  readonly revision: number
  /** the version whose members are shown; 0: none yet */
  readonly liveVersion: number
  readonly isLive: boolean
  readonly fault: string | null
  readonly faultCode: ErrorCode | null
  readonly createdAt: Date
  readonly changedAt: Date
}

/** A version as it is kept. */
export interface VersionRow extends AudienceVersion {
  readonly revision: number
  /** position from which its members are complete; 0: not yet */
  readonly livePosition: number
}

/** A sweep under way. */
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
  /** position of a sweep that is live and was not settled when this one began; 0: none */
  readonly earlierPosition: number
  /** since when something that is live has not been settled, milliseconds since the epoch */
  readonly unsettledSince: number
  readonly isLive: boolean
  readonly doneTo: number
  readonly until: number
}

/** Everything about the audiences of a workspace. */
export interface Audiences {
  readonly zone: string
  readonly audiences: readonly AudienceRow[]
  readonly versions: readonly VersionRow[]
  /** numbers of series by key */
  readonly series: ReadonlyMap<string, number>
  readonly sweep: SweepRow | undefined
  /** whether everyone must be asked again: the identity rules have changed */
  readonly reviewDue: boolean
  readonly catalog: AudienceCatalog
  /** keys of audiences by the version whose members are shown */
  readonly keys: ReadonlyMap<number, string>
}

export const NO_AUDIENCES: Audiences = {
  zone: 'UTC',
  audiences: [],
  versions: [],
  series: new Map(),
  sweep: undefined,
  reviewDue: false,
  catalog: new AudienceCatalog({ versions: [], series: new Map(), zone: 'UTC' }),
  keys: new Map(),
}

/** The same audiences, of which a sweep has come further. */
export function withSweep(audiences: Audiences, sweep: SweepRow): Audiences {
  return { ...audiences, catalog: audiences.catalog, sweep }
}

/** Reads the audiences of a workspace and compiles them. */
export async function readAudiences(database: Reader, workspace: number): Promise<Audiences> {
  const values = [workspace]
  const { rows: places } = await database.query<{ zone: string; reviewDue: boolean }>({
    name: 'workspace_zone',
    text: 'select zone, review_due as "reviewDue" from workspace join walk on workspace_id = id where id = $1',
    values,
  })
  const zone = places[0]?.zone ?? 'UTC'
  const { rows: audiences } = await database.query<AudienceRow>({
    name: 'audiences',
    text: `select id, key, name, condition, population, revision, live_version as "liveVersion", is_live as "isLive", fault, fault_code as "faultCode",
             created_at as "createdAt", changed_at as "changedAt"
           from audience where workspace_id = $1 order by id`,
    values,
  })
  const { rows: versions } = await database.query<VersionRow>({
    name: 'audience_versions',
    text: `select id, audience, revision, condition, follows, live_position as "livePosition"
           from audience_version where workspace_id = $1 order by id`,
    values,
  })
  const { rows: series } = await database.query<{ id: number; key: string }>({
    name: 'series',
    text: 'select id, key from series where workspace_id = $1',
    values,
  })
  const { rows: sweeps } = await database.query<SweepRow>({
    name: 'sweep',
    text: `select position, clock, versions, series, everyone, landed_position as "landedPosition", early, is_live as "isLive",
             earlier_position as "earlierPosition", unsettled_since as "unsettledSince",
             done_to as "doneTo", until
           from sweep where workspace_id = $1`,
    values,
  })
  const numbers = new Map(series.map(({ key, id }) => [key, id]))
  const [sweep] = sweeps
  const asleep = new Set(sweep?.landedPosition === 0 ? sweep.versions : [])
  let catalog: AudienceCatalog | undefined
  return {
    zone,
    audiences,
    versions,
    series: numbers,
    sweep,
    reviewDue: places[0]?.reviewDue ?? false,
    // compiling hundreds of conditions takes a while, and most readers do not ask them
    get catalog() {
      catalog ??= new AudienceCatalog({ versions, series: numbers, zone, asleep })
      return catalog
    },
    keys: new Map(
      audiences.filter(({ liveVersion }) => liveVersion !== 0).map((row) => [row.liveVersion, row.key]),
    ),
  }
}

/** What a sweep has found about fragments, by fragment; a fragment may have several rows. */
export async function findPastStates(
  database: Reader,
  workspace: number,
  fragments: readonly number[],
): Promise<Map<number, PastState[]>> {
  const { rows } = await database.query<{ fragment: number; sweep: number; body: string }>({
    name: 'past_states',
    text: `select s.fragment, s.sweep, s.body from unnest($2::bigint[]) as k (id)
           join sweep_state s on s.workspace_id = $1 and s.fragment = k.id`,
    values: [workspace, fragments],
  })
  const found = new Map<number, PastState[]>()
  for (const { fragment, sweep, body } of rows) {
    const past = { ...(JSON.parse(body) as Omit<PastState, 'sweep'>), sweep }
    const known = found.get(fragment)
    if (known === undefined) found.set(fragment, [past])
    else known.push(past)
  }
  return found
}

/** The latest sweep whose findings lie ready for the fragments; undefined: none. */
export function readySweep({ sweep }: Audiences): SweepMoment | undefined {
  if (sweep === undefined) return undefined
  const position = sweep.landedPosition === 0 ? sweep.earlierPosition : sweep.position
  return position === 0 ? undefined : { position, clock: sweep.clock }
}

/** Whether a fragment may still have to take what a sweep has found. */
export function lacksHistory(audiences: Audiences, id: number, state: FragmentState): boolean {
  const { sweep } = audiences
  const ready = readySweep(audiences)
  if (sweep === undefined || ready === undefined) return false
  return id < sweep.until && id >= sweep.doneTo && (state.e ?? 0) < ready.position
}

/** The definition of a version, for a statement. */
export function conditionCell(condition: Condition): string {
  return JSON.stringify(condition)
}
