import type { FlatProperties } from '@affluent/core/event/flatten-properties'
import { type AnalyticalTable, BY_POSITION, DURABLE } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'

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
  readonly properties: FlatProperties
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
    this.#addProperties(row.properties)
    this.#count++
  }

  finish(): Buffer {
    return this.#writer.finish()
  }

  #addProperties({ num, text, flag, list }: FlatProperties): void {
    const writer = this.#writer
    writer.count(num.size)
    for (const [path, value] of num) {
      writer.text(path)
      writer.float64(value)
    }
    writer.count(text.size)
    for (const [path, value] of text) {
      writer.text(path)
      writer.text(value)
    }
    writer.count(flag.size)
    for (const [path, value] of flag) {
      writer.text(path)
      writer.uint8(value ? 1 : 0)
    }
    writer.count(list.size)
    for (const [path, values] of list) {
      writer.text(path)
      writer.count(values.length)
      for (const value of values) writer.text(value)
    }
  }
}

export const EVENT_COLUMNS =
  '(workspace, fragment, anchor, time, position, received, type, name, source, message_id, flags, ip, raw, num, text, flag, list)'

/**
 * Properties by path and type (ADR 0008). A path that is not there reads as 0, '' or an empty list: `mapContains`
 * tells.
 */
const PROPERTY_COLUMNS = [
  'num Map(LowCardinality(String), Float64) codec(ZSTD(1))',
  'text Map(LowCardinality(String), String) codec(ZSTD(1))',
  'flag Map(LowCardinality(String), Bool) codec(ZSTD(1))',
  'list Map(LowCardinality(String), Array(String)) codec(ZSTD(1))',
]

/** Parts of so many bytes before compression are one file; a full block is 20 to 50 MB. */
const COMPACT_BYTES = 64 * 1024 * 1024

/** Finds the events of one person, which the order by name scatters. */
const BY_FRAGMENT = 'by_fragment fragment type bloom_filter(0.01) granularity 1'

/**
 * Ordered by name first: a condition then reads the events that it names and no others. What a block brings is one file
 * and not one for each column: it is synced at once, and merged soon.
 */
export const EVENT_TABLE: AnalyticalTable = {
  name: 'event',
  create: `create table if not exists event (
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
     raw String codec(ZSTD(1)),
     ${PROPERTY_COLUMNS.join(',\n     ')},
     index ${BY_FRAGMENT},
     index ${BY_POSITION}
   ) engine = MergeTree
   partition by toYYYYMM(received)
   order by (workspace, name, fragment, time, position)
   settings ${DURABLE}, min_bytes_for_wide_part = ${COMPACT_BYTES}`,
  upgrades: [
    `alter table event ${[
      ...PROPERTY_COLUMNS.map((column) => `add column if not exists ${column}`),
      ...[BY_FRAGMENT, BY_POSITION].map((index) => `add index if not exists ${index}`),
    ].join(', ')}`,
  ],
}
