import { textSql } from '../sql/typed-sql.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a text that begins so. */
export const startsWith: PlainOperator = {
  kind: 'plain',
  takes: 'one',
  scalar: 'text',
  fits: { text: 'first' },
  readings: [],
  ignoresCase: true,
  label: { en: 'begins with', fr: 'commence par' },
  sentence: { en: 'begins with {value}', fr: 'commence par {value}' },
  example: { trait: 'postcode', value: '75' },
  parse: (value, read) => read.text(value),
  passes: (test) => {
    const fold = foldOf(test)
    const wanted = fold(test.value as string) as string
    return (value) => typeof value === 'string' && (fold(value) as string).startsWith(wanted)
  },
  sql: (test, typed, params) =>
    textSql(test, typed, params, (text, wanted) => `startsWith(${text}, ${wanted})`),
}
