import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'

const POLL_MS = 200

/**
 * Removes what ClickHouse has of a workspace: the rows of every table that has a `workspace`, partition by partition.
 * ClickHouse rewrites the parts that hold some, beside everything else. Tokens of blocks carry the workspace's number,
 * which is never given again: no later block is taken for one of these.
 * @param signal ends it between two partitions; ClickHouse goes on with the one that it has begun
 * @throws Error with what ClickHouse says when it cannot
 */
export async function removeAnalyticalRows(
  clickhouse: ClickHouseClient,
  workspace: number,
  signal: AbortSignal,
): Promise<void> {
  for (const table of await analyticalTables(clickhouse)) {
    for (;;) {
      const [partition] = await partitionsOf(clickhouse, table, workspace)
      if (partition === undefined) break
      if (!(await isUnderWay(clickhouse, table, workspace)))
        await clickhouse.command({
          query: `alter table ${table} delete in partition id '${partition}' where ${predicate(workspace)}`,
        })
      await pause(POLL_MS, undefined, { signal })
    }
  }
}

/** Tables with a column `workspace`. */
async function analyticalTables(clickhouse: ClickHouseClient): Promise<string[]> {
  const rows = await ask<{ table: string }>(
    clickhouse,
    `select table from system.columns
     where database = currentDatabase() and name = 'workspace' order by table`,
  )
  return rows.map(({ table }) => table)
}

async function partitionsOf(
  clickhouse: ClickHouseClient,
  table: string,
  workspace: number,
): Promise<string[]> {
  const rows = await ask<{ id: string }>(
    clickhouse,
    `select distinct _partition_id as id from ${table} where ${predicate(workspace)} order by id`,
  )
  return rows.map(({ id }) => id)
}

async function isUnderWay(clickhouse: ClickHouseClient, table: string, workspace: number): Promise<boolean> {
  const rows = await ask<{ command: string; reason: string }>(
    clickhouse,
    `select command, latest_fail_reason as reason from system.mutations
     where database = currentDatabase() and table = '${table}' and not is_done`,
  )
  const own = rows.filter(({ command }) => new RegExp(`${predicate(workspace)}\\b`).test(command))
  const failed = own.find(({ reason }) => reason !== '')
  if (failed !== undefined) throw new Error(`ClickHouse cannot remove rows: ${failed.reason}`)
  return own.length > 0
}

function predicate(workspace: number): string {
  return `workspace = ${workspace}`
}

async function ask<Row>(clickhouse: ClickHouseClient, query: string): Promise<Row[]> {
  const result = await clickhouse.query({ query, format: 'JSONEachRow' })
  return result.json<Row>()
}
