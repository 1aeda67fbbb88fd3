import type { Scalar } from '@affluent/protocol/condition'
import type { ConditionNode } from './condition-model.ts'
import { formOf } from './leaves/leaf-forms.ts'

/**
 * The same condition with a name or value replaced by the one that was meant.
 * @param rest where it stands inside the condition, as the API names it: `.trait`, `.where[0].property`, `.value[2]`
 * @returns the same node when nothing stands there
 */
export function takeNearest(node: ConditionNode, rest: string, nearest: Scalar): ConditionNode {
  return node.kind === 'group' ? node : (formOf(node).takeNearest?.(node, rest, nearest) ?? node)
}
