import { READINGS, type Reading, VALUE_OPS, type ValueOp, type ValueTest } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { ConditionError } from './condition-error.ts'
import type { Operator } from './operators/operator.ts'
import { operators } from './operators/operators.ts'
import { ValueReader } from './value-reader.ts'

/** Keys of a test beside what it is about. */
export const VALUE_TEST_KEYS = ['op', 'value', 'ignoreCase', 'as'] as const

/**
 * Reads `op`, `value`, `ignoreCase` and `as` of a leaf or of a property test.
 * @param where.timeMoves whether an answer may change by time alone: a trait's may, a past event's may not
 * @throws ConditionError
 */
export function parseValueTest(
  object: JsonObject,
  where: { readonly path: string; readonly zone: string; readonly timeMoves: boolean },
): ValueTest {
  const { path, zone, timeMoves } = where
  const op = object['op'] as ValueOp
  if (!VALUE_OPS.includes(op))
    throw new ConditionError(`${path}.op`, `"op" is one of ${VALUE_OPS.join(', ')}.`)
  const operator: Operator = operators[op]
  if (!timeMoves && operator.kind === 'moving')
    throw new ConditionError(`${path}.op`, `"${op}" is asked of traits; an event has its "within".`)
  const as = readReading(object, op, path)
  const ignoresCase = readIgnoreCase(object, op, path)
  if (ignoresCase && as !== undefined)
    throw new ConditionError(`${path}.ignoreCase`, `What is compared as a ${as} has no case to ignore.`)
  const at = `${path}.value`
  const value = object['value']
  if (operator.parse === undefined) {
    if (value !== undefined) throw new ConditionError(at, `"${op}" takes no value.`)
    return { op }
  }
  if (value === undefined || value === null) throw new ConditionError(at, `"${op}" needs a value.`)
  const isDates = operator.kind === 'plain' && as !== 'number' && operator.comparesDates?.(value) === true
  const kept = isDates || operator.kind === 'moving' ? undefined : as
  return {
    op,
    value: operator.parse(value, new ValueReader({ op, as: isDates ? 'date' : as, zone, at })),
    ...(ignoresCase ? { ignoreCase: true } : {}),
    // of two dates, and of ops of dates, it goes without saying
    ...(kept === undefined ? {} : { as: kept }),
  }
}

function readReading(object: JsonObject, op: ValueOp, path: string): Reading | undefined {
  const said = object['as']
  if (said === undefined) return undefined
  const at = `${path}.as`
  if (!READINGS.includes(said as Reading))
    throw new ConditionError(at, `"as" is one of ${READINGS.join(', ')}.`)
  if (operators[op].readings.includes(said as Reading)) return said as Reading
  throw new ConditionError(at, `"${op}" compares no ${said}s: leave "as" out.`)
}

function readIgnoreCase(object: JsonObject, op: ValueOp, path: string): boolean {
  const said = object['ignoreCase']
  if (said === undefined || said === false) return false
  if (said !== true) throw new ConditionError(`${path}.ignoreCase`, '"ignoreCase" is true or false.')
  if (operators[op].ignoresCase) return true
  throw new ConditionError(`${path}.ignoreCase`, `"${op}" has no case to ignore.`)
}
