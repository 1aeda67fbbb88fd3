import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  type ConditionNode,
  type ConditionParts,
  EMPTY_PARTS,
  GROUP_DEPTH_MAX,
  type GroupNode,
  nextId,
} from './condition-model.ts'
import type { JsonNode } from './leaves/json.tsx'
import { formOfJson, type LeafNode } from './leaves/leaf-forms.ts'
import { asObject, known, NotForBuilder } from './leaves/read-leaf.ts'

/**
 * Reads a condition for the builder. Parts that it has no fields for are kept as JSON: "not" elsewhere than around what
 * excludes, groups nested too deep, forms that it does not have.
 * @returns undefined when it is no object at all
 */
export function readCondition(json: Json): ConditionParts | undefined {
  const ids = counter(nextId(EMPTY_PARTS))
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  return orElse(
    () => readParts(json, ids),
    () => {
      return { ...EMPTY_PARTS, include: { ...EMPTY_PARTS.include, of: [asJsonNode(json, ids)] } }
    },
  )
}

/** What `read` gives; `otherwise` where it meets something that has no fields. */
function orElse<T>(read: () => T, otherwise: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof NotForBuilder) return otherwise()
    throw error
  }
}

function asJsonNode(json: Json, ids: Ids): JsonNode {
  return { id: ids(), kind: 'json', text: JSON.stringify(json, undefined, 2) }
}

type Ids = () => number

function readParts(json: Json, ids: Ids): ConditionParts {
  const object = asObject(json)
  const parts = Array.isArray(object['all']) ? asBranch(object, 'all') : [object]
  const outside = parts.filter(isNot).map((part) => asObject(part)['not'] as Json)
  const inside = parts.filter((part) => !isNot(part))
  return {
    include: { ...EMPTY_PARTS.include, ...readInside(inside, ids) },
    exclude: { ...EMPTY_PARTS.exclude, of: outside.flatMap((part) => readOutside(part, ids)) },
  }
}

/** A single "any" is the outermost group itself. */
function readInside(parts: readonly Json[], ids: Ids): Pick<GroupNode, 'joins' | 'of'> {
  const [only] = parts
  if (parts.length === 1 && only !== undefined && isBranch(only)) {
    const joins = 'any' in only ? 'any' : 'all'
    return { joins, of: asBranch(only, joins).map((part) => readNode(part, 2, ids)) }
  }
  return { joins: 'all', of: parts.map((part) => readNode(part, 2, ids)) }
}

/** Not one of several is each of them on its own. */
function readOutside(json: Json, ids: Ids): ConditionNode[] {
  if (isBranch(json) && 'any' in json) return asBranch(json, 'any').map((part) => readNode(part, 2, ids))
  return [readNode(json, 2, ids)]
}

function readNode(json: Json, depth: number, ids: Ids): ConditionNode {
  return orElse(
    () => readDrawn(json, depth, ids),
    () => asJsonNode(json, ids),
  )
}

function readDrawn(json: Json, depth: number, ids: Ids): ConditionNode {
  if (!isBranch(json)) return readLeaf(asObject(json), ids)
  if (depth > GROUP_DEPTH_MAX) throw new NotForBuilder()
  const joins = 'any' in json ? 'any' : 'all'
  const id = ids()
  return { id, kind: 'group', joins, of: asBranch(json, joins).map((part) => readNode(part, depth + 1, ids)) }
}

function readLeaf(object: JsonObject, ids: Ids): LeafNode {
  const form = formOfJson(object)
  if (form === undefined) throw new NotForBuilder()
  return form.read(object, ids(), ids)
}

function isBranch(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && ('all' in json || 'any' in json)
}

function isNot(json: Json): boolean {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && 'not' in json
}

function asBranch(object: JsonObject, joins: 'all' | 'any'): Json[] {
  const list = known(object, [joins])[joins]
  if (!Array.isArray(list) || list.length === 0) throw new NotForBuilder()
  return list
}

function counter(first: number): Ids {
  let next = first
  return () => next++
}
