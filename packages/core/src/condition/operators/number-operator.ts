import type { ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import type { SqlParams } from '../sql/sql-params.ts'
import type { TypedSql } from '../sql/typed-sql.ts'
import { foldOf } from './folded-value.ts'
import type { PlainOperator } from './operator.ts'

/** What all operators have that compare a number with another one. */
export const NUMBER_OPERATOR = {
  kind: 'plain',
  takes: 'one',
  scalar: 'number',
  fits: { number: 'first' },
  readings: ['number', 'date'],
  ignoresCase: false,
  parse: (value, read) => read.ordered(value),
} as const satisfies Partial<PlainOperator>

/** Whether a value is a number that passes, or with `"as":"number"` reads as one. */
export function numberPasses(test: ValueTest, passes: (number: number) => boolean): (value: Json) => boolean {
  const fold = foldOf(test)
  return (value) => {
    const number = fold(value)
    return typeof number === 'number' && passes(number)
  }
}

/**
 * Whether a scalar is a number that passes.
 * @param compared SQL behind the number, such as "> 5"
 * @returns SQL of a UInt8, never null
 */
export function numberSql({ num }: TypedSql, compared: string): string {
  return `(${num.is} and ${num.value} ${compared})`
}

/** SQL behind a number that is compared with the number of a test. */
export function comparedSql(symbol: string, { value }: ValueTest, params: SqlParams): string {
  return `${symbol} ${params.float(value as number)}`
}
