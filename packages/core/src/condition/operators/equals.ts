import type { Scalar } from '@affluent/protocol/condition'
import { equalsSql } from '../sql/typed-sql.ts'
import type { CountOperator } from './count-operator.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** The value is this text, number or truth value. */
export const equals: PlainOperator = {
  kind: 'plain',
  takes: 'one',
  fits: { text: 'first', number: 'later', boolean: 'first' },
  readings: ['number', 'date'],
  ignoresCase: true,
  exact: true,
  label: { en: 'is', fr: 'est' },
  sentence: { en: 'is {value}', fr: 'est {value}' },
  example: { trait: 'plan', value: 'pro' },
  parse: (value, read) => read.one(value),
  moments: (dates) => dates,
  passes: (test) => {
    const fold = foldOf(test)
    const wanted = fold(test.value as Scalar)
    return (value) => fold(value) === wanted
  },
  sql: (test, typed, params) => equalsSql([test.value as Scalar], test, typed, params),
}

/** Exactly this often. */
export const equalsCount: CountOperator = {
  label: { en: 'exactly', fr: 'exactement' },
  sentence: {
    en: { one: 'exactly once', other: 'exactly {shown} times' },
    fr: { one: 'exactement une fois', many: 'exactement {shown} de fois', other: 'exactement {shown} fois' },
  },
  means: (count) => (count === 0 ? 'never' : undefined),
  needs: (count) => count + 1,
  holds: (a, b) => a === b,
  symbol: '=',
}
