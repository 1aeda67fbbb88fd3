import type { AudienceCatalog } from '@affluent/core/audience/audience-catalog'
import {
  type AudienceNumbers,
  type AudienceRow,
  type AudienceTables,
  type BackfillRow,
  compileAudiences,
  type VersionRow,
} from '@affluent/core/audience/audience-tables'
import type { PastState } from '@affluent/core/audience/take-history'
import type { Client, Reader } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'
import { readHome } from '../platform/workspace/workspace-home.ts'

/** Everything about the audiences of a workspace. */
export interface Audiences extends AudienceTables {
  readonly catalog: AudienceCatalog
  /** keys of audiences by the version whose members are shown */
  readonly keys: ReadonlyMap<number, string>
}

const NO_TABLES: AudienceTables = {
  zone: 'UTC',
  audiences: [],
  versions: [],
  series: new Map(),
  backfill: undefined,
  evaluationDue: false,
  next: { audience: 1, version: 1, series: 1 },
}

export const NO_AUDIENCES: Audiences = {
  ...NO_TABLES,
  catalog: compileAudiences(NO_TABLES),
  keys: new Map(),
}

/** The same audiences, of which a backfill has come further. */
export function withBackfill(audiences: Audiences, backfill: BackfillRow): Audiences {
  return { ...audiences, catalog: audiences.catalog, backfill }
}

/** Reads the audiences of a workspace and compiles them. */
export async function readAudiences(database: Reader, workspace: number): Promise<Audiences> {
  const values = [workspace]
  const { zone } = await readHome(database, workspace)
  const { rows: numbers } = await database.query<AudienceNumbers & { evaluationDue: boolean }>({
    name: 'audience_numbers',
    text: `select next_audience as audience, next_version as version, next_series as series, evaluation_due as "evaluationDue"
           from audience_numbers where workspace_id = $1`,
    values,
  })
  const { rows: audiences } = await database.query<AudienceRow>({
    name: 'audiences',
    text: `select id, key, name, condition, population, revision, live_version as "liveVersion", is_live as "isLive", fault, fault_code as "faultCode",
             created_at as "createdAt", changed_at as "changedAt"
           from audience where workspace_id = $1 order by id`,
    values,
  })
  const { rows: versions } = await database.query<VersionRow>({
    name: 'audience_versions',
    text: `select id, audience, revision, condition, follows, live_position as "livePosition", live_at as "liveAt"
           from audience_version where workspace_id = $1 order by id`,
    values,
  })
  const { rows: series } = await database.query<{ id: number; key: string }>({
    name: 'series',
    text: 'select id, key from series where workspace_id = $1',
    values,
  })
  const { rows: backfills } = await database.query<BackfillRow>({
    name: 'backfill',
    text: `select position, clock, versions, series, everyone, ready_position as "readyPosition", early, is_live as "isLive",
             earlier_position as "earlierPosition", unsettled_since as "unsettledSince",
             done_to as "doneTo", until, started_at as "startedAt"
           from backfill where workspace_id = $1`,
    values,
  })
  const { evaluationDue, ...next } = numbers[0] ?? { ...NO_TABLES.next, evaluationDue: false }
  const tables: AudienceTables = {
    zone,
    audiences,
    versions,
    series: new Map(series.map(({ key, id }) => [key, id])),
    backfill: backfills[0],
    evaluationDue,
    next,
  }
  let catalog: AudienceCatalog | undefined
  return {
    ...tables,
    // compiling hundreds of conditions takes a while, and most readers do not ask them
    get catalog() {
      catalog ??= compileAudiences(tables)
      return catalog
    },
    keys: new Map(
      audiences.filter(({ liveVersion }) => liveVersion !== 0).map((row) => [row.liveVersion, row.key]),
    ),
  }
}

/** What a backfill has found about fragments, by fragment; a fragment may have several rows. */
export async function findPastStates(
  database: Reader,
  workspace: number,
  fragments: readonly number[],
): Promise<Map<number, PastState[]>> {
  const { rows } = await database.query<{ fragment: number; backfill: number; body: string }>({
    name: 'past_states',
    text: `select s.fragment, s.backfill, s.body from unnest($2::bigint[]) as k (id)
           cross join lateral (
             select fragment, backfill, body from backfill_state where workspace_id = $1 and fragment = k.id offset 0) s`,
    values: [workspace, fragments],
  })
  const found = new Map<number, PastState[]>()
  for (const { fragment, backfill, body } of rows) {
    const past = { ...(JSON.parse(body) as Omit<PastState, 'backfill'>), backfill }
    const known = found.get(fragment)
    if (known === undefined) found.set(fragment, [past])
    else known.push(past)
  }
  return found
}

/** Whether whoever is in an audience is to be asked anew. */
export function describeEvaluationDue(workspace: number, isDue = true): Statement {
  return {
    kind: 'query',
    text: 'update audience_numbers set evaluation_due = $2 where workspace_id = $1',
    values: [workspace, isDue],
  }
}

/** The numbers that audiences, versions and series of a new workspace get. */
export async function createAudienceNumbers(client: Client, workspace: number): Promise<void> {
  await client.query('insert into audience_numbers (workspace_id) values ($1)', [workspace])
}
