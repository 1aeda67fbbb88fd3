import { textSql } from '../sql/typed-sql.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a text that ends so. */
export const endsWith: PlainOperator = {
  kind: 'plain',
  takes: 'one',
  scalar: 'text',
  fits: { text: 'first' },
  readings: [],
  ignoresCase: true,
  label: { en: 'ends with', fr: 'finit par' },
  sentence: { en: 'ends with {value}', fr: 'finit par {value}' },
  example: { trait: 'email', value: '@example.com' },
  parse: (value, read) => read.text(value),
  passes: (test) => {
    const fold = foldOf(test)
    const wanted = fold(test.value as string) as string
    return (value) => typeof value === 'string' && (fold(value) as string).endsWith(wanted)
  },
  sql: (test, typed, params) =>
    textSql(test, typed, params, (text, wanted) => `endsWith(${text}, ${wanted})`),
}
