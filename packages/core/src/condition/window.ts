import type { CalendarUnit, Window } from '@affluent/protocol/condition'
import { DateTime } from 'luxon'
import type { Span } from './parse-window.ts'

/** Event times that count: after `after`, up to and including `to`; milliseconds since the epoch. */
export interface WindowBounds {
  readonly after: number
  readonly to: number
}

/** The calendar of one zone, as far as comparing dates with now needs it: the functions below without their zone. */
export interface Calendar {
  boundsAt(window: Window | undefined, now: number): WindowBounds
  leavesAt(window: Window | undefined, time: number, now: number): number
  ahead(span: Span, now: number): number
  comesWithin(span: Span, time: number, now: number): number
  anniversaryAt(date: number, now: number): { readonly from: number; readonly end: number }
}

/** @param zone IANA name */
export function calendarOf(zone: string): Calendar {
  return {
    boundsAt: (window, now) => boundsAt(window, now, zone),
    leavesAt: (window, time, now) => leavesAt(window, time, now, zone),
    ahead: (span, now) => ahead(span, now, zone),
    comesWithin: (span, time, now) => comesWithin(span, time, now, zone),
    anniversaryAt: (date, now) => anniversaryAt(date, now, zone),
  }
}

const DAY_MS = 86_400_000

/**
 * Which event times count at a moment. Nothing from the future counts.
 * @param window undefined: for ever
 * @param now milliseconds since the epoch
 * @param zone IANA name, for calendar windows
 */
export function boundsAt(window: Window | undefined, now: number, zone: string): WindowBounds {
  if (window === undefined) return { after: Number.NEGATIVE_INFINITY, to: now }
  switch (window.kind) {
    case 'roll':
      return { after: now - window.ms, to: now }
    case 'back':
      return { after: shiftOnward(now, -window.count, window.unit, zone), to: now }
    case 'this':
      return { after: unitsAt(window, now, zone).after, to: now }
    case 'last':
      return unitsAt(window, now, zone)
    case 'range':
      return { after: (window.from ?? Number.NEGATIVE_INFINITY) - 1, to: Math.min(window.to ?? now, now) }
  }
}

type UnitWindow = Extract<Window, { kind: 'this' | 'last' }>

interface UnitsOfMinute extends WindowBounds {
  readonly minute: number
  readonly zone: string
}

const MINUTE_MS = 60_000
const unitsByWindow = new WeakMap<Window, UnitsOfMinute>()

/**
 * The units that a window takes in. They change on whole minutes only, so the calendar is asked once a minute and not
 * for each event.
 */
function unitsAt(window: UnitWindow, now: number, zone: string): WindowBounds {
  const minute = Math.floor(now / MINUTE_MS)
  let units = unitsByWindow.get(window)
  if (units === undefined || units.minute !== minute || units.zone !== zone) {
    const end = startOf(now, window.unit, zone)
    const from = window.kind === 'this' ? end : shift(end, -window.count, window.unit, zone)
    units = { minute, zone, after: from - 1, to: end - 1 }
    unitsByWindow.set(window, units)
  }
  return units
}

/** Event times up to here never count again from `now` on: the beginning of a window never goes back. */
export function expiredAt(window: Window | undefined, now: number, zone: string): number {
  if (window === undefined || window.kind === 'range') return Number.NEGATIVE_INFINITY
  return boundsAt(window, now, zone).after
}

/** The first moment at which an event of time `time` counts, if its window ever takes it in. */
export function entersAt(window: Window | undefined, time: number, zone: string): number {
  return window?.kind === 'last' ? shift(startOf(time, window.unit, zone), 1, window.unit, zone) : time
}

/**
 * A moment after `now`, at or before which an event of time `time` that counts now stops to count; Infinity: never. For
 * windows that follow the calendar it may come too early, so whoever waits for it asks again.
 */
export function leavesAt(window: Window | undefined, time: number, now: number, zone: string): number {
  if (window === undefined || window.kind === 'range') return Number.POSITIVE_INFINITY
  switch (window.kind) {
    case 'roll':
      return time + window.ms
    case 'back':
      return firstMoment(now, shift(time, window.count, window.unit, zone), (moment) => {
        return shiftOnward(moment, -window.count, window.unit, zone) >= time
      })
    case 'this':
      return shift(startOf(time, window.unit, zone), 1, window.unit, zone)
    case 'last':
      return shift(startOf(time, window.unit, zone), 1 + window.count, window.unit, zone)
  }
}

/**
 * A moment before which an event of time `time` that counts now does not leave the window: found without asking the
 * calendar.
 */
export function staysUntil(window: Window | undefined, time: number, now: number): number {
  if (window === undefined || window.kind === 'range') return Number.POSITIVE_INFINITY
  if (window.kind === 'roll') return time + window.ms
  return window.kind === 'back' ? time + SHORTEST_DAYS[window.unit] * window.count * DAY_MS - DAY_MS : now + 1
}

const SHORTEST_DAYS: Readonly<Record<CalendarUnit, number>> = {
  day: 1,
  week: 7,
  month: 28,
  quarter: 89,
  year: 365,
}

/** A moment and a span: what lies that far ahead. */
export function ahead(span: Span, now: number, zone: string): number {
  return span.kind === 'roll' ? now + span.ms : shiftOnward(now, span.count, span.unit, zone)
}

/** The first moment after `now`, or a little before it, from which `time` lies no further ahead than the span. */
function comesWithin(span: Span, time: number, now: number, zone: string): number {
  if (span.kind === 'roll') return time - span.ms
  const guess = shift(time, -span.count, span.unit, zone)
  return firstMoment(now, guess, (moment) => ahead(span, moment, zone) >= time)
}

/**
 * The next anniversary of a date, today's included: midnight of that day in the zone. The 29th of February is the 28th
 * in other years.
 * @param date milliseconds since the epoch; its month and day are those of UTC
 */
export function anniversaryAt(
  date: number,
  now: number,
  zone: string,
): { readonly from: number; readonly end: number } {
  const born = DateTime.fromMillis(date, { zone: 'UTC' })
  const today = DateTime.fromMillis(now, { zone }).startOf('day')
  const inYear = (year: number) => {
    const first = DateTime.fromObject({ year, month: born.month, day: 1 }, { zone })
    return first.set({ day: Math.min(born.day, first.daysInMonth ?? born.day) }).startOf('day')
  }
  const thisYear = inYear(today.year)
  const day = thisYear >= today ? thisYear : inYear(today.year + 1)
  return { from: day.toMillis(), end: day.plus({ days: 1 }).startOf('day').toMillis() }
}

/** The first moment after `now` at which something that stays true from then on is true, near a guess. */
function firstMoment(now: number, guess: number, holds: (moment: number) => boolean): number {
  // months have 28 to 31 days
  let low = Math.max(now, guess - 4 * DAY_MS)
  let high = Math.max(low + 1, guess + 4 * DAY_MS)
  if (holds(low)) return low + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

function startOf(time: number, unit: CalendarUnit, zone: string): number {
  return DateTime.fromMillis(time, { zone }).startOf(unit).toMillis()
}

/** What `shiftOnward` needs to know of a day, in milliseconds since the epoch. */
interface DayShift {
  readonly from: number
  readonly end: number
  /** first and last moment of the day that lies so many units away */
  readonly shiftedFrom: number
  readonly shiftedLast: number
  /** the month there is too short: its last day stands for this one */
  readonly isClamped: boolean
}

const dayShifts = new Map<string, DayShift>()
const DAY_SHIFTS_REMEMBERED = 1_000

/**
 * A moment so many calendar units away, at the same time after midnight. As `time` goes on it never goes back, so that
 * what has left a window never comes in again: where a day is short of hours, or a month of days, the end of the day
 * stands for what is missing. A month before the 29th, 30th and 31st of March is the end of the 28th of February.
 */
function shiftOnward(time: number, count: number, unit: CalendarUnit, zone: string): number {
  const key = `${count} ${unit} ${zone}`
  let day = dayShifts.get(key)
  if (day === undefined || time < day.from || time >= day.end) {
    day = shiftDay(time, count, unit, zone)
    if (dayShifts.size >= DAY_SHIFTS_REMEMBERED) dayShifts.clear()
    dayShifts.set(key, day)
  }
  return day.isClamped ? day.shiftedLast : Math.min(day.shiftedFrom + time - day.from, day.shiftedLast)
}

function shiftDay(time: number, count: number, unit: CalendarUnit, zone: string): DayShift {
  const from = DateTime.fromMillis(time, { zone }).startOf('day')
  const shifted = from.plus({ [unit]: count }).startOf('day')
  const dayAfter = (day: DateTime) => day.plus({ days: 1 }).startOf('day').toMillis()
  return {
    from: from.toMillis(),
    end: dayAfter(from),
    shiftedFrom: shifted.toMillis(),
    shiftedLast: dayAfter(shifted) - 1,
    isClamped: unit !== 'day' && unit !== 'week' && shifted.day !== from.day,
  }
}

function shift(time: number, count: number, unit: CalendarUnit, zone: string): number {
  return DateTime.fromMillis(time, { zone })
    .plus({ [unit]: count })
    .toMillis()
}
