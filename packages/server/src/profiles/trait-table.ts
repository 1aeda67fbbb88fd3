import type { Json } from '@affluent/protocol/event'
import { type AnalyticalTable, DURABLE } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'

/** What a row of `trait` holds: a deletion, or a value of that type. */
const TRAIT_KIND = { deleted: 0, number: 1, text: 2, false: 3, true: 4, list: 5, object: 6 } as const

/** A trait that an identify set or deleted (`null`). */
export interface TraitRow {
  readonly workspace: number
  readonly name: string
  readonly fragment: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly position: number
  readonly value: Json
  /** a first-touch value: any that was set beats it, and of several the earliest stands */
  readonly isOnce: boolean
}

/** Rows of `trait` in RowBinary form: numbers in `num`, texts in `text`, lists and objects as JSON in `json`. */
export class TraitRows {
  readonly #writer = new RowWriter()

  add({ workspace, name, fragment, time, position, value, isOnce }: TraitRow): void {
    const writer = this.#writer
    writer.uint32(workspace)
    writer.text(name)
    writer.uint64(fragment)
    writer.uint64(time)
    writer.uint64(position)
    writer.uint8(kindOf(value))
    // never -0, which equals 0 and must be counted as the same
    writer.float64(typeof value === 'number' ? value + 0 : 0)
    writer.text(typeof value === 'string' ? value : '')
    writer.text(typeof value === 'object' && value !== null ? JSON.stringify(value) : '')
    writer.uint8(isOnce ? 1 : 0)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const TRAIT_COLUMNS = '(workspace, name, fragment, time, position, kind, num, text, json, once)'

function kindOf(value: Json): number {
  if (value === null) return TRAIT_KIND.deleted
  if (typeof value === 'number') return TRAIT_KIND.number
  if (typeof value === 'string') return TRAIT_KIND.text
  if (typeof value === 'boolean') return value ? TRAIT_KIND.true : TRAIT_KIND.false
  return Array.isArray(value) ? TRAIT_KIND.list : TRAIT_KIND.object
}

/** 1: a first-touch value. */
const ONCE_COLUMN = 'once UInt8'

/**
 * Newest by (time, position) over the fragments of a profile wins; where none was set, the earliest first-touch value.
 */
export const TRAIT_TABLE: AnalyticalTable = {
  name: 'trait',
  create: `create table if not exists trait (
     workspace UInt32,
     name LowCardinality(String),
     fragment UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     position UInt64,
     kind UInt8,
     num Float64,
     text String codec(ZSTD(1)),
     json String codec(ZSTD(1)),
     ${ONCE_COLUMN}
   ) engine = ReplacingMergeTree
   order by (workspace, name, fragment, time, position)
   settings ${DURABLE}`,
  upgrades: [`alter table trait add column if not exists ${ONCE_COLUMN}`],
}
