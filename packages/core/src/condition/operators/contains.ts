import type { Scalar } from '@affluent/protocol/condition'
import { textSql } from '../sql/typed-sql.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a text with this in it, or a list with this element. */
export const contains: PlainOperator = {
  kind: 'plain',
  takes: 'one',
  elements: 'equal',
  fits: { text: 'first', list: 'first' },
  readings: [],
  ignoresCase: true,
  label: { en: 'contains', fr: 'contient' },
  sentence: { en: 'contains {value}', fr: 'contient {value}' },
  example: { trait: 'company', value: 'bank' },
  parse: (value, read) => read.one(value),
  passes: (test) => {
    const fold = foldOf(test)
    const wanted = fold(test.value as Scalar)
    return (value) => {
      if (Array.isArray(value)) return value.some((item) => fold(item) === wanted)
      return (
        typeof value === 'string' && typeof wanted === 'string' && (fold(value) as string).includes(wanted)
      )
    }
  },
  sql: (test, typed, params) =>
    textSql(test, typed, params, (text, wanted) => `position(${text}, ${wanted}) > 0`),
}
