import type { ClickHouseClient } from '@clickhouse/client'

/** A stretch of the log, and how far the workspace's time went on in it. */
export interface Stretch {
  /** positions after this one ... */
  readonly after: number
  /** ... and up to this one */
  readonly to: number
  /** the workspace's time at its start, milliseconds since the epoch ... */
  readonly from: number
  /** ... and at its end or later */
  readonly until: number
}

/**
 * Fragments whose events, identifiers or profile came within a stretch of the log; who was parted from one of them is
 * named too, and whose events of before lay in the future and have come meanwhile: what they say is true since then.
 */
export async function findTouchedFragments(
  clickhouse: ClickHouseClient,
  workspace: number,
  { after, to, from, until }: Stretch,
): Promise<number[]> {
  const within = 'workspace = {workspace: UInt32} and position > {after: UInt64} and position <= {to: UInt64}'
  const result = await clickhouse.query({
    query: `select distinct fragment from (
              select fragment from event where ${within} and fragment != 0
              union all select fragment from event
                where workspace = {workspace: UInt32} and position <= {after: UInt64} and fragment != 0
                and time > fromUnixTimestamp64Milli({from: Int64}, 'UTC')
                and time <= fromUnixTimestamp64Milli({until: Int64}, 'UTC')
              union all select fragment from profile_map where ${within}
              union all select profile as fragment from profile_map
                where workspace = {workspace: UInt32} and fragment in (select fragment from profile_map where ${within})
              union all select fragment from identifier where ${within})`,
    query_params: { workspace, after, to, from, until },
    format: 'JSONEachRow',
  })
  return (await result.json<{ fragment: number }>()).map(({ fragment }) => Number(fragment))
}
