import type {
  Condition,
  EachTest,
  EventPattern,
  PropertyTest,
  ValueTest,
  Window,
} from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { unreachable } from '@affluent/protocol/unreachable'
import { formatEventNames } from './event-names.ts'
import { formatSpan } from './parse-window.ts'

/**
 * A canonical condition in the form in which people and programs write it: `parseCondition` reads it back to the same. The population, which nobody writes, becomes
 * `{"population":"known"}`.
 */
export function formatCondition(condition: Condition): JsonObject {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { [condition.kind]: condition.of.map(formatCondition) }
    case 'not':
      return { not: formatCondition(condition.of) }
    case 'trait':
      return { trait: condition.trait, ...formatTest(condition) }
    case 'each':
      return formatWhereTest(condition)
    case 'count':
      return {
        ...formatPattern(condition),
        count: { op: condition.op, value: condition.count },
        ...formatWithin(condition),
      }
    case 'aggregate':
      return {
        ...formatPattern(condition),
        aggregate: { fn: condition.fn, property: condition.property },
        ...formatTest(condition as ValueTest),
        ...formatWithin(condition),
      }
    case 'audience':
      return { audience: condition.key }
    case 'identifier':
      return { identifier: condition.namespace, op: condition.op }
    case 'bucket':
      return { bucket: { seed: condition.seed, from: condition.from, to: condition.to } }
    case 'known':
      return { population: 'known' }
    default:
      return unreachable(condition)
  }
}

function formatPattern({ event, type, where }: EventPattern): JsonObject {
  const name = type !== 'track' && event === undefined ? undefined : formatEventNames(event)
  return {
    event: type === 'track' ? (name as Json) : { type, ...(name === undefined ? {} : { name }) },
    ...(where.length === 0 ? {} : { where: where.map(formatWhereTest) }),
  }
}

function formatWhereTest(test: PropertyTest | EachTest): JsonObject {
  if ('each' in test) return { each: test.each, where: test.where.map(formatWhereTest) }
  return { property: test.property, ...formatTest(test) }
}

function formatTest({ op, value, ignoreCase, as }: ValueTest): JsonObject {
  return {
    op,
    ...(value === undefined ? {} : { value: value as Json }),
    ...(ignoreCase === true ? { ignoreCase } : {}),
    ...(as === undefined ? {} : { as }),
  }
}

function formatWithin({ within }: { readonly within?: Window }): JsonObject {
  return within === undefined ? {} : { within: formatWindow(within) }
}

function formatWindow(window: Window): Json {
  switch (window.kind) {
    case 'roll':
    case 'back':
      return formatSpan(window)
    case 'this':
      return `this ${window.unit}`
    case 'last':
      return `last ${window.count} calendar ${window.unit}s`
    case 'range':
      return {
        ...(window.from === null ? {} : { from: new Date(window.from).toISOString() }),
        ...(window.to === null ? {} : { to: new Date(window.to).toISOString() }),
      }
    default:
      return unreachable(window)
  }
}
