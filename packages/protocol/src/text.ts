import { isBroken } from './broken-text.ts'
import { EVENT_TIME_END_MS, EVENT_TIME_MIN_MS } from './limits.ts'
import { z } from './schema.ts'

// What callers of the API may write: texts, ids and instants that every store holds. The one place that says so, for
// bodies, queries and paths.

const BROKEN = 'there is a NUL or half a character in it, which nothing can store'

const isWhole = (value: string) => !isBroken(value)

/**
 * A text as it is given.
 * @param max characters
 * @param min characters
 */
export function text(max: number, min = 1) {
  return z.string().min(min).max(max).refine(isWhole, BROKEN)
}

/**
 * A text that people give, without the white space around it.
 * @param max characters
 * @param min characters
 */
export function trimmed(max: number, min = 1) {
  return z.string().trim().min(min).max(max).refine(isWhole, BROKEN)
}

/**
 * An id such as `dst_12`: a number has one form, without zeros in front.
 * @param max of the column that holds it
 */
export function numberedId(prefix: string, max: number) {
  return z
    .string()
    .max(prefix.length + 1 + String(max).length)
    .regex(new RegExp(`^${prefix}_[1-9]\\d*$`), `an id of this kind is written ${prefix}_12`)
    .refine((id) => Number(id.slice(prefix.length + 1)) <= max, 'nothing has so large a number')
}

/** The number in an id that `numberedId` has let pass. */
export function numberOfId(id: string): number {
  return Number(id.slice(id.lastIndexOf('_') + 1))
}

/** A moment that a caller names; the bounds are those of event times. */
export function moment() {
  return z.iso
    .datetime({ offset: true, error: 'write it as 2026-11-30T08:00:00Z' })
    .max(40)
    .refine((value) => {
      const ms = Date.parse(value)
      return ms >= EVENT_TIME_MIN_MS && ms < EVENT_TIME_END_MS
    }, 'a moment lies between 1970 and 2100')
}

/** Any JSON whose texts, keys and numbers every store holds as they were written. */
export function storableJson() {
  return z.unknown().superRefine((value, context) => {
    const fault = findUnstorable(value, [])
    if (fault !== undefined) context.addIssue({ code: 'custom', path: fault.path, message: fault.message })
  })
}

interface Unstorable {
  readonly path: (string | number)[]
  readonly message: string
}

function findUnstorable(value: unknown, path: readonly (string | number)[]): Unstorable | undefined {
  if (typeof value === 'string') return isBroken(value) ? { path: [...path], message: BROKEN } : undefined
  if (typeof value === 'number') {
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    return isExact
      ? undefined
      : { path: [...path], message: 'a number this large is not kept exactly; write it as text' }
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    if (isBroken(key)) return { path: [...path], message: `${BROKEN}: in a key` }
    const fault = findUnstorable(item, [...path, Array.isArray(value) ? Number(key) : key])
    if (fault !== undefined) return fault
  }
  return undefined
}
