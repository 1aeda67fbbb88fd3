import type {
  AudienceChanges,
  AudienceRow,
  BackfillRow,
  VersionRow,
} from '@affluent/core/audience/audience-tables'
import type { Statement } from '../platform/database/statement.ts'
import { describeEvaluationDue } from './audience-store.ts'

/**
 * What a decision changes in the tables of audiences, as statements of one transaction.
 * @param position of the command that was decided
 */
export function describeAudienceChanges(
  workspace: number,
  changes: AudienceChanges,
  position: number,
): Statement[] {
  const { audiences, versions, series, backfill, historyTakenTo, next, evaluationDue } = changes
  return [
    ...describeDeleted(workspace, 'audience_version', changes.deletedVersions),
    ...describeDeleted(workspace, 'audience', changes.deletedAudiences),
    ...describeDeleted(workspace, 'series', changes.deletedSeries),
    ...describeAudiences(workspace, audiences),
    ...describeVersions(workspace, versions),
    ...describeSeries(workspace, series, position),
    ...(backfill === undefined ? [] : describeBackfill(workspace, backfill)),
    ...(historyTakenTo === undefined ? [] : [describeTaken(workspace, historyTakenTo)]),
    ...(next === undefined ? [] : [describeNumbers(workspace, next)]),
    ...(evaluationDue === undefined ? [] : [describeEvaluationDue(workspace, evaluationDue)]),
  ]
}

type OwnTable = 'audience' | 'audience_version' | 'series'

function describeDeleted(workspace: number, table: OwnTable, ids: readonly number[] = []): Statement[] {
  if (ids.length === 0) return []
  return [query(`delete from ${table} where workspace_id = $1 and id = any($2)`, [workspace, ids])]
}

function describeAudiences(workspace: number, rows: readonly AudienceRow[] = []): Statement[] {
  if (rows.length === 0) return []
  return [
    query(
      `insert into audience (workspace_id, id, key, name, condition, population, revision, live_version, is_live, fault, fault_code,
         created_at, changed_at)
       select $1, id, key, name, condition, population, revision, live_version, is_live, fault, fault_code, created_at, changed_at
       from unnest($2::int[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::int[], $8::int[], $9::boolean[], $10::text[], $11::text[],
         $12::timestamptz[], $13::timestamptz[])
         as n (id, key, name, condition, population, revision, live_version, is_live, fault, fault_code, created_at, changed_at)
       on conflict (workspace_id, id) do update set name = excluded.name, condition = excluded.condition,
         population = excluded.population, revision = excluded.revision, live_version = excluded.live_version,
         is_live = excluded.is_live, fault = excluded.fault, fault_code = excluded.fault_code, changed_at = excluded.changed_at`,
      [
        workspace,
        rows.map(({ id }) => id),
        rows.map(({ key }) => key),
        rows.map(({ name }) => name),
        rows.map(({ condition }) => JSON.stringify(condition)),
        rows.map(({ population }) => population),
        rows.map(({ revision }) => revision),
        rows.map(({ liveVersion }) => liveVersion),
        rows.map(({ isLive }) => isLive),
        rows.map(({ fault }) => fault),
        rows.map(({ faultCode }) => faultCode),
        rows.map(({ createdAt }) => createdAt.toISOString()),
        rows.map(({ changedAt }) => changedAt.toISOString()),
      ],
    ),
  ]
}

function describeVersions(workspace: number, rows: readonly VersionRow[] = []): Statement[] {
  if (rows.length === 0) return []
  return [
    query(
      `insert into audience_version (workspace_id, id, audience, revision, condition, follows, live_position, live_at)
       select $1, id, audience, revision, condition, follows, live_position, live_at
       from unnest($2::int[], $3::int[], $4::int[], $5::jsonb[], $6::int[], $7::bigint[], $8::timestamptz[])
         as n (id, audience, revision, condition, follows, live_position, live_at)
       on conflict (workspace_id, id) do update set live_position = excluded.live_position, live_at = excluded.live_at`,
      [
        workspace,
        rows.map(({ id }) => id),
        rows.map(({ audience }) => audience),
        rows.map(({ revision }) => revision),
        rows.map(({ condition }) => JSON.stringify(condition)),
        rows.map(({ follows }) => follows),
        rows.map(({ livePosition }) => livePosition),
        rows.map(({ liveAt }) => liveAt?.toISOString() ?? null),
      ],
    ),
  ]
}

function describeSeries(
  workspace: number,
  series: ReadonlyMap<string, number> = new Map(),
  position: number,
): Statement[] {
  if (series.size === 0) return []
  return [
    query(
      `insert into series (workspace_id, id, key, from_position)
       select $1, id, key, $4 from unnest($2::int[], $3::text[]) as n (id, key)`,
      [workspace, [...series.values()], [...series.keys()], position],
    ),
  ]
}

function describeBackfill(workspace: number, row: BackfillRow | null): Statement[] {
  if (row === null) return [query('delete from backfill where workspace_id = $1', [workspace])]
  return [
    query(
      `insert into backfill (workspace_id, position, clock, versions, series, everyone, ready_position, early, earlier_position,
         unsettled_since, is_live, done_to, until, started_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       on conflict (workspace_id) do update set position = excluded.position, clock = excluded.clock, versions = excluded.versions,
         series = excluded.series, everyone = excluded.everyone, ready_position = excluded.ready_position, early = excluded.early,
         earlier_position = excluded.earlier_position, unsettled_since = excluded.unsettled_since, is_live = excluded.is_live,
         done_to = excluded.done_to, until = excluded.until, started_at = excluded.started_at`,
      [
        workspace,
        row.position,
        row.clock,
        row.versions,
        row.series,
        row.everyone,
        row.readyPosition,
        row.early,
        row.earlierPosition,
        row.unsettledSince,
        row.isLive,
        row.doneTo,
        row.until,
        row.startedAt.toISOString(),
      ],
    ),
  ]
}

function describeTaken(workspace: number, to: number): Statement {
  return query('delete from backfill_state where workspace_id = $1 and fragment < $2', [workspace, to])
}

function describeNumbers(
  workspace: number,
  { audience, version, series }: NonNullable<AudienceChanges['next']>,
): Statement {
  return query(
    'update audience_numbers set next_audience = $2, next_version = $3, next_series = $4 where workspace_id = $1',
    [workspace, audience, version, series],
  )
}

function query(text: string, values: readonly unknown[]): Statement {
  return { kind: 'query', text, values }
}
