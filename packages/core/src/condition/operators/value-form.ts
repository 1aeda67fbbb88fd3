import type { Scalar } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { readSpanText } from '../window-text.ts'

/**
 * The form of an operator's value: absent, a scalar, a list of scalars, two ends, a date, a stretch of time such as
 * "30d".
 */
export type ValueForm = 'none' | 'one' | 'list' | 'range' | 'date' | 'span'

/**
 * The scalars in a value that has the form, in their order; whether they make sense is not looked at.
 * @returns undefined when it has another form
 */
export function readFormed(form: ValueForm, value: Json | undefined): readonly Scalar[] | undefined {
  switch (form) {
    case 'none':
      return value === undefined ? [] : undefined
    case 'list':
      return Array.isArray(value) && value.length > 0 && value.every(isScalar) ? value : undefined
    case 'range':
      return Array.isArray(value) && value.length === 2 && value.every(isScalar) ? value : undefined
    case 'span':
      return readSpanText(value) === undefined ? undefined : [value as string]
    case 'one':
    case 'date':
      return isScalar(value) ? [value] : undefined
  }
}

/** Whether a value is a text, a number or a truth value. */
export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
