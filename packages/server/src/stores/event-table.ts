import type { ClickHouseClient } from '@clickhouse/client'
import { RowWriter } from './row-writer.ts'

/*
 * Rows carry immutable fragments; which profile a fragment stands under is in `profile_map`, by position. A block that is inserted again under its token
 * is dropped. Parts are synced before the insert is answered: the loader then lets the log go.
 */
const DURABLE =
  'fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000'

const TABLES = [
  `create table if not exists event (
     workspace UInt32,
     fragment UInt64,
     anchor UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     position UInt64,
     received DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     type LowCardinality(String),
     name LowCardinality(String),
     source UInt32,
     message_id String codec(ZSTD(1)),
     flags UInt8,
     ip LowCardinality(String),
     raw String codec(ZSTD(1))
   ) engine = MergeTree
   partition by toYYYYMM(received)
   order by (workspace, fragment, time, position)
   settings ${DURABLE}`,
  `create table if not exists profile_map (
     workspace UInt32,
     fragment UInt64,
     profile UInt64,
     position UInt64
   ) engine = ReplacingMergeTree(position)
   order by (workspace, fragment)
   settings ${DURABLE}`,
]

/** Makes the tables of the analytical store where they are missing. */
export async function createEventTables(clickhouse: ClickHouseClient): Promise<void> {
  for (const query of TABLES) await clickhouse.command({ query })
}

/** One row of `event`. */
export interface EventRow {
  readonly workspace: number
  readonly fragment: number
  readonly anchor: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly position: number
  /** milliseconds since the epoch */
  readonly received: number
  readonly type: string
  readonly name: string
  readonly source: number
  readonly messageId: string
  readonly flags: number
  readonly ip: string
  readonly raw: Buffer | string
}

/** Rows of `event` in ClickHouse's RowBinary form: the cheapest for both sides (ADR 0002). */
export class EventRows {
  readonly #writer = new RowWriter()
  #count = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#writer.bytes
  }

  add(row: EventRow): void {
    const writer = this.#writer
    writer.uint32(row.workspace)
    writer.uint64(row.fragment)
    writer.uint64(row.anchor)
    writer.uint64(row.time)
    writer.uint64(row.position)
    writer.uint64(row.received)
    writer.text(row.type)
    writer.text(row.name)
    writer.uint32(row.source)
    writer.text(row.messageId)
    writer.uint8(row.flags)
    writer.text(row.ip)
    writer.text(row.raw)
    this.#count++
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const EVENT_COLUMNS =
  '(workspace, fragment, anchor, time, position, received, type, name, source, message_id, flags, ip, raw)'
export const PROFILE_MAP_COLUMNS = '(workspace, fragment, profile, position)'
