import type { Condition } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { leafKindOf } from './leaves/leaf-kinds.ts'

/**
 * A canonical condition in the form in which people and programs write it: `parseCondition` reads it back to the same.
 * The population, which nobody writes, becomes `{"population":"known"}`.
 */
export function formatCondition(condition: Condition): JsonObject {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { [condition.kind]: condition.of.map(formatCondition) }
    case 'not':
      return { not: formatCondition(condition.of) }
    default:
      return leafKindOf(condition).format(condition)
  }
}
