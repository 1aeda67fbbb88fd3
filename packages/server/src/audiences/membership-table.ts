import { type AnalyticalTable, BY_POSITION, DURABLE } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'

/** A profile that entered or left a version of an audience at a position. */
export interface MembershipRow {
  readonly workspace: number
  readonly version: number
  readonly profile: number
  readonly position: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/** Rows of `membership` in RowBinary form. */
export class MembershipRows {
  readonly #writer = new RowWriter()

  add(row: MembershipRow): void {
    this.#writer.uint32(row.workspace)
    this.#writer.uint32(row.version)
    this.#writer.uint64(row.profile)
    this.#writer.uint64(row.position)
    this.#writer.uint64(row.time)
    this.#writer.uint8(row.entered ? 1 : 0)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const MEMBERSHIP_COLUMNS = '(workspace, version, profile, position, time, entered)'

/** Who entered and left which version of an audience. */
export const MEMBERSHIP_TABLE: AnalyticalTable = {
  name: 'membership',
  create: `create table if not exists membership (
     workspace UInt32,
     version UInt32,
     profile UInt64,
     position UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     entered UInt8,
     index ${BY_POSITION}
   ) engine = ReplacingMergeTree
   order by (workspace, version, profile, position)
   settings ${DURABLE}`,
  upgrades: [`alter table membership add index if not exists ${BY_POSITION}`],
}
