import { CALENDAR_UNITS, type CalendarUnit } from '@affluent/protocol/condition'

/** Units of a stretch of time: those of fixed length, then those of the calendar. */
export const SPAN_UNITS = ['ms', 's', 'm', 'h', 'd', 'w', ...CALENDAR_UNITS] as const
export type SpanUnit = (typeof SPAN_UNITS)[number]

/** A stretch of time as it is written: so many of a unit. */
export interface SpanText {
  /** a whole number from 1 */
  readonly count: number
  readonly unit: SpanUnit
}

/** A `within` that is a text, as it is written. */
export type WindowText =
  | { readonly kind: 'rolling'; readonly span: SpanText }
  | { readonly kind: 'this'; readonly unit: CalendarUnit }
  | { readonly kind: 'previous'; readonly count: number; readonly unit: CalendarUnit }

const UNITS = CALENDAR_UNITS.join('|')
const FIXED = /^([1-9]\d{0,14})(ms|s|m|h|d|w)$/
const CALENDAR = new RegExp(`^([1-9]\\d{0,5}) (${UNITS})s?$`)
const THIS = new RegExp(`^this (${UNITS})$`)
const PREVIOUS = new RegExp(`^last (?:([1-9]\\d{0,5}) )?calendar (${UNITS})s?$`)

/** Reads "30d" or "24 months"; undefined when it is neither. */
export function readSpanText(text: unknown): SpanText | undefined {
  if (typeof text !== 'string') return undefined
  const [, count, unit] = FIXED.exec(text) ?? CALENDAR.exec(text) ?? []
  return unit === undefined ? undefined : { count: Number(count), unit: unit as SpanUnit }
}

/** Reads "30d", "this month" or "last 2 calendar weeks"; undefined when it is none of them. */
export function readWindowText(text: string): WindowText | undefined {
  const current = THIS.exec(text)
  if (current !== null) return { kind: 'this', unit: current[1] as CalendarUnit }
  const previous = PREVIOUS.exec(text)
  if (previous !== null)
    return { kind: 'previous', count: Number(previous[1] ?? 1), unit: previous[2] as CalendarUnit }
  const span = readSpanText(text)
  return span === undefined ? undefined : { kind: 'rolling', span }
}
