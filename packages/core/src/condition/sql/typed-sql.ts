import type { Scalar, ValueTest } from '@affluent/protocol/condition'
import { foldText } from '../fold-text.ts'
import { foldSql } from './fold-sql.ts'
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

/** SQL of what no value passes. */
export const NEVER_SQL = '0'

/** A list element or another scalar as JSON. */
export function typedJsonSql(json: string): TypedSql {
  return {
    num: { is: `isNotNull(toFloat64OrNull(${json}))`, value: `assumeNotNull(toFloat64OrNull(${json}))` },
    text: { is: `startsWith(${json}, '"')`, value: `JSONExtractString(${json})` },
    flag: { is: `${json} in ('true', 'false')`, value: `(${json} = 'true')` },
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
  return parts.length === 0 ? NEVER_SQL : `(${parts.join(' or ')})`
}

/**
 * Whether a scalar is a text that compares with the text of a test.
 * @param compare SQL of whether one text compares with the other
 * @returns SQL of a UInt8, never null
 */
export function textSql(
  { value, ignoreCase }: ValueTest,
  { text }: TypedSql,
  params: SqlParams,
  compare: (text: string, wanted: string) => string,
): string {
  if (typeof value !== 'string') return NEVER_SQL
  const wanted = ignoreCase === true ? foldText(value) : value
  const own = ignoreCase === true ? foldSql(text.value, [wanted], params) : text.value
  return `(${text.is} and ${compare(own, params.text(wanted))})`
}
