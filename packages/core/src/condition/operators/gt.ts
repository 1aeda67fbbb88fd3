import { momentsSince } from '../moments.ts'
import type { CountOperator } from './count-operator.ts'
import { comparedSql, NUMBER_OPERATOR, numberPasses, numberSql } from './number-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a number above this one, or a date after it. */
export const gt: PlainOperator = {
  ...NUMBER_OPERATOR,
  label: { en: 'is above', fr: 'dépasse' },
  sentence: { en: 'is above {value}', fr: 'dépasse {value}' },
  example: { trait: 'age', value: 65 },
  moments: ([date]) => (date === undefined ? [] : [momentsSince(date.to + 1)]),
  passes: (test) => {
    const wanted = test.value as number
    return numberPasses(test, (number) => number > wanted)
  },
  sql: (test, typed, params) => numberSql(typed, comparedSql('>', test, params)),
}

/** More often than this. */
export const gtCount: CountOperator = {
  label: { en: 'more than', fr: 'plus de' },
  sentence: {
    en: { one: 'more than once', other: 'more than {shown} times' },
    fr: { one: 'plus d’une fois', many: 'plus de {shown} de fois', other: 'plus de {shown} fois' },
  },
  opposite: 'lte',
  isLeast: true,
  means: (count) => (count === 0 ? 'ever' : undefined),
  needs: (count) => count + 1,
  holds: (a, b) => a > b,
  symbol: '>',
}
