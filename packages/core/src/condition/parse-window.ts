import { CALENDAR_UNITS, type CalendarUnit, type Window } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { WINDOW_DAYS_MAX } from '@affluent/protocol/limits'
import { DateTime } from 'luxon'
import { parseInstant } from '../event/event-time.ts'
import { ConditionFault } from './condition-fault.ts'

/** A stretch of time that rolls with now: the part of a window that ops on dates take too. */
export type Span = Extract<Window, { kind: 'roll' | 'back' }>

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const UNIT_DAYS = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const
const UNITS = CALENDAR_UNITS.join('|')
const ROLL = /^([1-9]\d{0,14})(ms|s|m|h|d|w)$/
const BACK = new RegExp(`^([1-9]\\d{0,5}) (${UNITS})s?$`)
const THIS = new RegExp(`^this (${UNITS})$`)
const LAST = new RegExp(`^last (?:([1-9]\\d{0,5}) )?calendar (${UNITS})s?$`)
const HELP =
  'A window is "90m", "48h" or "30d" (a day is 24 hours), "24 months", "this month", "last 2 calendar weeks", or {"from","to"}.'

/**
 * Reads a `within`.
 * @param zone in which a date without a time begins and ends
 * @throws ConditionFault
 */
export function parseWindow(json: Json, path: string, zone: string): Window {
  if (typeof json === 'string') {
    const current = THIS.exec(json)
    if (current !== null) return { kind: 'this', unit: current[1] as CalendarUnit }
    const last = LAST.exec(json)
    if (last !== null) {
      const count = Number(last[1] ?? 1)
      const unit = last[2] as CalendarUnit
      return bounded({ kind: 'last', count, unit }, UNIT_DAYS[unit] * (count + 1), path)
    }
    return parseSpan(json, path)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ConditionFault(path, HELP)
  for (const key of Object.keys(json))
    if (key !== 'from' && key !== 'to')
      throw new ConditionFault(`${path}.${key}`, `"${key}" is not known here; known are from, to.`)
  const from = readEnd(json['from'], `${path}.from`, zone, 'first')
  const to = readEnd(json['to'], `${path}.to`, zone, 'last')
  if (from === null && to === null) throw new ConditionFault(path, 'A range needs "from", "to" or both.')
  if (from !== null && to !== null && to < from)
    throw new ConditionFault(`${path}.to`, '"to" must not be before "from".', 'invalid_condition', {
      reason: 'window_turned',
    })
  return { kind: 'range', from, to }
}

/**
 * Reads a stretch of time: "30d", "24 months".
 * @throws ConditionFault
 */
export function parseSpan(json: Json, path: string): Span {
  const text = typeof json === 'string' ? json : ''
  const roll = ROLL.exec(text)
  if (roll !== null) {
    const ms = Number(roll[1]) * UNIT_MS[roll[2] as keyof typeof UNIT_MS]
    return bounded({ kind: 'roll', ms }, ms / UNIT_MS.d, path)
  }
  const back = BACK.exec(text)
  if (back === null)
    throw new ConditionFault(path, HELP, 'invalid_condition', { reason: 'window_unreadable' })
  const count = Number(back[1])
  const unit = back[2] as CalendarUnit
  return bounded({ kind: 'back', count, unit }, UNIT_DAYS[unit] * count, path)
}

/** The text that `parseSpan` reads as this span, in the largest unit that fits. */
export function formatSpan(span: Span): string {
  if (span.kind === 'back') return `${span.count} ${span.unit}${span.count === 1 ? '' : 's'}`
  const unit = (['d', 'h', 'm', 's', 'ms'] as const).find((each) => span.ms % UNIT_MS[each] === 0) ?? 'ms'
  return `${span.ms / UNIT_MS[unit]}${unit}`
}

function bounded<W extends Window>(window: W, days: number, path: string): W {
  if (days <= WINDOW_DAYS_MAX) return window
  throw new ConditionFault(
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
    throw new ConditionFault(path, 'A date is ISO 8601, such as "2026-11-21" or "2026-11-21T10:00:00Z".')
  if (json.length > 10) return ms
  const day = DateTime.fromISO(json, { zone })
  return which === 'first' ? day.toMillis() : day.plus({ days: 1 }).toMillis() - 1
}
