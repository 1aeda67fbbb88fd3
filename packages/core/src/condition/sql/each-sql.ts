import type { EachTest, PropertyTest } from '@affluent/protocol/condition'
import { isNegated, positiveOf } from '../operators/operators.ts'
import { stepsOf } from '../value-path.ts'
import { jsonPathHoldsSql } from './json-path-sql.ts'
import type { TestContext } from './value-test-sql.ts'

/**
 * Whether one of some elements passes all tests.
 * @param elements SQL of an Array(String) of JSON
 * @returns SQL of a UInt8, never null
 */
export function eachHoldsSql({ where }: EachTest, elements: string, context: TestContext): string {
  const tests = where.map((test) => elementHoldsSql(test, context))
  // null is no element
  return `arrayExists(x -> ${["x != 'null'", ...tests].join(' and ')}, ${elements})`
}

/** About the element `x`. */
function elementHoldsSql(test: PropertyTest, context: TestContext): string {
  const holds = jsonPathHoldsSql(positiveOf(test), 'x', stepsOf(test.property), context)
  return isNegated(test) ? `not ${holds}` : holds
}
