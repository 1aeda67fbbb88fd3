import { COUNT_OPS, type CountOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { type PropertyTestModel, readProperty, readTest } from '../../conditions/value-test.ts'
import { readWindow, type WindowModel } from '../../conditions/window-model.ts'
import {
  AGGREGATE_FNS,
  type AggregateFn,
  type ConditionNode,
  type ConditionParts,
  EMPTY_PARTS,
  EVENT_KINDS,
  type EventKind,
  type EventNode,
  GROUP_DEPTH_MAX,
  type GroupNode,
  type JsonNode,
  type LeafNode,
  type Measure,
  nextId,
} from './condition-model.ts'

/**
 * Reads a condition for the builder. Parts that it has no fields for are kept as JSON: "not" elsewhere than around what excludes, groups nested too deep,
 * forms that it does not have.
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

class NotForBuilder extends Error {
  override readonly name = 'NotForBuilder'
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
  const id = ids()
  if ('event' in object) return readEvent(object, id, ids)
  if ('trait' in object) {
    const { trait, ...test } = object
    const read = readTest(known(test, ['op', 'value', 'ignoreCase']))
    if (read === undefined) throw new NotForBuilder()
    return { id, kind: 'trait', trait: asText(trait), test: read }
  }
  if ('audience' in object)
    return { id, kind: 'audience', audience: asText(known(object, ['audience'])['audience']) }
  if ('identifier' in object) {
    const { identifier, op } = known(object, ['identifier', 'op'])
    if (op !== 'exists' && op !== 'not_exists') throw new NotForBuilder()
    return { id, kind: 'identifier', namespace: asText(identifier), op }
  }
  if ('bucket' in object) {
    const { bucket } = known(object, ['bucket'])
    const { seed, from, to } = known(asObject(bucket), ['seed', 'from', 'to'])
    return { id, kind: 'share', seed: asText(seed), from: asNumber(from), to: asNumber(to) }
  }
  throw new NotForBuilder()
}

function readEvent(object: JsonObject, id: number, ids: Ids): EventNode {
  const own = 'aggregate' in object ? ['aggregate', 'op', 'value'] : ['count']
  const {
    event,
    type = 'track',
    where = [],
    within,
  } = known(object, ['event', 'type', 'where', 'within', ...own])
  if (!EVENT_KINDS.includes(type as EventKind) || !Array.isArray(where)) throw new NotForBuilder()
  return {
    ...{ id, kind: 'event', type: type as EventKind, event: asText(event) },
    where: where.map((test) => asProperty(test, ids())),
    measure: readMeasure(object),
    window: within === undefined ? null : asWindow(within),
  }
}

function readMeasure(object: JsonObject): Measure {
  const { aggregate, count = { op: 'gte', value: 1 } } = object
  if (aggregate === undefined) {
    const { op, value } = known(asObject(count), ['op', 'value'])
    return { kind: 'count', op: asCountOp(op), value: asNumber(value) }
  }
  const { fn, property } = known(asObject(aggregate), ['fn', 'property'])
  if (!AGGREGATE_FNS.includes(fn as AggregateFn)) throw new NotForBuilder()
  return {
    ...{ kind: 'aggregate', fn: fn as AggregateFn, property: asText(property) },
    ...{ op: asCountOp(object['op']), value: asNumber(object['value']) },
  }
}

function asProperty(json: Json, id: number): PropertyTestModel {
  const test = readProperty(json, id)
  if (test === undefined) throw new NotForBuilder()
  return test
}

function asWindow(json: Json): WindowModel {
  const window = readWindow(json)
  if (window === undefined) throw new NotForBuilder()
  return window
}

function asCountOp(json: Json | undefined): CountOp {
  if (!COUNT_OPS.includes(json as CountOp)) throw new NotForBuilder()
  return json as CountOp
}

function asNumber(json: Json | undefined): number {
  if (typeof json !== 'number') throw new NotForBuilder()
  return json
}

function asText(json: Json | undefined): string {
  if (typeof json !== 'string' || json === '') throw new NotForBuilder()
  return json
}

function asObject(json: Json | undefined): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new NotForBuilder()
  return json
}

function known(object: JsonObject, keys: readonly string[]): JsonObject {
  if (Object.keys(object).some((key) => !keys.includes(key))) throw new NotForBuilder()
  return object
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
