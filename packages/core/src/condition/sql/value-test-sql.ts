import type { Scalar, ValueTest } from '@affluent/protocol/condition'
import { comparesDates, daysWithin, momentsOfTest } from '../date-range.ts'
import type { Moments } from '../moments.ts'
import { NUMBER_CHARS_MAX } from '../number-in.ts'
import { operators } from '../operators/operators.ts'
import { parseSpan } from '../parse-window.ts'
import { calendarOf } from '../window.ts'
import { instantSql } from './instant-sql.ts'
import type { SqlParams } from './sql-params.ts'
import { equalsSql, NEVER_SQL, type TypedSql, typedJsonSql } from './typed-sql.ts'

/** When a test is asked, and where its values go. */
export interface TestContext {
  readonly now: number
  readonly zone: string
  readonly params: SqlParams
  /** SQL of whether JSON is surely such that ClickHouse's parser takes it as it is; absent: each text is looked at */
  readonly plain?: string
}

/**
 * Whether a scalar passes a test that is not negated and does not ask whether it is there: what `compileTest` asks of
 * one value.
 * @returns SQL of a UInt8, never null
 */
export function scalarHoldsSql(test: ValueTest, said: TypedSql, context: TestContext): string {
  const { params, zone, now } = context
  if (comparesDates(test)) return dateSql(said, momentsOfTest(test, zone), context)
  const typed = test.as === 'number' ? numericSql(said) : said
  const operator = operators[test.op]
  switch (operator.kind) {
    case 'plain':
      return operator.sql(test, typed, params)
    case 'moving': {
      const asked = { span: parseSpan(test.value as string, ''), now, calendar: calendarOf(zone) }
      const within = (moments: Moments) => dateSql(typed, [moments], context)
      return operator.sql(asked, { typed, params, within })
    }
    case 'presence':
    case 'negated':
      throw new Error(`"${test.op}" is not asked of one scalar.`)
  }
}

/** Whether a test that is not negated asks only whether there is a value. */
export function asksPresence({ op }: ValueTest): boolean {
  return operators[op].kind === 'presence'
}

/** Whether a list with an element that equals the test's value passes too. */
export function asksElements({ op }: ValueTest): boolean {
  const operator = operators[op]
  return operator.kind === 'plain' && operator.elements === 'equal'
}

/**
 * Whether one of several elements equals the value of a test that asks elements.
 * @param elements SQL of an Array(String) of JSON
 */
export function hasElementSql(test: ValueTest, elements: string, params: SqlParams): string {
  return `arrayExists(e -> ${equalsSql([test.value as Scalar], test, typedJsonSql('e'), params)}, ${elements})`
}

/** Texts that read as numbers are numbers, by the rules of `numberIn`; what does not is nothing. */
function numericSql({ num, text }: TypedSql): TypedSql {
  const reads = `length(${text.value}) <= ${NUMBER_CHARS_MAX} and match(${text.value}, '${NUMBER}') and isFinite(toFloat64OrZero(${text.value}))`
  const never = { is: NEVER_SQL, value: "''" }
  return {
    num: {
      is: `(${num.is} or ${text.is} and ${reads})`,
      value: `if(${num.is}, ${num.value}, toFloat64OrZero(${text.value}))`,
    },
    text: never,
    flag: never,
  }
}

const NUMBER = '^-?[0-9]+(?:\\\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\\\\z'
const DAY_CHARS = 10

/** Whether a text is a date within some moments; one without a time is the beginning of its day in the zone. */
function dateSql({ text }: TypedSql, moments: readonly Moments[], { zone, params }: TestContext): string {
  const within = (ranges: readonly Moments[]) =>
    ranges.map(({ from, to }) => `ms between ${params.int(from)} and ${params.int(to)}`).join(' or ')
  const days = moments.map((each) => daysWithin(each, zone))
  const holds = `if(length(${text.value}) = ${DAY_CHARS}, ${within(days)}, ${within(moments)})`
  return `(${text.is} and arrayExists(ms -> ${holds}, ${instantSql(text.value)}))`
}
