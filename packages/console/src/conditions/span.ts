import { readSpanText, SPAN_UNITS, type SpanUnit } from '@affluent/core/condition/window-text'
import { isUnread, type NumberDraft } from './typed-number.ts'

/** A stretch of time as a member edits it. */
export interface Span {
  readonly count: NumberDraft
  readonly unit: SpanUnit
}

const KEPT = new RegExp(`^(.*)\\|(${SPAN_UNITS.join('|')})$`, 's')
/** Reads what `keepSpan` kept, or a whole stretch of time. */
export function readKeptSpan(text: unknown): Span | undefined {
  const [, typed, unit] = (typeof text === 'string' && KEPT.exec(text)) || []
  if (unit === undefined) return readSpanText(text)
  return { count: typed === '' ? null : { typed: typed as string }, unit: unit as SpanUnit }
}

/** A stretch of time as a text, also while it is unfinished: "30d", or what was typed and the unit. */
export function keepSpan(span: Span): string {
  const { count, unit } = span
  return writeSpan(span) ?? `${isUnread(count) ? count.typed : (count ?? '')}|${unit}`
}

/** The text that `readSpanText` reads as this; undefined while the count is missing or not whole. */
export function writeSpan({ count, unit }: Span): string | undefined {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return undefined
  if (unit.length <= 2) return `${count}${unit}`
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
