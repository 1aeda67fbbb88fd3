import { type Scalar, VALUE_OPS, type ValueOp, type ValueTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { CONDITION_TEXT_CHARS_MAX, CONDITION_VALUES_MAX } from '@affluent/protocol/limits'
import { parseInstant } from '../event/event-time.ts'
import { ConditionFault } from './condition-fault.ts'
import { formatSpan, parseSpan } from './parse-window.ts'

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
const MOVING_OPS: readonly ValueOp[] = ['within_last', 'within_next', 'anniversary_within_next']

/**
 * Reads `op`, `value` and `ignoreCase` of a leaf or of a property test.
 * @param where.timeMoves whether an answer may change by time alone: a trait's may, a past event's may not
 * @throws ConditionFault
 */
export function parseValueTest(
  object: JsonObject,
  where: { readonly path: string; readonly zone: string; readonly timeMoves: boolean },
): ValueTest {
  const { path, timeMoves } = where
  const op = object['op'] as ValueOp
  if (!VALUE_OPS.includes(op))
    throw new ConditionFault(`${path}.op`, `"op" is one of ${VALUE_OPS.join(', ')}.`)
  if (!timeMoves && MOVING_OPS.includes(op))
    throw new ConditionFault(`${path}.op`, `"${op}" is asked of traits; an event has its "within".`)
  const ignoresCase = readIgnoreCase(object, op, path)
  const at = `${path}.value`
  const value = object['value']
  if (op === 'exists' || op === 'not_exists') {
    if (value !== undefined) throw new ConditionFault(at, `"${op}" takes no value.`)
    return { op }
  }
  if (value === undefined || value === null) throw new ConditionFault(at, `"${op}" needs a value.`)
  return { op, value: readValue(op, value, at), ...(ignoresCase ? { ignoreCase: true } : {}) }
}

function readIgnoreCase(object: JsonObject, op: ValueOp, path: string): boolean {
  const said = object['ignoreCase']
  if (said === undefined || said === false) return false
  if (said !== true) throw new ConditionFault(`${path}.ignoreCase`, '"ignoreCase" is true or false.')
  if (TEXT_OPS.includes(op)) return true
  throw new ConditionFault(`${path}.ignoreCase`, `"${op}" has no case to ignore.`)
}

function readValue(op: ValueOp, value: Json, at: string): Scalar | readonly Scalar[] {
  switch (op) {
    case 'equals':
    case 'not_equals':
    case 'contains':
    case 'not_contains':
      return readScalar(value, at)
    case 'in':
    case 'not_in':
      return readScalars(value, at)
    case 'starts_with':
    case 'ends_with':
      if (typeof value === 'string' && value !== '') return readScalar(value, at)
      throw new ConditionFault(at, `"${op}" takes a text that is not empty.`)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (typeof value === 'number') return readScalar(value, at)
      throw new ConditionFault(at, `"${op}" takes a number; for dates there are "before" and "after".`)
    case 'between':
      return readEnds(value, at)
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

function readScalar(value: Json, at: string): Scalar {
  if (Number.isFinite(value) || typeof value === 'boolean') return value as Scalar
  if (typeof value === 'number')
    throw new ConditionFault(at, 'This number is larger than any that can be kept.')
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed())
    throw new ConditionFault(at, 'A value is a text, a number, true or false.')
  if (value.length <= CONDITION_TEXT_CHARS_MAX) return value
  throw new ConditionFault(at, `A text of a condition has ${CONDITION_TEXT_CHARS_MAX} characters at most.`)
}

function readScalars(value: Json, at: string): Scalar[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > CONDITION_VALUES_MAX)
    throw new ConditionFault(at, `A list of 1 to ${CONDITION_VALUES_MAX} values is needed.`)
  const scalars = new Map<string, Scalar>()
  for (const [index, item] of value.entries()) {
    const scalar = readScalar(item, `${at}[${index}]`)
    scalars.set(JSON.stringify(scalar), scalar)
  }
  return [...scalars.keys()].sort().map((text) => scalars.get(text) as Scalar)
}

/** Two numbers or two dates, the lower one first. */
function readEnds(value: Json, at: string): Scalar[] {
  if (!Array.isArray(value) || value.length !== 2)
    throw new ConditionFault(at, '"between" takes two ends, such as [10, 20].')
  const [low, high] = value as [Json, Json]
  const ends =
    typeof low === 'number' && typeof high === 'number'
      ? ([readScalar(low, `${at}[0]`), readScalar(high, `${at}[1]`)] as const)
      : ([readDate(low, `${at}[0]`), readDate(high, `${at}[1]`)] as const)
  if (ends[0] > ends[1]) throw new ConditionFault(at, 'The lower end comes first.')
  return [...ends]
}

/** @returns ISO 8601 in UTC, to the millisecond */
function readDate(value: Json, at: string): string {
  const ms = typeof value === 'string' ? parseInstant(value) : undefined
  if (ms !== undefined) return new Date(ms).toISOString()
  throw new ConditionFault(at, 'A date is ISO 8601, such as "2026-11-21" or "2026-11-21T10:00:00Z".')
}
