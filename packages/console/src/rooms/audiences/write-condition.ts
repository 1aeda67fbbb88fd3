import type { Json, JsonObject } from '@affluent/protocol/event'
import type { ConditionNode, ConditionParts, GroupNode } from './condition-model.ts'
import { formOf } from './leaves/leaf-forms.ts'

/** What the builder holds, as the API takes it. */
export interface WrittenCondition {
  /** of all that is complete; null when nothing is */
  readonly condition: JsonObject | null
  /** which node stands at which path, such as `condition.all[1]` */
  readonly places: ReadonlyMap<string, number>
  /** leaves with something missing, which are left out */
  readonly incomplete: readonly number[]
}

/** Writes a condition: the include groups, and "not" around what excludes. */
export function writeCondition({ include, exclude }: ConditionParts): WrittenCondition {
  const incomplete: number[] = []
  const inside = outermost(groupOf(include, incomplete))
  const outside = outermost(groupOf(exclude, incomplete))
  const whole = joined(inside, outside)
  const places = new Map<string, number>()
  if (whole !== undefined) notePlaces(whole, 'condition', places)
  return { condition: whole === undefined ? null : (jsonOf(whole) as JsonObject), places, incomplete }
}

/** A node on the way to JSON; `not` and a group around both sections have no node of their own. */
type Written =
  | { readonly node: number | undefined; readonly joins: 'all' | 'any'; readonly of: readonly Written[] }
  | { readonly node: undefined; readonly not: Written }
  | { readonly node: number; readonly json: JsonObject }

function groupOf({ id, joins, of }: GroupNode, incomplete: number[]): Written | undefined {
  const written = of.map((node) => nodeOf(node, incomplete)).filter((node) => node !== undefined)
  return written.length === 0 ? undefined : { node: id, joins, of: written }
}

function nodeOf(node: ConditionNode, incomplete: number[]): Written | undefined {
  if (node.kind === 'group') return groupOf(node, incomplete)
  const json = formOf(node).write(node)
  if (json !== undefined) return { node: node.id, json }
  incomplete.push(node.id)
  return undefined
}

/** The outermost group of a section is not written around a single condition. */
function outermost(group: Written | undefined): Written | undefined {
  if (group === undefined || !('of' in group)) return group
  return group.of.length === 1 ? group.of[0] : group
}

function joined(inside: Written | undefined, outside: Written | undefined): Written | undefined {
  if (outside === undefined) return inside
  const not: Written = { node: undefined, not: outside }
  if (inside === undefined) return not
  const of = 'of' in inside && inside.joins === 'all' ? inside.of : [inside]
  return { node: inside.node, joins: 'all', of: [...of, not] }
}

function jsonOf(written: Written): Json {
  if ('json' in written) return written.json
  if ('not' in written) return { not: jsonOf(written.not) }
  return { [written.joins]: written.of.map(jsonOf) }
}

function notePlaces(written: Written, path: string, places: Map<string, number>): void {
  if (written.node !== undefined) places.set(path, written.node)
  if ('not' in written) notePlaces(written.not, `${path}.not`, places)
  if ('of' in written)
    for (const [index, part] of written.of.entries())
      notePlaces(part, `${path}.${written.joins}[${index}]`, places)
}
