import type { ClickHouseClient } from '@clickhouse/client'
import { type AnalyticalTable, DURABLE } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'

/** A fragment that stands under another profile from a position on. */
export interface ProfileMapRow {
  readonly workspace: number
  readonly fragment: number
  readonly profile: number
  readonly position: number
}

/** Rows of `profile_map` in RowBinary form. */
export class ProfileMapRows {
  readonly #writer = new RowWriter()

  add(row: ProfileMapRow): void {
    this.#writer.uint32(row.workspace)
    this.#writer.uint64(row.fragment)
    this.#writer.uint64(row.profile)
    this.#writer.uint64(row.position)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const PROFILE_MAP_COLUMNS = '(workspace, fragment, profile, position)'

const CREATE = `create table if not exists profile_map (
     workspace UInt32,
     fragment UInt64,
     profile UInt64,
     position UInt64
   ) engine = ReplacingMergeTree
   order by (workspace, fragment, position)
   settings ${DURABLE}`

/** Which fragment stands under which profile, from which position on. */
export const PROFILE_MAP_TABLE: AnalyticalTable = {
  name: 'profile_map',
  create: CREATE,
  rebuild: keepEveryMove,
}

/**
 * The map used to keep the last move of a fragment only: its key gets the position. A crash in between is no harm: it
 * begins again.
 */
async function keepEveryMove(clickhouse: ClickHouseClient): Promise<void> {
  const made = 'profile_map_with_positions'
  await clickhouse.command({ query: `drop table if exists ${made}` })
  const result = await clickhouse.query({
    query:
      "select sorting_key from system.tables where database = currentDatabase() and name = 'profile_map'",
    format: 'JSONEachRow',
  })
  const [table] = await result.json<{ sorting_key: string }>()
  if (table?.sorting_key !== 'workspace, fragment') return
  await clickhouse.command({ query: CREATE.replace('profile_map', made) })
  await clickhouse.command({
    query: `insert into ${made} select workspace, fragment, profile, position from profile_map final`,
  })
  await clickhouse.command({ query: `exchange tables profile_map and ${made}` })
  await clickhouse.command({ query: `drop table ${made}` })
}
