import { momentsUntil } from '../moments.ts'
import type { CountOperator } from './count-operator.ts'
import { comparedSql, NUMBER_OPERATOR, numberPasses, numberSql } from './number-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a number below this one, or a date before it. */
export const lt: PlainOperator = {
  ...NUMBER_OPERATOR,
  label: { en: 'is below', fr: 'est sous' },
  sentence: { en: 'is below {value}', fr: 'vaut moins de {value}' },
  example: { trait: 'score', value: 0.5 },
  moments: ([date]) => (date === undefined ? [] : [momentsUntil(date.from - 1)]),
  passes: (test) => {
    const wanted = test.value as number
    return numberPasses(test, (number) => number < wanted)
  },
  sql: (test, typed, params) => numberSql(typed, comparedSql('<', test, params)),
}

/** Less often than this. */
export const ltCount: CountOperator = {
  label: { en: 'fewer than', fr: 'moins de' },
  sentence: {
    en: { one: 'fewer than once', other: 'fewer than {shown} times' },
    fr: { one: 'moins d’une fois', many: 'moins de {shown} de fois', other: 'moins de {shown} fois' },
  },
  opposite: 'gte',
  means: (count) => (count <= 1 ? 'never' : undefined),
  needs: (count) => count,
  holds: (a, b) => a < b,
  symbol: '<',
}
