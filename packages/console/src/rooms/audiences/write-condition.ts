import type { Json, JsonObject } from '@affluent/protocol/event'
import { isName, writeProperty, writeTest } from '../../conditions/value-test.ts'
import { writeWindow } from '../../conditions/window-model.ts'
import type { ConditionNode, ConditionParts, EventNode, GroupNode, LeafNode } from './condition-model.ts'

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

/** One leaf as conditions write it; undefined while something is missing. */
function writeLeaf(leaf: LeafNode): JsonObject | undefined {
  switch (leaf.kind) {
    case 'trait': {
      const test = writeTest(leaf.test)
      return isName(leaf.trait) && test !== undefined ? { trait: leaf.trait, ...test } : undefined
    }
    case 'event':
      return writeEvent(leaf)
    case 'audience':
      return leaf.audience === '' ? undefined : { audience: leaf.audience }
    case 'identifier':
      return leaf.namespace === '' ? undefined : { identifier: leaf.namespace, op: leaf.op }
    case 'share': {
      const { seed, from, to } = leaf
      return seed === '' || typeof from !== 'number' || typeof to !== 'number'
        ? undefined
        : { bucket: { seed, from, to } }
    }
    case 'json':
      return readPart(leaf.text)
  }
}

/** @returns undefined while the text is no object */
function readPart(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
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
  const json = writeLeaf(node)
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

function writeEvent({ event, type, where, measure, window }: EventNode): JsonObject | undefined {
  const tests = where.map(writeProperty)
  const within = window === null ? undefined : writeWindow(window)
  const { op, value } = measure
  const isMissing = event === '' || tests.includes(undefined)
  if (typeof value !== 'number' || isMissing || (window !== null && within === undefined)) return undefined
  const pattern: JsonObject = {
    event,
    ...(type === 'track' ? {} : { type }),
    ...(tests.length === 0 ? {} : { where: tests as JsonObject[] }),
  }
  const span: JsonObject = within === undefined ? {} : { within }
  if (measure.kind === 'aggregate') {
    const { fn, property } = measure
    return isName(property) ? { ...pattern, aggregate: { fn, property }, op, value, ...span } : undefined
  }
  // at least once is what an event asks by itself
  const isUsual = op === 'gte' && value === 1
  return { ...pattern, ...(isUsual ? {} : { count: { op, value } }), ...span }
}
