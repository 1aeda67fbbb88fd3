import { momentsUntil } from '../moments.ts'
import { DATE_OPERATOR } from './date-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a date before this one; of a whole day before it begins. */
export const before: PlainOperator = {
  ...DATE_OPERATOR,
  label: { en: 'is before', fr: 'est avant le' },
  sentence: { en: 'is before {value}', fr: 'est avant le {value}' },
  example: { trait: 'signed_up', value: '2026-06-30' },
  moments: ([date]) => (date === undefined ? [] : [momentsUntil(date.from - 1)]),
}
