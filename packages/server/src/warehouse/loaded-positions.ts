import type { ClickHouseClient } from '@clickhouse/client'

/**
 * Positions of a stretch of the log that have their row in ClickHouse. Reads a whole column: for the rare block that
 * comes again.
 */
export async function findLoadedPositions(
  clickhouse: ClickHouseClient,
  workspace: number,
  from: number,
  to: number,
): Promise<Set<number>> {
  const result = await clickhouse.query({
    query: `select position from event
            where workspace = {workspace: UInt32} and position between {from: UInt64} and {to: UInt64}`,
    query_params: { workspace, from, to },
    format: 'JSONEachRow',
  })
  return new Set((await result.json<{ position: number }>()).map(({ position }) => Number(position)))
}
