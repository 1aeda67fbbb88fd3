import type { ValueOp, ValueTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { after } from './after.ts'
import { anniversaryWithinNext } from './anniversary-within-next.ts'
import { before } from './before.ts'
import { between } from './between.ts'
import { contains } from './contains.ts'
import { endsWith } from './ends-with.ts'
import { equals } from './equals.ts'
import { exists } from './exists.ts'
import { gt } from './gt.ts'
import { gte } from './gte.ts'
import { isIn } from './in.ts'
import { lt } from './lt.ts'
import { lte } from './lte.ts'
import { notContains } from './not-contains.ts'
import { notEquals } from './not-equals.ts'
import { notExists } from './not-exists.ts'
import { notIn } from './not-in.ts'
import type { Operator } from './operator.ts'
import { startsWith } from './starts-with.ts'
import { withinLast } from './within-last.ts'
import { withinNext } from './within-next.ts'

/** Every operator, in the order in which a builder offers them: one that is missing does not compile. */
export const operators: Readonly<Record<ValueOp, Operator>> = {
  equals,
  not_equals: notEquals,
  in: isIn,
  not_in: notIn,
  contains,
  not_contains: notContains,
  starts_with: startsWith,
  ends_with: endsWith,
  gte,
  gt,
  lte,
  lt,
  before,
  after,
  between,
  within_last: withinLast,
  within_next: withinNext,
  anniversary_within_next: anniversaryWithinNext,
  exists,
  not_exists: notExists,
}

/** Whether a test is true where its positive test is false. */
export function isNegated({ op }: ValueTest): boolean {
  return operators[op].kind === 'negated'
}

/** Whether a test compares with now, so that its answer may change by time alone. */
export function isMoving({ op }: ValueTest): boolean {
  return operators[op].kind === 'moving'
}

/** The test that a `not_*` operator negates; any other test itself. */
export function positiveOf<Test extends ValueTest>(test: Test): Test {
  const operator = operators[test.op]
  return operator.kind === 'negated' ? { ...test, op: operator.negates } : { ...test }
}

/** The operator that holds exactly where one does not; undefined: none does. */
export function oppositeOf(op: ValueOp): ValueOp | undefined {
  const operator = operators[op]
  if (operator.kind === 'negated') return operator.negates
  return (Object.keys(operators) as ValueOp[]).find((other) => {
    const candidate = operators[other]
    return candidate.kind === 'negated' && candidate.negates === op
  })
}

/** A test of a trait that shows an operator, as conditions are written. */
export function exampleOf(op: ValueOp): JsonObject {
  const { trait, value } = operators[op].example
  return { trait, op, ...(value === undefined ? {} : { value: value as Json }) }
}
