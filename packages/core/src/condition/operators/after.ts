import { momentsSince } from '../moments.ts'
import { DATE_OPERATOR } from './date-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a date after this one; of a whole day after it ends. */
export const after: PlainOperator = {
  ...DATE_OPERATOR,
  label: { en: 'is after', fr: 'est après le' },
  sentence: { en: 'is after {value}', fr: 'est après le {value}' },
  example: { trait: 'signed_up', value: '2026-06-30' },
  moments: ([date]) => (date === undefined ? [] : [momentsSince(date.to + 1)]),
}
