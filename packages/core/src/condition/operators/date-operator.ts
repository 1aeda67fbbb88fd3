import { NEVER_SQL } from '../sql/typed-sql.ts'
import type { PlainOperator } from './operator.ts'

/** What all operators have that compare dates alone: the moments that pass say everything. */
export const DATE_OPERATOR = {
  kind: 'plain',
  takes: 'date',
  fits: { text: 'first' },
  readings: ['date'],
  ignoresCase: false,
  parse: (value, read) => read.date(value),
  comparesDates: () => true,
  passes: () => () => false,
  sql: () => NEVER_SQL,
} as const satisfies Partial<PlainOperator>
