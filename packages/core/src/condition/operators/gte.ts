import { momentsSince } from '../moments.ts'
import type { CountOperator } from './count-operator.ts'
import { comparedSql, NUMBER_OPERATOR, numberPasses, numberSql } from './number-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a number from this one on, or a date that is not before it. */
export const gte: PlainOperator = {
  ...NUMBER_OPERATOR,
  label: { en: 'is at least', fr: 'est au moins' },
  sentence: { en: 'is at least {value}', fr: 'vaut au moins {value}' },
  example: { trait: 'age', value: 18 },
  moments: ([date]) => (date === undefined ? [] : [momentsSince(date.from)]),
  passes: (test) => {
    const wanted = test.value as number
    return numberPasses(test, (number) => number >= wanted)
  },
  sql: (test, typed, params) => numberSql(typed, comparedSql('>=', test, params)),
}

/** This often or more. */
export const gteCount: CountOperator = {
  label: { en: 'at least', fr: 'au moins' },
  sentence: {
    en: { one: 'at least once', other: 'at least {shown} times' },
    fr: { one: 'au moins une fois', many: 'au moins {shown} de fois', other: 'au moins {shown} fois' },
  },
  opposite: 'lt',
  isLeast: true,
  means: (count) => (count === 1 ? 'ever' : count === 0 ? 'any' : undefined),
  needs: (count) => count,
  holds: (a, b) => a >= b,
  symbol: '>=',
}
