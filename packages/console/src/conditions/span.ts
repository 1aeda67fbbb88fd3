/** Units of a stretch of time: those of fixed length, then those of the calendar. */
export const SPAN_UNITS = ['ms', 's', 'm', 'h', 'd', 'w', 'day', 'week', 'month', 'quarter', 'year'] as const
export type SpanUnit = (typeof SPAN_UNITS)[number]

/** A stretch of time as a member edits it; the count is null while it is being typed. */
export interface Span {
  readonly count: number | null
  readonly unit: SpanUnit
}

const FIXED = /^([1-9]\d*)(ms|s|m|h|d|w)$/
const CALENDAR = /^([1-9]\d*) (day|week|month|quarter|year)s?$/

/** Reads "30d" or "24 months"; undefined when it is neither. */
export function readSpan(text: unknown): Span | undefined {
  if (typeof text !== 'string') return undefined
  const [, count, unit] = FIXED.exec(text) ?? CALENDAR.exec(text) ?? []
  return unit === undefined ? undefined : { count: Number(count), unit: unit as SpanUnit }
}

/** The text that `readSpan` reads as this; undefined while the count is missing or not whole. */
export function writeSpan({ count, unit }: Span): string | undefined {
  if (count === null || !Number.isInteger(count) || count < 1) return undefined
  if (unit.length <= 2) return `${count}${unit}`
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
