import { isHistory } from '@affluent/core/delivery/route'
import { checkBounds, checkEvent, checkShared, readSentAt } from '@affluent/core/event/check-event'
import { findJsonFault } from '@affluent/core/event/json-fault'
import { cutOwnAddress } from '@affluent/core/event/network-address'
import {
  brokenBound,
  SCAN_FLAGS,
  type ScannedEvent,
  scanBatch,
  scanEvent,
} from '@affluent/core/event/scan-json'
import { repairText } from '@affluent/core/event/text'
import type { Refusal, Warning } from '@affluent/protocol/codes'
import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import {
  ANSWER_WARNINGS_MAX,
  BATCH_EVENTS_MAX,
  BODY_DEPTH_MAX,
  BODY_PARTS_MAX,
  EVENT_NAME_BYTES_MAX,
} from '@affluent/protocol/limits'
import type { Append, RefusedEvent } from '../log/event-log.ts'
import type { LogEvent } from '../log/log-frame.ts'
import type { AcceptedEvent } from '../pipeline/accepted-event.ts'
import { RefusalError } from './refusal-error.ts'

/** A body that was parsed, before anybody asked whose it is. */
export interface ParsedBody {
  readonly bytes: Buffer
  readonly json: JsonObject
  readonly whole: ScannedEvent
  /** the events of a batch; one that breaks a bound was not parsed, and `null` stands for it in `json` */
  readonly items: readonly ScannedEvent[]
}

/** How a body is to be read: one event whose type the path names, or a list of them. */
export type Route =
  | { readonly kind: 'event'; readonly type: EventType }
  | { readonly kind: 'batch'; readonly isImport: boolean; readonly history: boolean }

/** What room 1 made of a request. */
export interface Received {
  readonly append: Append
  readonly rejected: readonly (Refusal & { readonly index: number })[]
  readonly warnings: readonly (Warning & { readonly index: number })[]
}

/**
 * Parses a body that is one value: an event, or what the API is asked.
 * @throws RefusalError 400 or 413 when it is no JSON object, or would cost a parser too much
 */
export function parseBody(bytes: Buffer): ParsedBody {
  return parseScanned(bytes, scanEvent(bytes))
}

function parseScanned(bytes: Buffer, whole: ScannedEvent): ParsedBody {
  if (whole.depth > BODY_DEPTH_MAX) throw tooDeep()
  if (whole.parts > BODY_PARTS_MAX) throw tooManyParts(BODY_PARTS_MAX)
  return { bytes, json: parseObject(bytes, []), whole, items: [] }
}

/**
 * Parses a body that is one event. Of one that would cost a parser too much the bytes show which bound of an event it breaks.
 * @throws RefusalError as of `parseBody`
 */
export function parseEvent(bytes: Buffer): ParsedBody {
  const whole = scanEvent(bytes)
  const isCostly = whole.depth <= BODY_DEPTH_MAX && whole.parts > BODY_PARTS_MAX
  const fault = isCostly ? checkBounds(whole, 'This event') : undefined
  if (fault === undefined) return parseScanned(bytes, whole)
  throw new RefusalError(fault.code === 'event_too_large' ? 413 : 400, fault.code, fault.message)
}

/**
 * Parses a body that holds a list of events. An event that breaks a bound by its bytes never reaches the parser: it is refused alone, and costs its
 * neighbours nothing.
 * @param partsMax what the parser may be given
 * @throws RefusalError as of `parseBody`
 */
export function parseBatch(bytes: Buffer, partsMax: number): ParsedBody {
  const { whole, items, fault } = scanBatch(bytes, partsMax)
  if (fault === 'too_many_events') throw tooManyEvents()
  if (fault === 'too_deep') throw tooDeep()
  if (fault === 'too_many_parts') throw tooManyParts(partsMax)
  const cut = items.filter((item) => brokenBound(item) !== undefined)
  return { bytes, json: parseObject(bytes, cut), whole, items }
}

/** @param cut pieces of the bytes that are not to be parsed, in order */
function parseObject(bytes: Buffer, cut: readonly ScannedEvent[]): JsonObject {
  const json = parseJson(bytes, cut)
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  throw new RefusalError(400, 'not_an_object', 'The body must be a JSON object.')
}

function parseJson(bytes: Buffer, cut: readonly ScannedEvent[]): Json {
  let text = ''
  let from = 0
  for (const { start, end } of cut) {
    text += `${bytes.toString('utf8', from, start)}null`
    from = end
  }
  text += bytes.toString('utf8', from)
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw invalidJson(bytes, error)
  }
}

/** What the parser says differs from one version of Node to the next, and quotes the input. */
function invalidJson(bytes: Buffer, cause: unknown): RefusalError {
  const place = findJsonFault(bytes) ?? bytes.length
  const where = place < bytes.length ? `position ${place}` : 'it ends too early'
  return new RefusalError(400, 'invalid_json', `The body is not valid JSON (${where}).`, { cause })
}

function tooDeep(): RefusalError {
  return new RefusalError(400, 'too_deep', `The body is nested more than ${BODY_DEPTH_MAX} levels.`)
}

function tooManyParts(max: number): RefusalError {
  const limit = max.toLocaleString('en-US')
  const message = `The body has more than ${limit} keys and items of arrays. Send it in parts.`
  return new RefusalError(413, 'too_many_keys', message)
}

function tooManyEvents(): RefusalError {
  const limit = BATCH_EVENTS_MAX.toLocaleString('en-US')
  const message = `A batch may have ${limit} events; this one has more. Send several.`
  return new RefusalError(413, 'too_many_events', message, { path: 'batch' })
}

/**
 * Room 1: is every event well formed and in size? Each is taken or refused by itself.
 * @param from the source, the time of receipt (milliseconds since the epoch) and the sender's address, cut to its network
 * @throws RefusalError when the body is no batch that could hold an event
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
  const rejected: (Refusal & { index: number })[] = []
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
      rejected.push({ index, ...check.refusal })
      const type = route.kind === 'event' ? route.type : undefined
      refused.push({
        refusal: check.refusal,
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
    throw new RefusalError(400, 'batch_not_array', '"batch" must be an array.', { path: 'batch' })
  if (batch.length === 0) throw new RefusalError(400, 'empty_batch', '"batch" is empty.', { path: 'batch' })
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
    throw new RefusalError(status, fault.code, fault.message, { path: fault.path ?? 'context' })
  }
  if ((body.whole.flags & SCAN_FLAGS.unicodeEscape) === 0) return shared
  return JSON.parse(text, (_, value: Json) =>
    typeof value === 'string' ? repairText(value) : value,
  ) as JsonObject
}

/** An event's own bytes. */
export function rawOf({ bytes }: ParsedBody, { start, end }: ScannedEvent): Buffer {
  return bytes.subarray(start, end)
}
