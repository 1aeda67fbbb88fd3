import type { SqlQuery } from '@affluent/core/condition/sql/sql-query'
import type { ClickHouseClient } from '@clickhouse/client'

/** A member of an audience. */
export interface MemberView {
  readonly profile: number
  /** milliseconds since the epoch */
  readonly since: number
}

const MEMBERS = `
  select profile, argMax(toUnixTimestamp64Milli(time), position) as since, argMax(entered, position) as is_in
  from membership
  where workspace = {workspace: UInt32} and version = {version: UInt32} and position <= {position: UInt64} and profile > {from: UInt64}
  group by profile having is_in = 1`

/** Who is asked for: the members of a version as of a log position. Count and list come from the same rows. */
export interface MembersAt {
  readonly workspace: number
  readonly version: number
  readonly position: number
}

/** Sizes of several versions, by version. */
export async function countMembersOf(
  clickhouse: ClickHouseClient,
  workspace: number,
  versions: readonly number[],
  position: number,
): Promise<Map<number, number>> {
  if (versions.length === 0) return new Map()
  const result = await clickhouse.query({
    query: `select version, count() as members from (
              select version, profile, argMax(entered, position) as is_in from membership
              where workspace = {workspace: UInt32} and version in {versions: Array(UInt32)} and position <= {position: UInt64}
              group by version, profile having is_in = 1)
            group by version`,
    query_params: { workspace, versions, position },
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ version: number; members: number }>()
  return new Map(rows.map(({ version, members }) => [version, Number(members)]))
}

/** A page of members in the order of their profile's number. */
export async function viewMembers(
  clickhouse: ClickHouseClient,
  at: MembersAt,
  page: { readonly after: number; readonly limit: number },
): Promise<MemberView[]> {
  const result = await clickhouse.query({
    query: `${MEMBERS} order by profile limit {limit: UInt32}`,
    query_params: { ...at, from: page.after, limit: page.limit },
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ profile: number; since: number }>()
  return rows.map(({ profile, since }) => ({ profile: Number(profile), since: Number(since) }))
}

/** How many people a question finds, and the first few of them. */
export async function previewMembers(
  clickhouse: ClickHouseClient,
  { query, params }: SqlQuery,
  sample: number,
): Promise<{ readonly size: number; readonly sample: readonly number[] }> {
  const result = await clickhouse.query({
    query: `select count() as size, groupArraySorted(${sample})(profile) as sample from (${query})`,
    query_params: params,
    format: 'JSONEachRow',
  })
  const [row] = await result.json<{ size: number; sample: number[] }>()
  return { size: Number(row?.size ?? 0), sample: (row?.sample ?? []).map(Number) }
}
