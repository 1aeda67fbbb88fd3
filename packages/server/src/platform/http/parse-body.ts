import { checkBounds } from '@affluent/core/event/check-event'
import { findJsonFault } from '@affluent/core/event/json-fault'
import { brokenBound, type ScannedEvent, scanBatch, scanEvent } from '@affluent/core/event/scan-json'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { BATCH_EVENTS_MAX, BODY_DEPTH_MAX, BODY_PARTS_MAX } from '@affluent/protocol/limits'
import { ApiError } from './api-error.ts'

/** A body that was parsed, before anybody asked whose it is. */
export interface ParsedBody {
  readonly bytes: Buffer
  readonly json: JsonObject
  readonly whole: ScannedEvent
  /** the events of a batch; one that breaks a bound was not parsed, and `null` stands for it in `json` */
  readonly items: readonly ScannedEvent[]
}

/**
 * Parses a body that is one value: an event, or what the API is asked.
 * @throws ApiError 400 or 413 when it is no JSON object, or would cost a parser too much
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
 * Parses a body that is one event. Of one that would cost a parser too much the bytes show which bound of an event it
 * breaks.
 * @throws ApiError as of `parseBody`
 */
export function parseEvent(bytes: Buffer): ParsedBody {
  const whole = scanEvent(bytes)
  const isCostly = whole.depth <= BODY_DEPTH_MAX && whole.parts > BODY_PARTS_MAX
  const fault = isCostly ? checkBounds(whole, 'This event') : undefined
  if (fault === undefined) return parseScanned(bytes, whole)
  throw new ApiError(fault.code === 'event_too_large' ? 413 : 400, fault.code, fault.message)
}

/**
 * Parses a body that holds a list of events. An event that breaks a bound by its bytes never reaches the parser: it is
 * refused alone, and costs its neighbours nothing.
 * @param partsMax what the parser may be given
 * @throws ApiError as of `parseBody`
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
  throw new ApiError(400, 'not_an_object', 'The body must be a JSON object.')
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
function invalidJson(bytes: Buffer, cause: unknown): ApiError {
  const place = findJsonFault(bytes) ?? bytes.length
  const where = place < bytes.length ? `position ${place}` : 'it ends too early'
  return new ApiError(400, 'invalid_json', `The body is not valid JSON (${where}).`, { cause })
}

function tooDeep(): ApiError {
  return new ApiError(400, 'too_deep', `The body is nested more than ${BODY_DEPTH_MAX} levels.`)
}

function tooManyParts(max: number): ApiError {
  const limit = max.toLocaleString('en-US')
  const message = `The body has more than ${limit} keys and items of arrays. Send it in parts.`
  return new ApiError(413, 'too_many_keys', message)
}

function tooManyEvents(): ApiError {
  const limit = BATCH_EVENTS_MAX.toLocaleString('en-US')
  const message = `A batch may have ${limit} events; this one has more. Send several.`
  return new ApiError(413, 'too_many_events', message, { path: 'batch' })
}

/** An event's own bytes. */
export function rawOf({ bytes }: ParsedBody, { start, end }: ScannedEvent): Buffer {
  return bytes.subarray(start, end)
}
