import { checkEvent } from '@affluent/core/event/check-event'
import { scanJson } from '@affluent/core/event/scan-json'
import type { JsonObject } from '@affluent/protocol/event'
import type { Database } from '../database/connect.ts'
import type { AcceptedEvent, EventRun } from '../pipeline/accepted-event.ts'
import { decodeFrame, type LogRequest } from './log-frame.ts'

/**
 * Reads accepted events back from the log: after a restart, or when they did not fit into memory.
 * @param from position of the first event wanted
 * @param limit events at the most; at least one commit's events come even when they are more
 * @returns undefined when the log has nothing at `from`
 */
export async function readLog(
  database: Database,
  workspace: number,
  from: number,
  limit: { events: number; bytes: number },
): Promise<EventRun | undefined> {
  const { rows } = await database.query<{ first: number; last: number; body: Buffer }>({
    name: 'read_log',
    text: `select first, last, body from (
             select first_position as first, last_position as last, body,
               sum(length(body)) over (order by last_position) - length(body) as bytes_before
             from log where workspace_id = $1 and last_position >= $2 and first_position < $3) page
           where bytes_before < $4
           order by last`,
    values: [workspace, from, from + limit.events, limit.bytes],
  })
  const events: AcceptedEvent[] = []
  let bytes = 0
  let position = from
  for (const row of rows) {
    if (row.first > position && events.length === 0 && row.first !== from) {
      throw new Error(
        `The log of workspace ${workspace} has a hole: position ${from} is missing, next is ${row.first}.`,
      )
    }
    const frame = decodeFrame(row.body).flatMap(toAccepted)
    const skip = Math.max(0, from - row.first)
    for (let index = skip; index < frame.length; index++) events.push(frame[index] as AcceptedEvent)
    bytes += row.body.length
    position = row.last + 1
  }
  return events.length === 0 ? undefined : { first: from, events, bytes }
}

function toAccepted(request: LogRequest): AcceptedEvent[] {
  return request.events.map(({ type, raw }) => {
    const scan = scanJson(raw)
    const value = JSON.parse(raw.toString('utf8')) as JsonObject
    const scanned = scan.kind === 'scanned' ? scan.whole : undefined
    const check = scanned === undefined ? undefined : checkEvent(value, scanned, request, type)
    if (check?.kind !== 'accepted') {
      throw new Error(`The log holds an event that the door would refuse (source ${request.source}).`)
    }
    const { source, receivedAt, history, ip } = request
    return { checked: check.event, raw, source, receivedAt, history, ip }
  })
}
