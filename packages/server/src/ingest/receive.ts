import { isHistory } from '@affluent/core/delivery/route'
import { checkEvent, checkShared, readSentAt } from '@affluent/core/event/check-event'
import { cutOwnAddress } from '@affluent/core/event/network-address'
import { SCAN_FLAGS, type ScannedEvent, scanEvent } from '@affluent/core/event/scan-json'
import { repairText } from '@affluent/core/event/text'
import type { Rejection, Warning } from '@affluent/protocol/codes'
import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import { ANSWER_WARNINGS_MAX, EVENT_NAME_BYTES_MAX } from '@affluent/protocol/limits'
import type { Append, RefusedEvent } from '../log/event-log.ts'
import type { LogEvent } from '../log/log-frame.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { type ParsedBody, rawOf } from '../platform/http/parse-body.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'

/** How a body is to be read: one event whose type the path names, or a list of them. */
export type Route =
  | { readonly kind: 'event'; readonly type: EventType }
  | { readonly kind: 'batch'; readonly isImport: boolean; readonly history: boolean }

/** What stage 1 made of a request. */
export interface Received {
  readonly append: Append
  readonly rejected: readonly (Rejection & { readonly index: number })[]
  readonly warnings: readonly (Warning & { readonly index: number })[]
}

/**
 * Stage 1: is every event well formed and in size? Each is taken or refused by itself.
 * @param from the source, the time of receipt (milliseconds since the epoch) and the sender's address, cut to its
 * network
 * @throws ApiError when the body is no batch that could hold an event
 */
export function receive(
  body: ParsedBody,
  route: Route,
  from: { readonly source: number; readonly receivedAt: number; readonly ip: string },
): Received {
  const isBatch = route.kind === 'batch' && !isSingleImport(body, route)
  const values = isBatch ? batchOf(body.json) : [body.json]
  const scans = isBatch ? body.items : [body.whole]
  const request = {
    receivedAt: from.receivedAt,
    sentAt: isBatch ? readSentAt(body.json['sentAt']) : undefined,
    timesAsGiven: route.kind === 'batch' && route.isImport,
    shared: isBatch ? sharedOf(body) : undefined,
  }
  const { timesAsGiven } = request
  const events: LogEvent[] = []
  const accepted: AcceptedEvent[] = []
  const refused: RefusedEvent[] = []
  const rejected: (Rejection & { index: number })[] = []
  const warnings: (Warning & { index: number })[] = []
  const sentAsHistory = route.kind === 'batch' && route.history
  const { source, receivedAt, ip } = from
  let bytes = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    const scanned = scans[index] as ScannedEvent
    // the address as it came is kept nowhere
    const isCut = isObject(value) && cutOwnAddress(value)
    const raw = isCut ? Buffer.from(JSON.stringify(value)) : rawOf(body, scanned)
    const check = checkEvent(value, scanned, request, route.kind === 'event' ? route.type : undefined)
    bytes += raw.length
    if (check.kind === 'refused') {
      rejected.push({ index, ...check.rejection })
      const type = route.kind === 'event' ? route.type : undefined
      refused.push({
        rejection: check.rejection,
        source,
        receivedAt,
        raw,
        ...{ history: sentAsHistory, timesAsGiven },
        ...readHead(value, type),
      })
      continue
    }
    const { event } = check
    for (const warning of event.warnings)
      if (warnings.length < ANSWER_WARNINGS_MAX) warnings.push({ index, ...warning })
    events.push({ type: event.type, raw })
    const history = isHistory({ time: event.time, receivedAt }, sentAsHistory)
    accepted.push({ checked: event, raw, source, receivedAt, history, timesAsGiven, ip })
  }
  return {
    append: { request: { ...request, source, history: sentAsHistory, ip, events }, accepted, refused, bytes },
    rejected,
    warnings,
  }
}

/**
 * What can be told of something that was refused.
 * @param routeType the type that the route names
 */
function readHead(
  value: Json | undefined,
  routeType: EventType | undefined,
): { readonly type: EventType | undefined; readonly name: string | undefined } {
  const json = isObject(value) ? value : {}
  const type = routeType ?? EVENT_TYPES.find((each) => each === json['type'])
  const said = type === 'track' ? json['event'] : json['name']
  const isName =
    typeof said === 'string' && Buffer.byteLength(said) <= EVENT_NAME_BYTES_MAX && !said.includes('\u0000')
  return { type, name: isName ? said.toWellFormed() : undefined }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `/v1/import` takes a single event too, as RudderStack's does. */
function isSingleImport(body: ParsedBody, route: Route): boolean {
  return (
    route.kind === 'batch' &&
    route.isImport &&
    body.json['batch'] === undefined &&
    body.json['type'] !== undefined
  )
}

function batchOf(json: JsonObject): readonly Json[] {
  const { batch } = json
  if (!Array.isArray(batch))
    throw new ApiError(400, 'batch_not_array', '"batch" must be an array.', { path: 'batch' })
  if (batch.length === 0) throw new ApiError(400, 'empty_batch', '"batch" is empty.', { path: 'batch' })
  return batch
}

/** What the batch says for all its events, kept with them in the log; bounded, since every event gets it. */
function sharedOf(body: ParsedBody): JsonObject | undefined {
  cutOwnAddress(body.json)
  const shared: JsonObject = {}
  for (const key of ['context', 'integrations']) {
    const value = body.json[key]
    if (isObject(value)) shared[key] = value
  }
  if (Object.keys(shared).length === 0) return undefined
  const text = JSON.stringify(shared)
  const scanned = scanEvent(Buffer.from(text, 'utf8'))
  // what only the bytes as they came could show
  const fault = checkShared(shared, { ...scanned, flags: scanned.flags | body.whole.flags })
  if (fault !== undefined) {
    const status = fault.code === 'event_too_large' ? 413 : 400
    throw new ApiError(status, fault.code, fault.message, { path: fault.path ?? 'context' })
  }
  if ((body.whole.flags & SCAN_FLAGS.unicodeEscape) === 0) return shared
  return JSON.parse(text, (_, value: Json) =>
    typeof value === 'string' ? repairText(value) : value,
  ) as JsonObject
}
