import { isHistory } from '@affluent/core/delivery/route'
import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import type { JsonObject } from '@affluent/protocol/event'
import type { Database } from '../platform/database/connect.ts'
import type { AcceptedEvent, EventRun } from '../platform/processing/accepted-event.ts'
import type { CommandRun } from '../platform/processing/command.ts'
import { decodeFrame, type LogEvent, type LogRequest } from './log-frame.ts'

/**
 * Reads accepted events back from the log: after a restart, or when they did not fit into memory.
 * @param from position of the first event wanted
 * @param limit events at the most; at least one commit's events come even when they are more
 * @returns events up to the next command, or the command that stands at `from`; undefined when the log has nothing
 * there
 */
export async function readLog(
  database: Database,
  workspace: number,
  from: number,
  limit: { events: number; bytes: number },
): Promise<EventRun | CommandRun | undefined> {
  const { rows } = await database.query<{ first: number; last: number; body: Buffer }>({
    name: 'read_log',
    text: `select first, last, body from (
             select first, last, body, sum(bytes) over (order by last) - bytes as bytes_before
             from (select first_position as first, last_position as last, body, coalesce(bytes, length(body)) as bytes
                   from log where workspace_id = $1 and last_position >= $2 and first_position < $3) wanted) page
           where bytes_before < $4
           order by last`,
    values: [workspace, from, from + limit.events, limit.bytes],
  })
  const events: AcceptedEvent[] = []
  let bytes = 0
  let position = from
  for (const row of rows) {
    if (row.first > position) {
      throw new Error(
        `The log of workspace ${workspace} has a hole: position ${position} is missing, next is ${row.first}.`,
      )
    }
    const frame = decodeFrame(row.body)
    if (frame.kind === 'command') {
      if (events.length > 0) break
      return { first: row.first, command: frame.command }
    }
    const accepted = frame.requests.flatMap((request) =>
      request.events.map((event) => acceptAgain(request, event)),
    )
    for (let index = position - row.first; index < accepted.length; index++)
      events.push(accepted[index] as AcceptedEvent)
    bytes += row.body.length
    position = row.last + 1
  }
  return events.length === 0 ? undefined : { first: from, events, bytes }
}

/** An event of the log as the collector once made it. */
export function acceptAgain(request: LogRequest, { type, raw }: LogEvent): AcceptedEvent {
  const { source, receivedAt, timesAsGiven, ip } = request
  const json = JSON.parse(raw.toString('utf8')) as JsonObject
  const check = checkEvent(json, scanEvent(raw), request, type)
  const nothing = { name: '', messageId: undefined, rewritten: false, isPlain: false, warnings: [] }
  const checked = check.kind === 'accepted' ? check.event : { type, json, time: receivedAt, ...nothing }
  const history = isHistory({ time: checked.time, receivedAt }, request.history)
  const event = { checked, raw, source, receivedAt, history, timesAsGiven, ip }
  return check.kind === 'accepted' ? event : { ...event, unreadable: check.rejection }
}
