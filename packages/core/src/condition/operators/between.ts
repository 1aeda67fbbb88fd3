import type { Scalar } from '@affluent/protocol/condition'
import { numberPasses, numberSql } from './number-operator.ts'
import type { PlainOperator } from './operator.ts'

/** The value is a number or a date from one end to the other, both included. */
export const between: PlainOperator = {
  kind: 'plain',
  takes: 'range',
  fits: { text: 'first', number: 'first' },
  readings: ['number', 'date'],
  ignoresCase: false,
  label: { en: 'is between', fr: 'est entre' },
  sentence: { en: 'is between {from} and {to}', fr: 'est entre {from} et {to}' },
  example: { trait: 'age', value: [18, 25] },
  parse: (value, read) => read.range(value),
  comparesDates: (value) => Array.isArray(value) && typeof value[0] === 'string',
  moments: (dates) => {
    const [low, high] = dates
    return low === undefined || high === undefined ? [] : [{ from: low.from, to: high.to }]
  },
  passes: (test) => {
    const [low, high] = test.value as readonly Scalar[] as [number, number]
    return numberPasses(test, (number) => number >= low && number <= high)
  },
  sql: ({ value }, typed, params) => {
    const [low, high] = value as readonly [number, number]
    return numberSql(typed, `between ${params.float(low)} and ${params.float(high)}`)
  },
}
