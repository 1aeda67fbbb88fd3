import { CALENDAR_UNITS, type CalendarUnit, type Window } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { WINDOW_DAYS_MAX } from '@affluent/protocol/limits'
import { DateTime } from 'luxon'
import { parseInstant } from '../event/event-time.ts'
import { ConditionError } from './condition-error.ts'
import { readSpanText, readWindowText, type SpanUnit } from './window-text.ts'

/** A stretch of time that rolls with now: the part of a window that ops on dates take too. */
export type Span = Extract<Window, { kind: 'roll' | 'back' }>

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const UNIT_DAYS = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const
const HELP =
  'A window is "90m", "48h" or "30d" (a day is 24 hours), "24 months", "this month", "last 2 calendar weeks", or {"from","to"}.'

/**
 * Reads a `within`.
 * @param zone in which a date without a time begins and ends
 * @throws ConditionError
 */
export function parseWindow(json: Json, path: string, zone: string): Window {
  if (typeof json === 'string') {
    const text = readWindowText(json)
    if (text?.kind === 'this') return text
    if (text?.kind !== 'previous') return parseSpan(json, path)
    const { count, unit } = text
    return bounded({ kind: 'last', count, unit }, UNIT_DAYS[unit] * (count + 1), path)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ConditionError(path, HELP)
  for (const key of Object.keys(json))
    if (key !== 'from' && key !== 'to')
      throw new ConditionError(`${path}.${key}`, `"${key}" is not known here; known are from, to.`)
  const from = readEnd(json['from'], `${path}.from`, zone, 'first')
  const to = readEnd(json['to'], `${path}.to`, zone, 'last')
  if (from === null && to === null) throw new ConditionError(path, 'A range needs "from", "to" or both.')
  if (from !== null && to !== null && to < from)
    throw new ConditionError(`${path}.to`, '"to" must not be before "from".', 'invalid_condition', {
      reason: 'window_turned',
    })
  return { kind: 'range', from, to }
}

/**
 * Reads a stretch of time: "30d", "24 months".
 * @throws ConditionError
 */
export function parseSpan(json: Json, path: string): Span {
  const text = readSpanText(json)
  if (text === undefined)
    throw new ConditionError(path, HELP, 'invalid_condition', { reason: 'window_unreadable' })
  const { count, unit } = text
  if (isCalendarUnit(unit)) return bounded({ kind: 'back', count, unit }, UNIT_DAYS[unit] * count, path)
  const ms = count * UNIT_MS[unit]
  return bounded({ kind: 'roll', ms }, ms / UNIT_MS.d, path)
}

function isCalendarUnit(unit: SpanUnit): unit is CalendarUnit {
  return (CALENDAR_UNITS as readonly string[]).includes(unit)
}

/** The text that `parseSpan` reads as this span, in the largest unit that fits. */
export function formatSpan(span: Span): string {
  if (span.kind === 'back') return `${span.count} ${span.unit}${span.count === 1 ? '' : 's'}`
  const unit = (['d', 'h', 'm', 's', 'ms'] as const).find((each) => span.ms % UNIT_MS[each] === 0) ?? 'ms'
  return `${span.ms / UNIT_MS[unit]}${unit}`
}

function bounded<W extends Window>(window: W, days: number, path: string): W {
  if (days <= WINDOW_DAYS_MAX) return window
  throw new ConditionError(
    path,
    `A window is ${WINDOW_DAYS_MAX.toLocaleString('en-US')} days long at most.`,
    'invalid_condition',
    { reason: 'window_too_long', max: WINDOW_DAYS_MAX },
  )
}

/** An end of a range; a date without a time is the whole day in the workspace's zone. */
function readEnd(json: Json | undefined, path: string, zone: string, which: 'first' | 'last'): number | null {
  if (json === undefined || json === null) return null
  const ms = typeof json === 'string' ? parseInstant(json) : undefined
  if (typeof json !== 'string' || ms === undefined)
    throw new ConditionError(path, 'A date is ISO 8601, such as "2026-11-21" or "2026-11-21T10:00:00Z".')
  if (json.length > 10) return ms
  const day = DateTime.fromISO(json, { zone })
  return which === 'first' ? day.toMillis() : day.plus({ days: 1 }).toMillis() - 1
}
