import { APPEND_FLUSH_BYTES_MAX, BODY_BYTES_MAX } from '@affluent/protocol/limits'
import type { Reader } from '../platform/database/connect.ts'
import { decodeFrame, type LogEvent, type LogRequest } from './log-frame.ts'

/** An event as it stands in the log, before anybody has parsed it. */
export interface LoggedEvent {
  readonly position: number
  readonly request: LogRequest
  readonly event: LogEvent
}

/** Part of the log, from its end. */
export interface LogScan {
  /** newest first; commands are left out */
  readonly events: readonly LoggedEvent[]
  /** whether everything asked for was seen; else what is below `from` was not */
  readonly isWhole: boolean
  readonly from: number
}

/** No commit holds more events: the shortest has more bytes. */
const COMMIT_EVENTS_MAX = (APPEND_FLUSH_BYTES_MAX + BODY_BYTES_MAX) / 16
const COMMITS_MAX = 1_000

/**
 * Looks at the log from its end: what was accepted is here as soon as it is acknowledged.
 * @param range positions, both included
 * @param bytes read at the most; the newest commit in question comes even when it is larger
 */
export async function scanLog(
  database: Reader,
  workspace: number,
  range: { readonly from: number; readonly to: number },
  bytes: number,
): Promise<LogScan> {
  if (range.from > range.to) return { events: [], isWhole: true, from: range.from }
  const { rows } = await database.query<{ first: number; last: number; body: Buffer }>({
    name: 'look_at_log',
    // the length of a body is known without reading it
    text: `select first, last, body from (
             select first, last, body, sum(bytes) over (order by last desc) - bytes as bytes_before
             from (select first_position as first, last_position as last, body, coalesce(bytes, length(body)) as bytes from log
                   where workspace_id = $1 and last_position >= $2 and last_position < $4 and first_position <= $3
                   order by last_position desc limit $6) newest) page
           where bytes_before < $5
           order by last desc`,
    values: [workspace, range.from, range.to, range.to + COMMIT_EVENTS_MAX, bytes, COMMITS_MAX],
  })
  const events: LoggedEvent[] = []
  for (const { first, body } of rows) {
    const frame = decodeFrame(body)
    if (frame.kind === 'command') continue
    const own: LoggedEvent[] = []
    let position = first
    for (const request of frame.requests) {
      for (const event of request.events) {
        if (position >= range.from && position <= range.to) own.push({ position, request, event })
        position++
      }
    }
    for (const each of own.reverse()) events.push(each)
  }
  const lowest = rows.at(-1)?.first
  const isWhole = lowest === undefined || lowest <= range.from || rows.length === 0
  return { events, isWhole, from: isWhole ? range.from : lowest }
}

/** Single events by position, as far as the log still has them. */
export async function findInLog(
  database: Reader,
  workspace: number,
  positions: readonly number[],
  bytes: number,
): Promise<Map<number, LoggedEvent>> {
  const found = new Map<number, LoggedEvent>()
  if (positions.length === 0) return found
  const { rows } = await database.query<{ first: number; body: Buffer }>({
    name: 'find_in_log',
    text: `select first, body from (
             select first, last, body, sum(bytes) over (order by last desc) - bytes as bytes_before
             from (select distinct on (l.last_position)
                     l.first_position as first, l.last_position as last, l.body, coalesce(l.bytes, length(l.body)) as bytes
                   from unnest($2::bigint[]) as k (position)
                   cross join lateral (
                     select first_position, last_position, body, bytes from log
                     where workspace_id = $1 and last_position >= k.position order by last_position limit 1) l
                   where l.first_position <= k.position) wanted) page
           where bytes_before < $3`,
    values: [workspace, positions, bytes],
  })
  const wanted = new Set(positions)
  for (const { first, body } of rows) {
    const frame = decodeFrame(body)
    if (frame.kind === 'command') continue
    let position = first
    for (const request of frame.requests) {
      for (const event of request.events) {
        if (wanted.has(position)) found.set(position, { position, request, event })
        position++
      }
    }
  }
  return found
}
