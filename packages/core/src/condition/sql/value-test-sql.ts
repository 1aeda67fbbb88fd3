import type { Scalar, ValueOp, ValueTest } from '@affluent/protocol/condition'
import { comparesDates, daysWithin, type Moments, momentsOfTest } from '../date-range.ts'
import { foldText } from '../fold-text.ts'
import { NUMBER_CHARS_MAX } from '../number-in.ts'
import { parseSpan } from '../parse-window.ts'
import { ahead, anniversaryAt, boundsAt } from '../window.ts'
import { foldSql } from './fold-sql.ts'
import { instantSql } from './instant-sql.ts'
import type { SqlParams } from './sql-params.ts'

/** A value of unknown type in SQL: of each type whether it is that, and what it then is. */
export interface TypedSql {
  readonly num: OneType
  readonly text: OneType
  readonly flag: OneType
}

interface OneType {
  readonly is: string
  readonly value: string
}

/** A list element or another scalar as JSON. */
export function typedJsonSql(json: string): TypedSql {
  return {
    num: { is: `isNotNull(toFloat64OrNull(${json}))`, value: `assumeNotNull(toFloat64OrNull(${json}))` },
    text: { is: `startsWith(${json}, '"')`, value: `JSONExtractString(${json})` },
    flag: { is: `${json} in ('true', 'false')`, value: `(${json} = 'true')` },
  }
}

/** When a test is asked, and where its values go. */
export interface TestContext {
  readonly now: number
  readonly zone: string
  readonly params: SqlParams
  /** SQL of whether JSON is surely such that ClickHouse's parser takes it as it is; absent: each text is looked at */
  readonly plain?: string
}

const OPPOSITES: Partial<Record<ValueOp, ValueOp>> = {
  not_equals: 'equals',
  not_in: 'in',
  not_contains: 'contains',
  not_exists: 'exists',
}

/** Whether a test is true where its positive test is false. */
export function isNegated({ op }: ValueTest): boolean {
  return OPPOSITES[op] !== undefined
}

/** The test that a `not_*` op negates; any other test itself. */
export function positiveOf<Test extends ValueTest>(test: Test): Test {
  return { ...test, op: OPPOSITES[test.op] ?? test.op }
}

const NEVER = '0'
const LEAP_YEAR = 2000

/**
 * Whether a scalar passes a test that is not negated and not `exists`: what `compileTest` asks of one value.
 * @returns SQL of a UInt8, never null
 */
export function scalarHoldsSql(test: ValueTest, said: TypedSql, context: TestContext): string {
  const { params, zone } = context
  if (comparesDates(test)) return dateSql(said, momentsOfTest(test, zone), context)
  const typed = test.as === 'number' ? numericSql(said) : said
  switch (test.op) {
    case 'equals':
      return equalsSql([test.value as Scalar], test, typed, params)
    case 'in':
      return equalsSql(test.value as readonly Scalar[], test, typed, params)
    case 'contains':
      return textSql(test, typed, params, (text, wanted) => `position(${text}, ${wanted}) > 0`)
    case 'starts_with':
      return textSql(test, typed, params, (text, wanted) => `startsWith(${text}, ${wanted})`)
    case 'ends_with':
      return textSql(test, typed, params, (text, wanted) => `endsWith(${text}, ${wanted})`)
    case 'gt':
      return numberSql(typed, `> ${params.float(test.value as number)}`)
    case 'gte':
      return numberSql(typed, `>= ${params.float(test.value as number)}`)
    case 'lt':
      return numberSql(typed, `< ${params.float(test.value as number)}`)
    case 'lte':
      return numberSql(typed, `<= ${params.float(test.value as number)}`)
    case 'between': {
      const [low, high] = test.value as readonly [number, number]
      return numberSql(typed, `between ${params.float(low)} and ${params.float(high)}`)
    }
    case 'within_last':
    case 'within_next':
    case 'anniversary_within_next':
      return movingSql(test, typed, context)
    default:
      throw new Error(`"${test.op}" is not asked of one scalar.`)
  }
}

/**
 * Whether a scalar equals one of some values.
 * @returns SQL of a UInt8, never null
 */
function equalsSql(
  wanted: readonly Scalar[],
  { ignoreCase }: ValueTest,
  { num, text, flag }: TypedSql,
  params: SqlParams,
): string {
  const numbers = wanted.filter((value) => typeof value === 'number')
  const texts = wanted.filter((value) => typeof value === 'string')
  const flags = wanted.filter((value) => typeof value === 'boolean')
  const parts: string[] = []
  const [number] = numbers
  // bits, since only a list of literals is looked up at once
  if (numbers.length > 1)
    parts.push(`(${num.is} and reinterpretAsUInt64(${num.value}) in (${params.bits(numbers)}))`)
  else if (number !== undefined) parts.push(`(${num.is} and ${num.value} = ${params.float(number)})`)
  if (texts.length > 0) {
    const folded = ignoreCase === true ? texts.map(foldText) : texts
    const own = ignoreCase === true ? foldSql(text.value, folded, params) : text.value
    const [one] = folded
    if (folded.length === 1) parts.push(`(${text.is} and ${own} = ${params.text(one as string)})`)
    else parts.push(`(${text.is} and ${own} in (${params.texts(folded)}))`)
  }
  if (flags.length > 0) parts.push(`(${flag.is} and ${flag.value} in (${flags.map(Number).join(', ')}))`)
  return parts.length === 0 ? NEVER : `(${parts.join(' or ')})`
}

/**
 * Whether one of several elements equals what `contains` asks for.
 * @param elements SQL of an Array(String) of JSON
 */
export function hasElementSql(test: ValueTest, elements: string, params: SqlParams): string {
  return `arrayExists(e -> ${equalsSql([test.value as Scalar], test, typedJsonSql('e'), params)}, ${elements})`
}

function textSql(
  { value, ignoreCase }: ValueTest,
  { text }: TypedSql,
  params: SqlParams,
  compare: (text: string, wanted: string) => string,
): string {
  if (typeof value !== 'string') return NEVER
  const wanted = ignoreCase === true ? foldText(value) : value
  const own = ignoreCase === true ? foldSql(text.value, [wanted], params) : text.value
  return `(${text.is} and ${compare(own, params.text(wanted))})`
}

function numberSql({ num }: TypedSql, compared: string): string {
  return `(${num.is} and ${num.value} ${compared})`
}

/** Texts that read as numbers are numbers, by the rules of `numberIn`; what does not is nothing. */
function numericSql({ num, text }: TypedSql): TypedSql {
  const reads = `length(${text.value}) <= ${NUMBER_CHARS_MAX} and match(${text.value}, '${NUMBER}') and isFinite(toFloat64OrZero(${text.value}))`
  const never = { is: NEVER, value: "''" }
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

function movingSql({ op, value }: ValueTest, typed: TypedSql, context: TestContext): string {
  const { now, zone, params } = context
  const span = parseSpan(value as string, '')
  if (op === 'within_last')
    return dateSql(typed, [{ from: boundsAt(span, now, zone).after + 1, to: now }], context)
  const until = ahead(span, now, zone)
  if (op === 'within_next') return dateSql(typed, [{ from: now + 1, to: until }], context)
  // of dates before 1970 too, hence the wide type
  const date = "toDate32(fromUnixTimestamp64Milli(ms, 'UTC'))"
  const days = params.uints(anniversaryDays(until, now, zone))
  const holds = `has(${days}, toUInt64(toMonth(${date}) * 100 + toDayOfMonth(${date})))`
  return `(${typed.text.is} and arrayExists(ms -> ${holds}, ${instantSql(typed.text.value)}))`
}

/** The days of a year, as month * 100 + day, whose next anniversary comes by then. */
function anniversaryDays(until: number, now: number, zone: string): number[] {
  const days: number[] = []
  for (let date = Date.UTC(LEAP_YEAR, 0, 1); date < Date.UTC(LEAP_YEAR + 1, 0, 1); date += 86_400_000) {
    const day = new Date(date)
    if (anniversaryAt(date, now, zone).from <= until)
      days.push((day.getUTCMonth() + 1) * 100 + day.getUTCDate())
  }
  return days
}
