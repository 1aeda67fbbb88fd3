import type { Scalar, ValueTest } from '@affluent/protocol/condition'
import { foldText } from '../fold-text.ts'
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
}

const NEVER = '0'
const LEAP_YEAR = 2000

/**
 * Whether a scalar passes a test that is not negated and not `exists`: what `compileTest` asks of one value.
 * @returns SQL of a UInt8, never null
 */
export function scalarHoldsSql(test: ValueTest, typed: TypedSql, context: TestContext): string {
  const { params } = context
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
      const [low, high] = test.value as readonly [Scalar, Scalar]
      if (typeof low === 'number')
        return numberSql(typed, `between ${params.float(low)} and ${params.float(high as number)}`)
      return dateSql(
        typed,
        `ms between ${params.int(Date.parse(low as string))} and ${params.int(Date.parse(high as string))}`,
      )
    }
    case 'before':
      return dateSql(typed, `ms < ${params.int(Date.parse(test.value as string))}`)
    case 'after':
      return dateSql(typed, `ms > ${params.int(Date.parse(test.value as string))}`)
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
export function equalsSql(
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

/** @param compare SQL about the moment `ms` */
function dateSql({ text }: TypedSql, compare: string): string {
  return `(${text.is} and arrayExists(ms -> ${compare}, ${instantSql(text.value)}))`
}

function movingSql({ op, value }: ValueTest, typed: TypedSql, { now, zone, params }: TestContext): string {
  const span = parseSpan(value as string, '')
  const today = params.int(now)
  if (op === 'within_last')
    return dateSql(typed, `ms > ${params.int(boundsAt(span, now, zone).after)} and ms <= ${today}`)
  const until = ahead(span, now, zone)
  if (op === 'within_next') return dateSql(typed, `ms > ${today} and ms <= ${params.int(until)}`)
  // of dates before 1970 too, hence the wide type
  const date = "toDate32(fromUnixTimestamp64Milli(ms, 'UTC'))"
  const days = params.uints(anniversaryDays(until, now, zone))
  return dateSql(typed, `has(${days}, toUInt64(toMonth(${date}) * 100 + toDayOfMonth(${date})))`)
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
