import type { SqlQuery } from '@affluent/core/condition/sql/sql-query'
import { CallerGone, type WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import { conditionErrorOfEngine } from '../platform/clickhouse/condition-error-of-engine.ts'

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
  reads: WorkspaceReads,
  workspace: number,
  versions: readonly number[],
  position: number,
): Promise<Map<number, number>> {
  if (versions.length === 0) return new Map()
  const rows = await reads.ask<{ version: number; members: number }>({
    query: `select version, count() as members from (
              select version, profile, argMax(entered, position) as is_in from membership
              where workspace = {workspace: UInt32} and version in {versions: Array(UInt32)} and position <= {position: UInt64}
              group by version, profile having is_in = 1)
            group by version`,
    params: { workspace, versions, position },
  })
  return new Map(rows.map(({ version, members }) => [version, Number(members)]))
}

/** A page of members in the order of their profile's number. */
export async function viewMembers(
  reads: WorkspaceReads,
  at: MembersAt,
  page: { readonly after: number; readonly limit: number },
): Promise<MemberView[]> {
  const rows = await reads.ask<{ profile: number; since: number }>({
    query: `${MEMBERS} order by profile limit {limit: UInt32}`,
    params: { ...at, from: page.after, limit: page.limit },
  })
  return rows.map(({ profile, since }) => ({ profile: Number(profile), since: Number(since) }))
}

/** How many people a question finds, and the first few of them. */
export async function previewMembers(
  reads: WorkspaceReads,
  { query, params, settings }: SqlQuery,
  sample: number,
): Promise<{ readonly size: number; readonly sample: readonly number[] }> {
  const [row] = await reads.ask<{ size: number; sample: number[] }>({
    query: `select count() as size, groupArraySorted(${sample})(profile) as sample from (${query})`,
    params,
    settings,
  })
  return { size: Number(row?.size ?? 0), sample: (row?.sample ?? []).map(Number) }
}

/**
 * Lets ClickHouse read a question without planning or asking it: that may take seconds.
 * @throws ClickHouseError when it cannot be asked at all; that ClickHouse has no time now is no reason to refuse it
 */
export async function checkAnswerable(
  reads: WorkspaceReads,
  { query, params, settings }: SqlQuery,
): Promise<void> {
  try {
    await reads.ask({ query: `explain ast ${query}`, params, settings })
  } catch (error) {
    if (conditionErrorOfEngine(error) !== undefined || error instanceof CallerGone) throw error
  }
}
