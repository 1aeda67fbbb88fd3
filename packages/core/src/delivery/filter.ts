import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import {
  CONDITION_DEPTH_MAX,
  CONDITION_NODES_MAX,
  CONDITION_TEXT_CHARS_MAX,
  CONDITION_WHERE_MAX,
  FILTER_CHARS_MAX,
} from '@affluent/protocol/limits'
import { ConditionError } from '../condition/condition-error.ts'
import { parseValueTest, VALUE_TEST_KEYS } from '../condition/parse-value-test.ts'
import { isPath, valuesAt } from '../condition/value-path.ts'
import { compileTest } from '../condition/value-test.ts'
import type { EventToRoute } from './connection.ts'

/** A filter, ready to be asked about an event. */
export type EventFilter = (event: EventToRoute) => boolean

const FORMS = ['all', 'any', 'not', 'type', 'event', 'source'] as const

interface Place {
  readonly path: string
  readonly depth: number
  readonly zone: string
  readonly budget: { nodes: number }
}

/**
 * Checks a filter that somebody gives.
 * @throws ConditionError with the path of what is wrong
 */
export function checkFilter(json: Json, zone: string): void {
  if (JSON.stringify(json).length > FILTER_CHARS_MAX)
    throw fault(
      'filter',
      `A filter may have ${FILTER_CHARS_MAX.toLocaleString('en-US')} characters of JSON at most.`,
    )
  compileFilter(json, zone)
}

/**
 * Reads the filter of a connection: `all`, `any`, `not` over `{"type"}`, `{"event","where"}` and `{"source"}`; property
 * tests as in conditions.
 * @param json null: everything passes
 * @param zone IANA name, in which days without a time begin and end
 * @throws ConditionError with the path of what is wrong
 */
export function compileFilter(json: Json, zone: string): EventFilter {
  if (json === null) return () => true
  return compileNode(json, { path: 'filter', depth: 1, zone, budget: { nodes: CONDITION_NODES_MAX } })
}

function compileNode(json: Json, place: Place): EventFilter {
  const { path, depth, budget } = place
  if (depth > CONDITION_DEPTH_MAX)
    throw fault(path, `A filter may be nested ${CONDITION_DEPTH_MAX} levels deep at most.`)
  if (--budget.nodes < 0) throw fault(path, `A filter may have ${CONDITION_NODES_MAX} parts at most.`)
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw fault(path, 'A filter is an object, such as {"event":"Order Completed"}.')
  const form = FORMS.find((each) => Object.hasOwn(json, each))
  if (form === undefined) throw fault(path, `A filter needs one of ${FORMS.join(', ')}.`)
  const allowed: readonly string[] = form === 'event' ? ['event', 'where'] : [form]
  const other = Object.keys(json).find((key) => !allowed.includes(key))
  if (other !== undefined) throw fault(`${path}.${other}`, `"${other}" is not known beside "${form}".`)
  switch (form) {
    case 'all':
    case 'any':
      return compileBranch(form, json, place)
    case 'not': {
      const of = compileNode(json['not'] as Json, { ...place, path: `${path}.not`, depth: depth + 1 })
      return (event) => !of(event)
    }
    case 'type':
      return compileType(json['type'] as Json, path)
    case 'source': {
      const slug = readText(json['source'] as Json, `${path}.source`)
      return (event) => event.source === slug
    }
    default:
      return compileEvent(json, place)
  }
}

function compileBranch(kind: 'all' | 'any', object: JsonObject, place: Place): EventFilter {
  const list = object[kind]
  const { path, depth } = place
  if (!Array.isArray(list) || list.length === 0)
    throw fault(`${path}.${kind}`, `"${kind}" takes a list of at least one filter.`)
  const parts = list.map((item, index) =>
    compileNode(item, { ...place, path: `${path}.${kind}[${index}]`, depth: depth + 1 }),
  )
  return kind === 'all'
    ? (event) => parts.every((part) => part(event))
    : (event) => parts.some((part) => part(event))
}

function compileType(json: Json, path: string): EventFilter {
  if (!EVENT_TYPES.includes(json as EventType))
    throw fault(`${path}.type`, `"type" is one of ${EVENT_TYPES.join(', ')}.`)
  return (event) => event.type === json
}

function compileEvent(object: JsonObject, { path, zone }: Place): EventFilter {
  const name = readText(object['event'] as Json, `${path}.event`)
  const where = object['where'] === undefined ? [] : object['where']
  if (!Array.isArray(where) || where.length > CONDITION_WHERE_MAX)
    throw fault(`${path}.where`, `"where" takes a list of ${CONDITION_WHERE_MAX} property tests at most.`)
  const tests = where.map((item, index) => compileProperty(item, `${path}.where[${index}]`, zone))
  return (event) => event.name === name && tests.every((test) => test(event.properties))
}

function compileProperty(json: Json, path: string, zone: string): (properties: Json | undefined) => boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw fault(path, 'A property test is an object, such as {"property":"revenue","op":"gt","value":50}.')
  const allowed = ['property', ...VALUE_TEST_KEYS]
  const other = Object.keys(json).find((key) => !allowed.includes(key))
  if (other !== undefined) throw fault(`${path}.${other}`, `"${other}" is not known in a property test.`)
  const property = readText(json['property'] as Json, `${path}.property`)
  if (!isPath(property)) throw fault(`${path}.property`, `"${property}" is no path of a property.`)
  const test = compileTest(parseValueTest(json, { path, zone, timeMoves: false }), zone)
  return (properties) => test.holds(valuesAt(properties, property), 0)
}

function readText(json: Json, path: string): string {
  if (typeof json !== 'string' || json === '') throw fault(path, 'A text that is not empty is needed here.')
  if (json.length <= CONDITION_TEXT_CHARS_MAX) return json
  throw fault(path, `A text of a filter has ${CONDITION_TEXT_CHARS_MAX} characters at most.`)
}

function fault(path: string, message: string): ConditionError {
  return new ConditionError(path, message, 'invalid_filter')
}
