import type { MembershipChange } from '@affluent/core/audience/membership-evaluator'
import { MICRO_BATCH_EVENTS_MAX } from '@affluent/protocol/limits'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Database } from '../platform/database/connect.ts'

/** A membership that began or ended by one event. */
export type FoundMembership = Omit<MembershipChange, 'position'>

/** Memberships that began or ended at a position of the log, as ClickHouse has them. */
export async function findMembershipsAt(
  reads: WorkspaceReads,
  workspace: number,
  position: number,
): Promise<FoundMembership[]> {
  const rows = await reads.ask<{ version: number; profile: number; time_ms: number; entered: number }>({
    query: `select distinct version, profile, toUnixTimestamp64Milli(time) as time_ms, entered from membership
            where workspace = {workspace: UInt32} and position = {position: UInt64} order by version, profile`,
    params: { workspace, position },
  })
  return rows.map(({ version, profile, time_ms, entered }) => ({
    version,
    profile: Number(profile),
    time: Number(time_ms),
    entered: entered === 1,
  }))
}

/** A version of an audience whose members are shown. */
export interface LiveVersion {
  readonly id: number
  /** position from which its members are complete: what was before is no movement */
  readonly livePosition: number
  /** milliseconds since the epoch */
  readonly liveAt: number
}

/** The versions among these that are live. */
export async function findLiveVersions(
  database: Database,
  workspace: number,
  ids: readonly number[],
): Promise<LiveVersion[]> {
  const { rows } = await database.query<{ id: number; livePosition: number; liveAt: Date }>({
    name: 'live_versions',
    text: `select id, live_position as "livePosition", live_at as "liveAt" from audience_version
           where workspace_id = $1 and id = any($2) and live_at is not null`,
    values: [workspace, ids],
  })
  return rows.map(({ liveAt, ...row }) => ({ ...row, liveAt: liveAt.getTime() }))
}

/** What a day did to an audience. */
export interface DayOfAudience {
  /** of the workspace's calendar: 2026-11-22 */
  readonly day: string
  /** how many members more there are than the day before */
  readonly change: number
  readonly entered: number
  readonly exited: number
}

/**
 * Who was merged into somebody else leaves every audience, and the other goes on from there: an exit, and an entry
 * since when the first was in it. Neither is a movement. A move of a fragment stands at the end of its micro-batch.
 * @param tests SQL of the rows in question
 * @returns SQL of the positions at which that happened, with their moment
 */
function mergesSql(tests: string): string {
  return `(
    select version, position, max(time) as at
    from (
      select version, position, time, profile from membership final
      where ${tests} and entered = 0 and profile in (select fragment from profile_map where workspace = {workspace: UInt32})) as left_it
    any left join (
      select fragment, groupArray(position) as moves from profile_map where workspace = {workspace: UInt32} group by fragment
    ) as moved on moved.fragment = left_it.profile
    where arrayExists(move -> move >= left_it.position and move < left_it.position + ${MICRO_BATCH_EVENTS_MAX}, moved.moves)
    group by version, position)`
}

/**
 * Days on which the members of a version have changed, oldest first; what made it live is of the day on which it was.
 */
export async function viewDays(
  reads: WorkspaceReads,
  workspace: number,
  { id, livePosition, liveAt }: LiveVersion,
  at: { readonly position: number; readonly zone: string },
): Promise<DayOfAudience[]> {
  const tests =
    'workspace = {workspace: UInt32} and version = {version: UInt32} and position <= {position: UInt64}'
  const rows = await reads.ask<{ day: string; change: number; entered: number; exited: number }>({
    // an entry by a merge says that it holds since long ago; the exit beside it says when it was
    query: `
      select toString(toDate(greatest(step.time, merged.at, fromUnixTimestamp64Milli({liveAt: Int64}, 'UTC')), {zone: String})) as day,
        sum(step.delta) as change,
        countIf(step.delta = 1 and merged.position = 0 and step.position > {livePosition: UInt64}) as entered,
        countIf(step.delta = -1 and merged.position = 0 and step.position > {livePosition: UInt64}) as exited
      from (
        select change.1 as position, change.2 as time, change.3 as delta
        from (
          select arraySort(groupArray((position, time, entered))) as changes,
            arrayMap((change, index) -> (change.1, change.2, toInt8(change.3) - if(index = 1, 0, toInt8(changes[index - 1].3))),
              changes, arrayEnumerate(changes)) as deltas
          from membership final where ${tests} group by profile)
        array join deltas as change
        where change.3 != 0
      ) as step
      any left join ${mergesSql(tests)} as merged on merged.position = step.position
      group by day order by day`,
    params: { workspace, version: id, livePosition, liveAt, ...at },
  })
  return rows.map(({ day, change, entered, exited }) => ({
    day,
    change: Number(change),
    entered: Number(entered),
    exited: Number(exited),
  }))
}

/**
 * How many have entered and left since a moment, by version.
 * @param since milliseconds since the epoch
 */
export async function countMovements(
  reads: WorkspaceReads,
  workspace: number,
  versions: readonly LiveVersion[],
  since: number,
): Promise<Map<number, { readonly entered: number; readonly exited: number }>> {
  if (versions.length === 0) return new Map()
  const tests = `workspace = {workspace: UInt32} and version in {versions: Array(UInt32)}
    and time >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')
    and position > transform(version, {versions: Array(UInt32)}, {positions: Array(UInt64)}, toUInt64(0))`
  const rows = await reads.ask<{ version: number; came: number; went: number }>({
    query: `
      select step.version as version, countIf(step.entered = 1 and merged.position = 0) as came, countIf(step.entered = 0 and merged.position = 0) as went
      from (select version, position, entered from membership final where ${tests}) as step
      any left join ${mergesSql(tests)} as merged on merged.version = step.version and merged.position = step.position
      group by version`,
    params: {
      workspace,
      since,
      versions: versions.map(({ id }) => id),
      positions: versions.map(({ livePosition }) => livePosition),
    },
  })
  return new Map(
    rows.map(({ version, came, went }) => [version, { entered: Number(came), exited: Number(went) }]),
  )
}
