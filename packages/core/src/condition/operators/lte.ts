import { momentsUntil } from '../moments.ts'
import type { CountOperator } from './count-operator.ts'
import { comparedSql, NUMBER_OPERATOR, numberPasses, numberSql } from './number-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a number up to this one, or a date that is not after it. */
export const lte: PlainOperator = {
  ...NUMBER_OPERATOR,
  label: { en: 'is at most', fr: 'est au plus' },
  sentence: { en: 'is at most {value}', fr: 'vaut au plus {value}' },
  example: { trait: 'score', value: 10 },
  moments: ([date]) => (date === undefined ? [] : [momentsUntil(date.to)]),
  passes: (test) => {
    const wanted = test.value as number
    return numberPasses(test, (number) => number <= wanted)
  },
  sql: (test, typed, params) => numberSql(typed, comparedSql('<=', test, params)),
}

/** This often or less. */
export const lteCount: CountOperator = {
  label: { en: 'at most', fr: 'au plus' },
  sentence: {
    en: { one: 'at most once', other: 'at most {shown} times' },
    fr: { one: 'au plus une fois', many: 'au plus {shown} de fois', other: 'au plus {shown} fois' },
  },
  opposite: 'gt',
  means: (count) => (count === 0 ? 'never' : undefined),
  needs: (count) => count + 1,
  holds: (a, b) => a <= b,
  symbol: '<=',
}
