import type { EachTest, PropertyTest, ValueTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'

/** `op`, `value`, `ignoreCase` and `as` as `parseValueTest` reads them. */
export function formatTest({ op, value, ignoreCase, as }: ValueTest): JsonObject {
  return {
    op,
    ...(value === undefined ? {} : { value: value as Json }),
    ...(ignoreCase === true ? { ignoreCase } : {}),
    ...(as === undefined ? {} : { as }),
  }
}

/** A test of a property, or of one element of a list, as `parseWhere` reads it. */
export function formatWhereTest(test: PropertyTest | EachTest): JsonObject {
  if ('each' in test) return { each: test.each, where: test.where.map(formatWhereTest) }
  return { property: test.property, ...formatTest(test) }
}
