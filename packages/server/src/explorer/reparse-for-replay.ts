import { isHistory } from '@affluent/core/delivery/route'
import { checkEvent, type RequestFacts, readSentAt } from '@affluent/core/event/check-event'
import { cutOwnAddress } from '@affluent/core/event/network-address'
import { type ScannedEvent, scanEvent } from '@affluent/core/event/scan-json'
import type { Rejection } from '@affluent/protocol/codes'
import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import { BATCH_PARTS_MAX } from '@affluent/protocol/limits'
import { ApiError } from '../platform/http/api-error.ts'
import { type ParsedBody, parseBatch, rawOf } from '../platform/http/parse-body.ts'
import { checkText } from '../platform/http/read-body.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'

/** What was refused or quarantined once, and is to be taken now. */
export interface Again {
  readonly raw: Buffer
  readonly source: number
  /** when it came first, milliseconds since the epoch */
  readonly receivedAt: number
  /** that the address or the processor had named */
  readonly type: EventType | undefined
  readonly isHistory: boolean
  readonly timesAsGiven: boolean
}

export interface ReparsedEvent {
  readonly accepted: readonly AcceptedEvent[]
  readonly rejected: readonly (Rejection & { readonly index: number })[]
}

/**
 * Stage 1 for something that comes a second time: the same checks. It is received now, but happened when it happened:
 * its time is worked out as of its first receipt and written into it. What happened too long ago to act on counts as
 * history.
 * @param repaired what it should have been
 * @param now milliseconds since the epoch
 * @throws ApiError when nothing of it can be taken
 */
export function reparseForReplay(again: Again, repaired: JsonObject | undefined, now: number): ReparsedEvent {
  const bytes = repaired === undefined ? checkText(again.raw) : Buffer.from(JSON.stringify(repaired), 'utf8')
  const body = parseBatch(bytes, BATCH_PARTS_MAX)
  const { json, whole } = body
  const { batch } = json
  const isBatch = Array.isArray(batch) && json['type'] === undefined && again.type === undefined
  if (!isBatch) {
    const type = typeOf(json, again, repaired !== undefined)
    const { receivedAt, timesAsGiven } = again
    const facts = { receivedAt, sentAt: undefined, timesAsGiven, shared: undefined }
    const event = takeOne(json, { raw: bytes, scanned: whole, type, facts }, again, now)
    if ('code' in event) throw errorOf(event)
    return { accepted: [event], rejected: [] }
  }
  return takeBatch(body, batch, again, now)
}

function takeBatch(body: ParsedBody, batch: readonly Json[], again: Again, now: number): ReparsedEvent {
  const { json, items } = body
  cutOwnAddress(json)
  const { context, integrations } = json
  const shared = {
    ...(isObject(context) ? { context } : {}),
    ...(isObject(integrations) ? { integrations } : {}),
  }
  const { receivedAt, timesAsGiven } = again
  const facts = { receivedAt, sentAt: readSentAt(json['sentAt']), timesAsGiven, shared }
  const accepted: AcceptedEvent[] = []
  const rejected: (Rejection & { index: number })[] = []
  for (const [index, value] of batch.entries()) {
    const scanned = items[index] as ScannedEvent
    const event = takeOne(value, { raw: rawOf(body, scanned), scanned, type: undefined, facts }, again, now)
    if ('code' in event) rejected.push({ index, ...event })
    else accepted.push(event)
  }
  const [first] = rejected
  if (accepted.length === 0)
    throw first === undefined
      ? new ApiError(400, 'empty_batch', '"batch" is empty.', { path: 'batch' })
      : errorOf(first)
  return { accepted, rejected }
}

/** One event, checked as of its first receipt for its time, and as of now for being taken. */
function takeOne(
  value: Json,
  sent: {
    readonly raw: Buffer
    readonly scanned: ScannedEvent
    readonly type: EventType | undefined
    readonly facts: RequestFacts
  },
  again: Again,
  now: number,
): AcceptedEvent | Rejection {
  const isCut = isObject(value) && cutOwnAddress(value)
  const first = checkEvent(value, sent.scanned, sent.facts, sent.type)
  if (first.kind === 'refused') return first.rejection
  const { event } = first
  const isAsSent = !isCut && !event.rewritten && saysItsTime(event.json)
  const raw = isAsSent ? sent.raw : dated(event.json, event.time)
  const facts = { receivedAt: now, sentAt: undefined, shared: undefined }
  const check = checkEvent(JSON.parse(raw.toString('utf8')) as Json, scanEvent(raw), facts, event.type)
  if (check.kind === 'refused') return check.rejection
  const checked = check.event
  const history = isHistory({ time: checked.time, receivedAt: now }, again.isHistory)
  return { checked, raw, source: again.source, receivedAt: now, history, timesAsGiven: false, ip: '' }
}

/** Whether `timestamp` alone says when it happened, whenever it is received. */
function saysItsTime(json: JsonObject): boolean {
  return isSaid(json['timestamp']) && !isSaid(json['originalTimestamp']) && !isSaid(json['sentAt'])
}

function isSaid(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}

function dated(json: JsonObject, time: number): Buffer {
  const { sentAt: _, originalTimestamp: __, ...rest } = json
  return Buffer.from(JSON.stringify({ ...rest, timestamp: new Date(time).toISOString() }), 'utf8')
}

/** As it came, the address names the type; repaired, the event does, if it names one. */
function typeOf(json: JsonObject, { type }: Again, isRepaired: boolean): EventType | undefined {
  const own = EVENT_TYPES.find((each) => each === json['type'])
  return isRepaired ? (own ?? (json['type'] === undefined ? type : undefined)) : type
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function errorOf({ code, message, path }: Rejection): ApiError {
  return new ApiError(400, code, message, path === undefined ? {} : { path })
}
