import type { ClickHouseClient } from '@clickhouse/client'

/** Fragments whose events, identifiers or profile came after one position and up to another; who was parted from one of them is named too. */
export async function findTouchedFragments(
  clickhouse: ClickHouseClient,
  workspace: number,
  after: number,
  to: number,
): Promise<number[]> {
  const within = 'workspace = {workspace: UInt32} and position > {after: UInt64} and position <= {to: UInt64}'
  const result = await clickhouse.query({
    query: `select distinct fragment from (
              select fragment from event where ${within} and fragment != 0
              union all select fragment from profile_map where ${within}
              union all select profile as fragment from profile_map
                where workspace = {workspace: UInt32} and fragment in (select fragment from profile_map where ${within})
              union all select fragment from identifier where ${within})`,
    query_params: { workspace, after, to },
    format: 'JSONEachRow',
  })
  return (await result.json<{ fragment: number }>()).map(({ fragment }) => Number(fragment))
}
