import type { Scalar } from '@affluent/protocol/condition'
import { equalsSql } from '../sql/typed-sql.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** The value is one of these. */
export const isIn: PlainOperator = {
  kind: 'plain',
  takes: 'list',
  fits: { text: 'first', number: 'later' },
  readings: ['number', 'date'],
  ignoresCase: true,
  exact: true,
  label: { en: 'is one of', fr: 'est l’une de' },
  sentence: { en: 'is one of {value}', fr: 'est parmi {value}' },
  example: { trait: 'plan', value: ['pro', 'team'] },
  parse: (value, read) => read.list(value),
  moments: (dates) => dates,
  passes: (test) => {
    const fold = foldOf(test)
    const wanted = new Set((test.value as readonly Scalar[]).map(fold))
    return (value) => wanted.has(fold(value))
  },
  sql: (test, typed, params) => equalsSql(test.value as readonly Scalar[], test, typed, params),
}
