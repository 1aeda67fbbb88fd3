import type { EventType, JsonObject } from '@affluent/protocol/event'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'

/** One event of a person, as ClickHouse has it. */
export interface EventView {
  readonly position: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly received: number
  readonly type: EventType
  readonly source: number
  readonly messageId: string
  readonly raw: JsonObject
}

interface Row {
  readonly position: number
  readonly time_ms: number
  readonly received_ms: number
  readonly type: EventType
  readonly source: number
  readonly message_id: string
  readonly raw: string
}

/** Where a page of events ends: the next one is strictly older. */
export interface EventsBefore {
  readonly time: number
  readonly position: number
}

/** Events of a person over all fragments, newest first. */
export async function viewEvents(
  reads: WorkspaceReads,
  workspace: number,
  fragments: readonly number[],
  page: { readonly limit: number; readonly before: EventsBefore | undefined },
): Promise<EventView[]> {
  const before = page.before ?? { time: Number.MAX_SAFE_INTEGER, position: Number.MAX_SAFE_INTEGER }
  const rows = await reads.ask<Row>({
    query: `select position, toUnixTimestamp64Milli(time) as time_ms, toUnixTimestamp64Milli(received) as received_ms,
              type, source, message_id, raw
            from event
            where workspace = {workspace: UInt32} and fragment in {fragments: Array(UInt64)}
              and (time_ms, position) < ({time: Int64}, {position: UInt64})
            order by time_ms desc, position desc limit {limit: UInt32}`,
    params: { workspace, fragments, time: before.time, position: before.position, limit: page.limit },
  })
  return rows.map((row) => ({
    position: Number(row.position),
    time: Number(row.time_ms),
    received: Number(row.received_ms),
    type: row.type,
    source: row.source,
    messageId: row.message_id,
    raw: JSON.parse(row.raw) as JsonObject,
  }))
}

/** Rows of a workspace in ClickHouse. */
export async function countEvents(reads: WorkspaceReads, workspace: number): Promise<number> {
  const [row] = await reads.ask<{ events: number }>({
    query: 'select count() as events from event where workspace = {workspace: UInt32}',
    params: { workspace },
  })
  return Number(row?.events ?? 0)
}
