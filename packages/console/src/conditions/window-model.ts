import { readWindowText } from '@affluent/core/condition/window-text'
import type { CalendarUnit } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { type Span, writeSpan } from './span.ts'
import type { NumberDraft } from './typed-number.ts'

/** When an event counts, as a member edits it. Ends of a range are ISO 8601 as they were typed; '' is open. */
export type WindowModel =
  | { readonly kind: 'rolling'; readonly span: Span }
  | { readonly kind: 'this'; readonly unit: CalendarUnit }
  | { readonly kind: 'previous'; readonly count: NumberDraft; readonly unit: CalendarUnit }
  | { readonly kind: 'range'; readonly from: string; readonly to: string }

/** Reads a `within`; undefined when it has a form that is not known here. */
export function readWindow(json: Json): WindowModel | undefined {
  if (typeof json === 'string') return readWindowText(json)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  if (Object.keys(json).some((key) => key !== 'from' && key !== 'to')) return undefined
  const { from = null, to = null } = json
  if (!isEnd(from) || !isEnd(to) || (from === null && to === null)) return undefined
  return { kind: 'range', from: from ?? '', to: to ?? '' }
}

/** The `within` of a window; undefined while something is missing. */
export function writeWindow(window: WindowModel): Json | undefined {
  switch (window.kind) {
    case 'rolling':
      return writeSpan(window.span)
    case 'this':
      return `this ${window.unit}`
    case 'previous': {
      const { count, unit } = window
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return undefined
      return count === 1 ? `last calendar ${unit}` : `last ${count} calendar ${unit}s`
    }
    case 'range': {
      const { from, to } = window
      if (from === '' && to === '') return undefined
      return { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) }
    }
  }
}

function isEnd(json: Json): json is string | null {
  return json === null || (typeof json === 'string' && json !== '')
}
