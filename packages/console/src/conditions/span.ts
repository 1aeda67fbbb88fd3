import { isUnread, type NumberDraft } from './typed-number.ts'

/** Units of a stretch of time: those of fixed length, then those of the calendar. */
export const SPAN_UNITS = ['ms', 's', 'm', 'h', 'd', 'w', 'day', 'week', 'month', 'quarter', 'year'] as const
export type SpanUnit = (typeof SPAN_UNITS)[number]

/** A stretch of time as a member edits it. */
export interface Span {
  readonly count: NumberDraft
  readonly unit: SpanUnit
}

const FIXED = /^([1-9]\d*)(ms|s|m|h|d|w)$/
const KEPT = new RegExp(`^(.*)\\|(${SPAN_UNITS.join('|')})$`, 's')
const CALENDAR = /^([1-9]\d*) (day|week|month|quarter|year)s?$/

/** Reads "30d" or "24 months"; undefined when it is neither. */
export function readSpan(text: unknown): (Span & { readonly count: number }) | undefined {
  if (typeof text !== 'string') return undefined
  const [, count, unit] = FIXED.exec(text) ?? CALENDAR.exec(text) ?? []
  return unit === undefined ? undefined : { count: Number(count), unit: unit as SpanUnit }
}

/** Reads what `keepSpan` kept, or a whole stretch of time. */
export function readKeptSpan(text: unknown): Span | undefined {
  const [, typed, unit] = (typeof text === 'string' && KEPT.exec(text)) || []
  if (unit === undefined) return readSpan(text)
  return { count: typed === '' ? null : { typed: typed as string }, unit: unit as SpanUnit }
}

/** A stretch of time as a text, also while it is unfinished: "30d", or what was typed and the unit. */
export function keepSpan(span: Span): string {
  const { count, unit } = span
  return writeSpan(span) ?? `${isUnread(count) ? count.typed : (count ?? '')}|${unit}`
}

/** The text that `readSpan` reads as this; undefined while the count is missing or not whole. */
export function writeSpan({ count, unit }: Span): string | undefined {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return undefined
  if (unit.length <= 2) return `${count}${unit}`
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
