import {
  READINGS,
  type Reading,
  type Scalar,
  VALUE_OPS,
  type ValueOp,
  type ValueTest,
} from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { CONDITION_TEXT_CHARS_MAX, CONDITION_VALUES_MAX } from '@affluent/protocol/limits'
import { parseInstant } from '../event/event-time.ts'
import { ConditionFault } from './condition-fault.ts'
import { isDay, momentsOfDate } from './date-range.ts'
import { numberIn } from './number-in.ts'
import { formatSpan, parseSpan } from './parse-window.ts'

/** Keys of a test beside what it is about. */
export const VALUE_TEST_KEYS = ['op', 'value', 'ignoreCase', 'as'] as const

const TEXT_OPS: readonly ValueOp[] = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
]
const COMPARING_OPS: readonly ValueOp[] = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
]
const DATE_OPS: readonly ValueOp[] = ['before', 'after']
const MOVING_OPS: readonly ValueOp[] = ['within_last', 'within_next', 'anniversary_within_next']

/**
 * Reads `op`, `value`, `ignoreCase` and `as` of a leaf or of a property test.
 * @param where.timeMoves whether an answer may change by time alone: a trait's may, a past event's may not
 * @throws ConditionFault
 */
export function parseValueTest(
  object: JsonObject,
  where: { readonly path: string; readonly zone: string; readonly timeMoves: boolean },
): ValueTest {
  const { path, zone, timeMoves } = where
  const op = object['op'] as ValueOp
  if (!VALUE_OPS.includes(op))
    throw new ConditionFault(`${path}.op`, `"op" is one of ${VALUE_OPS.join(', ')}.`)
  if (!timeMoves && MOVING_OPS.includes(op))
    throw new ConditionFault(`${path}.op`, `"${op}" is asked of traits; an event has its "within".`)
  const as = readReading(object, op, path)
  const ignoresCase = readIgnoreCase(object, op, path)
  if (ignoresCase && as !== undefined)
    throw new ConditionFault(`${path}.ignoreCase`, `What is compared as a ${as} has no case to ignore.`)
  const at = `${path}.value`
  const value = object['value']
  if (op === 'exists' || op === 'not_exists') {
    if (value !== undefined) throw new ConditionFault(at, `"${op}" takes no value.`)
    return { op }
  }
  if (value === undefined || value === null) throw new ConditionFault(at, `"${op}" needs a value.`)
  const isDates = op === 'between' && Array.isArray(value) && typeof value[0] === 'string' && as !== 'number'
  const said = isDates || DATE_OPS.includes(op) || MOVING_OPS.includes(op) ? undefined : as
  return {
    op,
    value: new ValueReader(zone, isDates ? 'date' : as).read(op, value, at),
    ...(ignoresCase ? { ignoreCase: true } : {}),
    // of two dates, and of ops of dates, it goes without saying
    ...(said === undefined ? {} : { as: said }),
  }
}

function readReading(object: JsonObject, op: ValueOp, path: string): Reading | undefined {
  const said = object['as']
  if (said === undefined) return undefined
  const at = `${path}.as`
  if (!READINGS.includes(said as Reading))
    throw new ConditionFault(at, `"as" is one of ${READINGS.join(', ')}.`)
  const isDateOp = DATE_OPS.includes(op) || MOVING_OPS.includes(op)
  if (COMPARING_OPS.includes(op) || (isDateOp && said === 'date')) return said as Reading
  throw new ConditionFault(at, `"${op}" compares no ${said}s: leave "as" out.`)
}

function readIgnoreCase(object: JsonObject, op: ValueOp, path: string): boolean {
  const said = object['ignoreCase']
  if (said === undefined || said === false) return false
  if (said !== true) throw new ConditionFault(`${path}.ignoreCase`, '"ignoreCase" is true or false.')
  if (TEXT_OPS.includes(op)) return true
  throw new ConditionFault(`${path}.ignoreCase`, `"${op}" has no case to ignore.`)
}

class ValueReader {
  readonly #zone: string
  readonly #as: Reading | undefined

  constructor(zone: string, as: Reading | undefined) {
    this.#zone = zone
    this.#as = as
  }

  read(op: ValueOp, value: Json, at: string): Scalar | readonly Scalar[] {
    switch (op) {
      case 'equals':
      case 'not_equals':
      case 'contains':
      case 'not_contains':
        return this.#one(value, at)
      case 'in':
      case 'not_in':
        return this.#several(value, at)
      case 'starts_with':
      case 'ends_with':
        if (typeof value === 'string' && value !== '') return readScalar(value, at)
        throw new ConditionFault(at, `"${op}" takes a text that is not empty.`)
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        if (typeof value === 'number' || this.#as !== undefined) return this.#one(value, at)
        throw new ConditionFault(
          at,
          `"${op}" takes a number; for dates there are "before" and "after", or "as":"date".`,
        )
      case 'between':
        return this.#ends(value, at)
      case 'before':
      case 'after':
        return readDate(value, at)
      case 'within_last':
      case 'within_next':
      case 'anniversary_within_next':
        return formatSpan(parseSpan(value, at))
      default:
        throw new ConditionFault(at, `"${op}" takes no value.`)
    }
  }

  #one(value: Json, at: string): Scalar {
    if (this.#as === 'date') return readDate(value, at)
    if (this.#as === 'number') return readNumber(value, at)
    return readScalar(value, at)
  }

  #several(value: Json, at: string): Scalar[] {
    if (!Array.isArray(value) || value.length === 0 || value.length > CONDITION_VALUES_MAX)
      throw new ConditionFault(at, `A list of 1 to ${CONDITION_VALUES_MAX} values is needed.`)
    const scalars = new Map<string, Scalar>()
    for (const [index, item] of value.entries()) {
      const scalar = this.#one(item, `${at}[${index}]`)
      scalars.set(JSON.stringify(scalar), scalar)
    }
    return [...scalars.keys()].sort().map((text) => scalars.get(text) as Scalar)
  }

  /** Two numbers or two dates, the lower one first. */
  #ends(value: Json, at: string): Scalar[] {
    if (!Array.isArray(value) || value.length !== 2)
      throw new ConditionFault(at, '"between" takes two ends, such as [10, 20].')
    const [low, high] = [0, 1].map((index) => {
      const end = value[index] as Json
      // a text is no number unless it is said to be read as one
      const isOther = this.#as === undefined && typeof end !== 'number'
      if (isOther) throw new ConditionFault(`${at}[${index}]`, 'Both ends are numbers, or both are dates.')
      return this.#as === undefined ? readScalar(end, `${at}[${index}]`) : this.#one(end, `${at}[${index}]`)
    }) as [number | string, number | string]
    const first = typeof low === 'number' ? low : momentsOfDate(low, this.#zone).from
    const last = typeof high === 'number' ? high : momentsOfDate(high, this.#zone).to
    if (first > last) throw new ConditionFault(at, 'The lower end comes first.')
    return [low, high]
  }
}

function readScalar(value: Json, at: string): Scalar {
  if (Number.isFinite(value) || typeof value === 'boolean') return value as Scalar
  if (typeof value === 'number')
    throw new ConditionFault(at, 'This number is larger than any that can be kept.')
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed())
    throw new ConditionFault(at, 'A value is a text, a number, true or false.')
  if (value.length <= CONDITION_TEXT_CHARS_MAX) return value
  throw new ConditionFault(at, `A text of a condition has ${CONDITION_TEXT_CHARS_MAX} characters at most.`)
}

/** A number, or a text that reads as one. */
function readNumber(value: Json, at: string): number {
  const number = typeof value === 'string' ? numberIn(value) : value
  if (typeof number === 'number') return readScalar(number, at) as number
  throw new ConditionFault(at, 'A number is needed here, such as 50 or "49.90".')
}

/** @returns a day as it was said, or a moment in ISO 8601 in UTC, to the millisecond */
function readDate(value: Json, at: string): string {
  const ms = typeof value === 'string' ? parseInstant(value) : undefined
  if (ms !== undefined) return isDay(value as string) ? (value as string) : new Date(ms).toISOString()
  throw new ConditionFault(at, 'A date is ISO 8601, such as "2026-11-21" or "2026-11-21T10:00:00Z".')
}
