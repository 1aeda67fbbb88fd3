import type { ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { DateTime } from 'luxon'
import { parseInstant } from '../event/event-time.ts'
import type { Moments } from './moments.ts'
import { operators } from './operators/operators.ts'

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
export function momentsOfTest({ op, value }: ValueTest, zone: string): readonly Moments[] {
  const operator = operators[op]
  if (operator.kind !== 'plain' || operator.moments === undefined)
    throw new Error(`"${op}" does not compare dates.`)
  return operator.moments([value].flat().map((date) => momentsOfDate(date as string, zone)))
}

/** Whether a test compares dates that stand still. */
export function comparesDates({ op, value, as }: ValueTest): boolean {
  if (as !== undefined) return as === 'date'
  const operator = operators[op]
  return operator.kind === 'plain' && operator.comparesDates?.(value as Json) === true
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
 * The days that begin within moments, as milliseconds since the epoch of their midnight in UTC: what `momentOf` says of
 * them, without asking the calendar for each.
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
