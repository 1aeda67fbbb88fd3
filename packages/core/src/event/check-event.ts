import { isBroken } from '@affluent/protocol/broken-text'
import type { ErrorCode, Rejection, Warning, WarningCode } from '@affluent/protocol/codes'
import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import {
  ANSWER_WARNINGS_MAX,
  ARRAY_ITEMS_MAX,
  EVENT_BYTES_MAX,
  EVENT_DEPTH_MAX,
  EVENT_KEYS_MAX,
  EVENT_NAME_BYTES_MAX,
  EXTERNAL_IDS_MAX,
  IDENTIFIER_BYTES_MAX,
  KEY_BYTES_MAX,
  MESSAGE_ID_BYTES_MAX,
  PROPERTY_PATH_CHARS_MAX,
  PROPERTY_PATHS_CHARS_MAX,
} from '@affluent/protocol/limits'
import { isPlaceholder } from '../identity/placeholders.ts'
import { askedProperties, isTyped } from './asked-properties.ts'
import { eventTime, parseEventTime, type TimeFault } from './event-time.ts'
import { brokenBound, SCAN_FLAGS, type ScannedEvent } from './scan-json.ts'
import { hasForbiddenCharacters, isForbiddenKey, isLongerThan, quote, repairText } from './text.ts'
import { hidesProperties } from './visible-properties.ts'

/** An event that may be kept: what the processor needs at every step, read out once. */
export interface CheckedEvent {
  readonly type: EventType
  /** name of a track, page or screen event; '' where there is none */
  readonly name: string
  /** undefined: the server makes one from the event's position */
  readonly messageId: string | undefined
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly json: JsonObject
  /**
   * the parsed value no longer equals the raw bytes (broken text was replaced, or the batch's context was merged in)
   */
  readonly rewritten: boolean
  /** no number in the raw bytes has so many digits that a parser may refuse it */
  readonly isPlain: boolean
  readonly warnings: readonly Warning[]
}

export type EventCheck =
  | { readonly kind: 'accepted'; readonly event: CheckedEvent }
  | { readonly kind: 'refused'; readonly rejection: Rejection }

/** What a request says once for all its events. */
export interface RequestFacts {
  /** milliseconds since the epoch, our clock */
  readonly receivedAt: number
  /** the client's time of sending, milliseconds since the epoch */
  readonly sentAt: number | undefined
  /** an archive keeps its dates: the times of sending correct nothing */
  readonly timesAsGiven?: boolean
  /** the batch's own `context` and `integrations`, merged into each event */
  readonly shared: JsonObject | undefined
}

const TYPES: ReadonlySet<Json | undefined> = new Set<Json | undefined>(EVENT_TYPES)
const NONE: readonly Warning[] = []

/**
 * Stage 1's check of one event: may it be kept? Runs once for each event, so nothing is walked that the scan found
 * harmless.
 * @param value the parsed event
 * @param scanned what the bytes said about it
 * @param request facts of the request that brought it
 * @param routeType the type that the route names (`/v1/track`); undefined in a batch, where the event names it
 */
export function checkEvent(
  value: Json | undefined,
  scanned: ScannedEvent,
  request: RequestFacts,
  routeType: EventType | undefined,
): EventCheck {
  const shapeFault = checkShape(value, scanned)
  if (shapeFault !== undefined) return refused(shapeFault)
  const warnings: Warning[] = []
  const original = value as JsonObject
  const closeFault = scanned.flags === 0 ? undefined : lookClosely(original, scanned.flags, warnings)
  if (closeFault !== undefined) return refused(closeFault)
  const json = mergeShared(original, request.shared)

  const type = routeType ?? json['type']
  if (!TYPES.has(type)) return refused(unknownType(type))
  const fault =
    checkIds(type as EventType, json, warnings) ??
    checkMessageId(json['messageId'], warnings) ??
    checkName(type as EventType, json) ??
    checkObjects(json)
  if (fault !== undefined) return refused(fault)
  warnOfHidden(type as EventType, json, scanned, warnings)
  const time = checkTime(json, request, warnings)
  if (typeof time !== 'number') return refused(time)
  return {
    kind: 'accepted',
    event: {
      type: type as EventType,
      name: nameOf(type as EventType, json),
      messageId: messageIdOf(json['messageId']),
      time,
      json,
      rewritten: json !== original || warnings.some((warning) => warning.code === 'text_repaired'),
      isPlain: json === original && (scanned.flags & SCAN_FLAGS.longNumber) === 0,
      warnings: warnings.length === 0 ? NONE : warnings.slice(0, ANSWER_WARNINGS_MAX),
    },
  }
}

/**
 * Checks what a batch says once for all its events: it becomes part of each, so the same bounds hold.
 * @param shared the batch's own `context` and `integrations`
 * @param scanned what its bytes said
 */
export function checkShared(shared: JsonObject, scanned: ScannedEvent): Rejection | undefined {
  const subject = 'What the batch says for all its events ("context", "integrations")'
  return (
    checkBounds(scanned, subject) ??
    (mayHoldBadKey(scanned.flags)
      ? (findForbiddenKey(shared, '') ?? findBadKey(shared, '', []))
      : undefined) ??
    (mayHoldInfinity(scanned.flags) ? findInfinity(shared, '') : undefined)
  )
}

/**
 * Looks for a key that no JSON may hold that is given to us, events or not.
 * @param scanned what the bytes of the value said
 */
export function checkForbiddenKeys(value: Json, scanned: ScannedEvent): Rejection | undefined {
  return mayHoldBadKey(scanned.flags) ? findForbiddenKey(value, '') : undefined
}

function refused(rejection: Rejection): EventCheck {
  return { kind: 'refused', rejection }
}

function rejection(code: ErrorCode, message: string, path?: string): Rejection {
  return path === undefined ? { code, message } : { code, message, path }
}

function warn(warnings: Warning[], code: WarningCode, message: string, path: string): void {
  warnings.push({ code, message, path })
}

/** The bounds go first: of an event that breaks one, only the bytes are known. */
function checkShape(value: Json | undefined, scanned: ScannedEvent): Rejection | undefined {
  const fault = checkBounds(scanned, 'This event')
  if (fault !== undefined || isObject(value)) return fault
  return rejection('invalid_type', 'An event must be a JSON object.')
}

/**
 * Which bound of an event its bytes break.
 * @param subject what is told of
 */
export function checkBounds(scanned: ScannedEvent, subject: string): Rejection | undefined {
  const code = brokenBound(scanned)
  switch (code) {
    case undefined:
      return undefined
    case 'too_deep':
      return rejection(code, `${subject} is nested ${scanned.depth} levels; the limit is ${EVENT_DEPTH_MAX}.`)
    case 'too_many_keys':
      return rejection(code, `${subject} has more than ${format(EVENT_KEYS_MAX)} keys.`)
    case 'array_too_long':
      return rejection(code, `An array may have ${format(ARRAY_ITEMS_MAX)} items; one here has more.`)
    case 'event_too_large': {
      const bytes = format(scanned.end - scanned.start)
      return rejection(code, `${subject} is ${bytes} bytes; the limit is ${format(EVENT_BYTES_MAX)}.`)
    }
  }
}

/** Walks the whole value: only for events in which the scan saw something odd. Broken text is replaced in place. */
function lookClosely(value: JsonObject, flags: number, warnings: Warning[]): Rejection | undefined {
  const fault =
    (mayHoldBadKey(flags) ? (findForbiddenKey(value, '') ?? findBadKey(value, '', warnings)) : undefined) ??
    (mayHoldInfinity(flags) ? findInfinity(value, '') : undefined)
  if (fault !== undefined) return fault
  visit(value, '', (holder, key, path) => {
    const inner = (holder as JsonObject)[key as string]
    if (typeof inner === 'string' && isBroken(inner) && !isStrictField(path)) {
      ;(holder as JsonObject)[key as string] = repairText(inner)
      warn(warnings, 'text_repaired', `A broken character in "${quote(path)}" was replaced.`, path)
    } else if (
      typeof inner === 'number' &&
      Number.isInteger(inner) &&
      !Number.isSafeInteger(inner) &&
      path !== 'userId'
    ) {
      if ((flags & SCAN_FLAGS.longNumber) !== 0 && Math.abs(inner) < 1e21) {
        warn(warnings, 'precision_loss', `"${quote(path)}" lost digits; send it as a string.`, path)
      }
    }
  })
  return undefined
}

function mayHoldBadKey(flags: number): boolean {
  return (flags & (SCAN_FLAGS.oddKey | SCAN_FLAGS.unicodeEscape)) !== 0
}

function mayHoldInfinity(flags: number): boolean {
  return (flags & (SCAN_FLAGS.exponent | SCAN_FLAGS.longNumber)) !== 0
}

/** A number that no double holds is parsed as Infinity, which JSON cannot write: it would come back as null. */
function findInfinity(value: Json, path: string): Rejection | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const message = `"${quote(path)}" is too large a number; send it as a string.`
    return rejection('number_out_of_range', message, quote(path))
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const fault = findInfinity(inner, joinPath(value, path, key))
    if (fault !== undefined) return fault
  }
  return undefined
}

function joinPath(holder: Json, path: string, key: string): string {
  if (Array.isArray(holder)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/** Identifiers are never repaired: two different broken ones would become one. They are refused later, by name. */
function isStrictField(path: string): boolean {
  return (
    path === 'userId' ||
    path === 'anonymousId' ||
    path === 'previousId' ||
    path === 'groupId' ||
    path === 'messageId'
  )
}

function visit(
  value: Json,
  path: string,
  see: (holder: Json, key: string | number, path: string) => void,
): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const inner = joinPath(value, path, String(index))
      see(value, index, inner)
      visit(value[index] as Json, inner, see)
    }
    return
  }
  for (const key of Object.keys(value)) {
    const inner = joinPath(value, path, key)
    see(value, key, inner)
    visit(value[key] as Json, inner, see)
  }
}

/**
 * Keys that no event may have. One that is empty stays in the raw event, and has no path by which anything could ask
 * for it.
 */
function findBadKey(value: Json, path: string, warnings: Warning[]): Rejection | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      if (key === '') {
        const place = path === '' ? 'The event' : `"${quote(path)}"`
        const message = `${place} has an empty key; what is under it is kept, but nothing can ask for it. Give it a name.`
        warn(warnings, 'empty_key', message, quote(path))
      }
      if (isForbiddenKey(key)) {
        return rejection('invalid_key', 'Keys may not hold control characters.', quote(key))
      }
      if (isLongerThan(key, KEY_BYTES_MAX)) {
        return rejection(
          'key_too_long',
          `A key may be ${KEY_BYTES_MAX} bytes; "${quote(key)}" is longer.`,
          quote(key),
        )
      }
    }
    const fault = findBadKey(inner, joinPath(value, path, key), warnings)
    if (fault !== undefined) return fault
  }
  return undefined
}

function findForbiddenKey(value: Json, path: string): Rejection | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const place = joinPath(value, path, key)
    const forbidden = Array.isArray(value) ? undefined : forbiddenKey(key, inner)
    if (forbidden !== undefined)
      return rejection('forbidden_key', `The key "${forbidden}" is not allowed; rename it.`, place)
    const fault = findForbiddenKey(inner, place)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * A key that changes the prototype of objects where a program copies it carelessly. We and those who get the event
 * might; so it is refused, and never taken out in silence.
 */
function forbiddenKey(key: string, value: Json): string | undefined {
  if (key === '__proto__') return key
  return key === 'constructor' && isObject(value) && Object.hasOwn(value, 'prototype')
    ? 'constructor.prototype'
    : undefined
}

function mergeShared(json: JsonObject, shared: JsonObject | undefined): JsonObject {
  if (shared === undefined) return json
  const merged: JsonObject = { ...json }
  for (const key of ['context', 'integrations']) {
    const outer = shared[key]
    const inner = json[key]
    if (!isObject(outer)) continue
    if (inner === undefined || inner === null) merged[key] = outer
    else if (isObject(inner)) merged[key] = { ...outer, ...inner }
  }
  return merged
}

function unknownType(type: Json | undefined): Rejection {
  const said = typeof type === 'string' ? `"${quote(type)}" is not an event type` : 'An event needs a "type"'
  return rejection('unknown_type', `${said}; send one of ${EVENT_TYPES.join(', ')}.`, 'type')
}

function checkIds(type: EventType, json: JsonObject, warnings: Warning[]): Rejection | undefined {
  const fault =
    checkId(json, 'userId', warnings) ??
    checkId(json, 'anonymousId', warnings) ??
    checkId(json, 'previousId', warnings)
  if (fault !== undefined) return fault
  const hasUser = isPresent(json['userId'])
  if (!hasUser && !isPresent(json['anonymousId']) && !hasExternalId(json)) {
    return rejection('missing_user_id', 'Send a userId or an anonymousId.', 'userId')
  }
  if (type === 'alias') {
    if (!hasUser)
      return rejection(
        'missing_user_id',
        'An alias needs the userId that previousId is to be linked to.',
        'userId',
      )
    if (!isPresent(json['previousId'])) {
      return rejection('missing_previous_id', 'An alias needs a previousId.', 'previousId')
    }
  }
  if (type === 'group') {
    const groupFault = checkId(json, 'groupId', warnings)
    if (groupFault !== undefined) return groupFault
    if (!isPresent(json['groupId']))
      return rejection('missing_group_id', 'A group event needs a groupId.', 'groupId')
  }
  return undefined
}

function checkId(json: JsonObject, field: string, warnings: Warning[]): Rejection | undefined {
  const value = json[field]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) {
      warnOfPlaceholder(String(value), field, warnings)
      return undefined
    }
    if (!Number.isInteger(value)) return rejection('invalid_type', `${field} must be a string.`, field)
    return rejection('unsafe_integer', `${field} is too large to be exact; send it as a string.`, field)
  }
  if (typeof value !== 'string') return rejection('invalid_type', `${field} must be a string.`, field)
  if (isLongerThan(value, IDENTIFIER_BYTES_MAX)) {
    return rejection('id_too_long', `${field} may be ${IDENTIFIER_BYTES_MAX} bytes.`, field)
  }
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  if (hasForbiddenCharacters(value)) {
    return rejection('invalid_id', `${field} holds characters that are not allowed.`, field)
  }
  warnOfPlaceholder(trimmed, field, warnings)
  return undefined
}

function warnOfPlaceholder(value: string, field: string, warnings: Warning[]): void {
  if (!isPlaceholder(value)) return
  const message = `"${quote(value)}" looks like a placeholder; it is not used to link profiles.`
  warn(warnings, 'suspicious_id', message, field)
}

function isPresent(value: Json | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
}

function hasExternalId(json: JsonObject): boolean {
  const context = json['context']
  if (!isObject(context)) return false
  const externalIds = context['externalIds']
  if (!Array.isArray(externalIds)) return false
  return externalIds
    .slice(0, EXTERNAL_IDS_MAX)
    .some((entry) => isObject(entry) && isPresent(entry['id']) && isPresent(entry['type']))
}

/** A placeholder is no messageId: under it, every event but the first would be taken for a copy. */
function messageIdOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && !isPlaceholder(value.trim()) ? value : undefined
}

function checkMessageId(value: Json | undefined, warnings: Warning[]): Rejection | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if ((typeof value === 'string' || typeof value === 'number') && isPlaceholder(String(value).trim())) {
    const message = `"${quote(String(value))}" is a placeholder and no messageId; one was made. Send one of its own with each event, or none.`
    warn(warnings, 'suspicious_id', message, 'messageId')
    return undefined
  }
  if (typeof value !== 'string') return rejection('invalid_type', 'messageId must be a string.', 'messageId')
  if (isLongerThan(value, MESSAGE_ID_BYTES_MAX)) {
    return rejection('id_too_long', `messageId may be ${MESSAGE_ID_BYTES_MAX} bytes.`, 'messageId')
  }
  if (hasForbiddenCharacters(value)) {
    return rejection('invalid_id', 'messageId holds characters that are not allowed.', 'messageId')
  }
  return undefined
}

function checkName(type: EventType, json: JsonObject): Rejection | undefined {
  const field = type === 'track' ? 'event' : 'name'
  if (type !== 'track' && type !== 'page' && type !== 'screen') return undefined
  const name = json[field]
  if (name === undefined || name === null || name === '') {
    return type === 'track'
      ? rejection('missing_event', 'A track event needs a name in "event".', 'event')
      : undefined
  }
  if (typeof name !== 'string') return rejection('invalid_type', `"${field}" must be a string.`, field)
  if (isLongerThan(name, EVENT_NAME_BYTES_MAX)) {
    return rejection('name_too_long', `The name of an event may be ${EVENT_NAME_BYTES_MAX} bytes.`, field)
  }
  return undefined
}

function checkObjects(json: JsonObject): Rejection | undefined {
  for (const field of ['traits', 'properties', 'context', 'integrations']) {
    const value = json[field]
    if (value !== undefined && value !== null && !isObject(value)) {
      return rejection('invalid_type', `"${field}" must be an object.`, field)
    }
  }
  return undefined
}

/** A path may be as long as an event of so many bytes, if each of its characters is escaped. */
const HIDING_BYTES_MIN = PROPERTY_PATH_CHARS_MAX / 2

function warnOfHidden(type: EventType, json: JsonObject, scanned: ScannedEvent, warnings: Warning[]): void {
  if (scanned.end - scanned.start < HIDING_BYTES_MIN || !isTyped(type)) return
  const properties = askedProperties(type, json)
  if (properties === undefined || !hidesProperties(properties)) return
  const message = `Conditions do not see all of these properties: a path has more than ${format(PROPERTY_PATH_CHARS_MAX)} characters, or all paths together have more than ${format(PROPERTY_PATHS_CHARS_MAX)}. Shorten the names, or nest them less deeply.`
  warn(warnings, 'properties_hidden', message, 'properties')
}

function checkTime(json: JsonObject, request: RequestFacts, warnings: Warning[]): number | Rejection {
  let said: number | undefined
  let saidIn = ''
  // `originalTimestamp` is read too when both are given, so that a wrong one never passes unseen
  for (const field of ['timestamp', 'originalTimestamp']) {
    const value = json[field]
    if (value === undefined || value === null) continue
    const parsed = typeof value === 'string' ? parseEventTime(value) : undefined
    if (parsed === undefined) return badTimestamp(field)
    if (parsed.assumedUtc) warn(warnings, 'assumed_utc', `"${field}" has no zone; UTC is assumed.`, field)
    if (parsed.isLeapSecond)
      warn(warnings, 'leap_second', `"${field}" names second 60; it counts as second 59.`, field)
    if (said !== undefined) continue
    said = parsed.ms
    saidIn = field
  }
  const sentAt = request.timesAsGiven ? undefined : (readSentAt(json['sentAt']) ?? request.sentAt)
  const { ms, fault } = eventTime(request.receivedAt, said, sentAt)
  if (fault !== undefined) warn(warnings, 'clock_skew', describeTimeFault(fault, saidIn), saidIn)
  return ms
}

function describeTimeFault(fault: TimeFault, field: string): string {
  const where = fault === 'ahead' ? 'lies more than 24 hours ahead' : 'lies before 1970 or after 2099'
  return `"${field}" ${where}; the time of receipt is used. Mend the clock, or send "sentAt" by the same clock.`
}

function badTimestamp(field: string): Rejection {
  return rejection(
    'invalid_timestamp',
    `"${field}" is not an ISO 8601 date, such as 2026-11-21T10:00:00.000Z.`,
    field,
  )
}

/**
 * The client's time of sending; a wrong one is no reason to refuse an event, it only cannot correct the clock.
 * @returns milliseconds since the epoch
 */
export function readSentAt(value: Json | undefined): number | undefined {
  return typeof value === 'string' ? parseEventTime(value)?.ms : undefined
}

function nameOf(type: EventType, json: JsonObject): string {
  const name = type === 'track' ? json['event'] : json['name']
  return typeof name === 'string' && (type === 'track' || type === 'page' || type === 'screen') ? name : ''
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function format(value: number): string {
  return value.toLocaleString('en-US')
}
