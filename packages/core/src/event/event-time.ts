import { EVENT_FUTURE_MS_MAX, EVENT_TIME_END_MS, EVENT_TIME_MIN_MS } from '@affluent/protocol/limits'

/** What a date of an event says. */
export interface ParsedTime {
  /** milliseconds since the epoch, of any year: a client's calendar may count otherwise than ours */
  readonly ms: number
  /** it names no zone: UTC is taken */
  readonly assumedUtc: boolean
  /** it names second 60: the one before is taken, since milliseconds since the epoch have none for it */
  readonly isLeapSecond: boolean
}

// year-month-day, optional time to any fraction of a second, optional zone; years may be signed with six digits
const ISO =
  /^([+-]\d{6}|\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/

const FOREIGN_LEAP_DAY = /^([+-]\d{6}|\d{4})-02-29/

/**
 * Reads an ISO 8601 date, to the millisecond (further digits are cut). A clock that counts years otherwise has its leap
 * days in years that have none here: such a day counts as 1 March, which the time of sending, counted in the same way,
 * corrects.
 * @param text as the client sent it
 * @returns undefined when it is no date
 */
export function parseEventTime(text: string): ParsedTime | undefined {
  const quick = parseUsualForm(text)
  if (quick !== undefined) return { ms: quick, assumedUtc: false, isLeapSecond: false }
  const parsed = parseIso(text)
  if (parsed !== undefined || !FOREIGN_LEAP_DAY.test(text)) return parsed
  const next = parseIso(text.replace('-02-29', '-03-01'))
  return next !== undefined && !isEventTime(next.ms) ? next : undefined
}

/** Whether an event may have happened then: from 1970 to 2099. */
function isEventTime(ms: number): boolean {
  return ms >= EVENT_TIME_MIN_MS && ms < EVENT_TIME_END_MS
}

/** From here, 1900-01-01, to there, 2300-01-01, a text may be a date for a condition: what every engine can hold. */
export const INSTANT_MIN_MS = -2_208_988_800_000
export const INSTANT_END_MS = 10_413_792_000_000

/**
 * The moment that a trait's or property's text names, for conditions.
 * @param text ISO 8601; without a zone it is UTC, without a time midnight
 * @returns milliseconds since the epoch; undefined when it is no date of the years 1900 to 2299
 */
export function parseInstant(text: string): number | undefined {
  // most texts are no dates, and this is asked of every one
  if (text.length < 10 || text.charCodeAt(4) !== 0x2d) return undefined
  const ms = parseUsualForm(text) ?? parseIso(text)?.ms
  return ms !== undefined && ms >= INSTANT_MIN_MS && ms < INSTANT_END_MS ? ms : undefined
}

function parseIso(text: string): ParsedTime | undefined {
  const parts = ISO.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = parts
  if (!isCalendarDate(Number(year), Number(month), Number(day))) return undefined
  if (!isClockTime(Number(hour), Number(minute), Number(second), Number(fraction))) return undefined
  const offset = zoneOffsetMs(zone)
  if (offset === undefined) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Math.min(Number(second), 59)
  const fractionMs = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const ms = date.getTime() + seconds * 1_000 + fractionMs - offset
  if (Number.isNaN(ms)) return undefined
  return { ms, assumedUtc: zone === undefined, isLeapSecond: second === '60' }
}

/**
 * `2026-11-21T10:00:00.000Z`, what every SDK sends, without a regular expression. Date.parse also takes other forms and
 * the 31st of every month: those are left to the regular expression. It even skips what stands behind a parenthesis, so
 * each place must have its digit.
 */
function parseUsualForm(text: string): number | undefined {
  if (text.length !== 24 || text.charCodeAt(23) !== 0x5a || text.charCodeAt(19) !== 0x2e) return undefined
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x54)
    return undefined
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined
  for (let at = 0; at < 23; at++) {
    const code = text.charCodeAt(at)
    const isSeparator = code === 0x2d || code === 0x3a || code === 0x2e || code === 0x54
    if ((code < 0x30 || code > 0x39) && !isSeparator) return undefined
  }
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return undefined
  const day = (text.charCodeAt(8) - 0x30) * 10 + text.charCodeAt(9) - 0x30
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : undefined
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number
  return day <= days
}

/** 24:00:00 is the midnight that ends a day; second 60 is a leap second. */
function isClockTime(hour: number, minute: number, second: number, fraction: number): boolean {
  if (hour === 24) return minute === 0 && second === 0 && fraction === 0
  return hour < 24 && minute < 60 && second <= 60
}

/** @returns undefined when no clock has that offset */
function zoneOffsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const digits = zone.slice(1).replace(':', '')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2, 4) || '0')
  return hours < 24 && minutes < 60 ? sign * (hours * 60 + minutes) * 60_000 : undefined
}

/**
 * Why the time of receipt stands for what a client said: it lies more than a day ahead, or in no year in which an event
 * can have happened.
 */
export type TimeFault = 'ahead' | 'out_of_range'

/**
 * The time of an event: `receivedAt - (sentAt - said)` when the client says when it sent (its clock may be wrong, even
 * count other years, but it is equally wrong in both), otherwise what the client says, otherwise the time of receipt.
 * Only what was corrected is judged. Source of the rule: Segment's tracking API.
 * @param receivedAt milliseconds since the epoch, our clock
 * @param said the client's time of the event, if it gave one
 * @param sentAt the client's time of sending, if it gave one
 * @returns milliseconds since the epoch, and why the time of receipt is taken, if it is
 */
export function eventTime(
  receivedAt: number,
  said: number | undefined,
  sentAt: number | undefined,
): { readonly ms: number; readonly fault: TimeFault | undefined } {
  if (said === undefined) return { ms: receivedAt, fault: undefined }
  const ms = sentAt === undefined ? said : receivedAt - (sentAt - said)
  if (!isEventTime(ms)) return { ms: receivedAt, fault: 'out_of_range' }
  if (ms > receivedAt + EVENT_FUTURE_MS_MAX) return { ms: receivedAt, fault: 'ahead' }
  return { ms, fault: undefined }
}
