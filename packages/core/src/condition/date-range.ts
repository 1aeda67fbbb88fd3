import type { Scalar, ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { DateTime } from 'luxon'
import { INSTANT_END_MS, INSTANT_MIN_MS, parseInstant } from '../event/event-time.ts'

/** Moments from the first to the last, both included, milliseconds since the epoch. */
export interface Moments {
  readonly from: number
  readonly to: number
}

/** Before and after every date; no store needs infinity. */
const FIRST = INSTANT_MIN_MS - 1e12
const LAST = INSTANT_END_MS + 1e12
const DAY_CHARS = 10

/** Whether a date that `parseInstant` takes has no time. */
export function isDay(date: string): boolean {
  return date.length === DAY_CHARS
}

/** The moments that a date of a condition means: one, or all of a day in the zone. */
export function momentsOfDate(date: string, zone: string): Moments {
  if (!isDay(date)) {
    const ms = Date.parse(date)
    return { from: ms, to: ms }
  }
  return { from: startOfDay(date, zone), to: startOfDay(dayAfter(date), zone) - 1 }
}

/**
 * The moments that a test about dates takes, as `or`.
 * @param test whose op compares dates and does not move; not negated
 */
export function momentsOfTest({ op, value }: ValueTest, zone: string): Moments[] {
  if (op === 'in') return (value as readonly string[]).map((date) => momentsOfDate(date, zone))
  const [low, high] = (Array.isArray(value) ? value : [value, value]) as [string, string]
  const { from, to } = momentsOfDate(low, zone)
  switch (op) {
    case 'equals':
      return [{ from, to }]
    case 'between':
      return [{ from, to: momentsOfDate(high, zone).to }]
    case 'before':
    case 'lt':
      return [{ from: FIRST, to: from - 1 }]
    case 'lte':
      return [{ from: FIRST, to }]
    case 'after':
    case 'gt':
      return [{ from: to + 1, to: LAST }]
    case 'gte':
      return [{ from, to: LAST }]
    default:
      throw new Error(`"${op}" does not compare dates.`)
  }
}

/** Whether a test compares dates that stand still. */
export function comparesDates({ op, value, as }: ValueTest): boolean {
  if (as !== undefined) return as === 'date'
  if (op === 'before' || op === 'after') return true
  return op === 'between' && typeof (value as readonly Scalar[])[0] === 'string'
}

/**
 * The moment that a trait's or property's value names: of a day without a time its beginning in the zone.
 * @returns milliseconds since the epoch; undefined when it is no date
 */
export function momentOf(value: Json, zone: string): number | undefined {
  if (typeof value !== 'string') return undefined
  const ms = parseInstant(value)
  return ms !== undefined && isDay(value) ? startOfDay(value, zone) : ms
}

/**
 * The days that begin within moments, as milliseconds since the epoch of their midnight in UTC: what `momentOf` says of them, without asking the calendar for each.
 */
export function daysWithin({ from, to }: Moments, zone: string): Moments {
  return { from: firstDayFrom(from, zone), to: lastDayUntil(to, zone) }
}

function firstDayFrom(ms: number, zone: string): number {
  const day = dayOf(ms, zone)
  return startOfDay(day, zone) >= ms ? utcOf(day) : utcOf(dayAfter(day))
}

function lastDayUntil(ms: number, zone: string): number {
  return utcOf(dayOf(ms, zone))
}

function dayOf(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toISODate() as string
}

function utcOf(day: string): number {
  return Date.parse(day)
}

function dayAfter(day: string): string {
  return new Date(utcOf(day) + 86_400_000).toISOString().slice(0, DAY_CHARS)
}

const starts = new Map<string, number>()
const STARTS_REMEMBERED = 20_000

/** When a day begins in a zone; where midnight is skipped, with the first moment that is there. */
function startOfDay(day: string, zone: string): number {
  const key = `${day}${zone}`
  let start = starts.get(key)
  if (start === undefined) {
    start = DateTime.fromISO(day, { zone }).startOf('day').toMillis()
    if (starts.size >= STARTS_REMEMBERED) starts.clear()
    starts.set(key, start)
  }
  return start
}
