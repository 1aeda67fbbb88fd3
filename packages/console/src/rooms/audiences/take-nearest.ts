import type { Scalar } from '@affluent/protocol/condition'
import type { PropertyTestModel, ValueDraft } from '../../conditions/value-test.ts'
import type { ConditionNode, EventNode } from './condition-model.ts'

const PLACE_IN_LIST = /\[(\d+)\]$/

/**
 * The same condition with a name or value replaced by the one that was meant.
 * @param rest where it stands inside the condition, as the API names it: `.trait`, `.where[0].property`, `.value[2]`
 * @returns the same node when nothing stands there
 */
export function takeNearest(node: ConditionNode, rest: string, nearest: Scalar): ConditionNode {
  switch (node.kind) {
    case 'trait':
      if (rest === '.trait') return { ...node, trait: String(nearest) }
      return { ...node, test: { ...node.test, values: withValue(node.test.values, rest, nearest) } }
    case 'identifier':
      return { ...node, namespace: String(nearest) }
    case 'event':
      return takeInEvent(node, rest, nearest)
    default:
      return node
  }
}

function takeInEvent(node: EventNode, rest: string, nearest: Scalar): EventNode {
  const { measure } = node
  if (rest === '.event') return { ...node, event: String(nearest) }
  if (rest === '.aggregate.property' && measure.kind === 'aggregate')
    return { ...node, measure: { ...measure, property: String(nearest) } }
  const [, index, inside = ''] = /^\.where\[(\d+)\](.*)$/.exec(rest) ?? []
  const take = (one: PropertyTestModel): PropertyTestModel =>
    inside === '.property'
      ? { ...one, property: String(nearest) }
      : { ...one, test: { ...one.test, values: withValue(one.test.values, inside, nearest) } }
  return { ...node, where: node.where.map((one, at) => (at === Number(index) ? take(one) : one)) }
}

function withValue(values: readonly ValueDraft[], rest: string, nearest: Scalar): readonly ValueDraft[] {
  const at = Number(PLACE_IN_LIST.exec(rest)?.[1] ?? 0)
  // a list names each value once
  return [...new Set(values.map((value, index) => (index === at ? nearest : value)))]
}
