import { EVENT_TYPES, type EventType, type Json, type JsonObject } from '@affluent/protocol/event'
import { type PropertyTestModel, readProperty, writeProperty } from '../../conditions/value-test.ts'

/** The filter of a connection as its form holds it; a filter that says more is edited as JSON. */
export interface FilterModel {
  /** names, of which any will do; none: every event */
  readonly events: readonly string[]
  /** asked of each of these events; needs at least one name */
  readonly tests: readonly PropertyTestModel[]
  readonly type: EventType | null
  /** slug of a source */
  readonly source: string | null
}

/** Everything passes. */
export const OPEN_FILTER: FilterModel = { events: [], tests: [], type: null, source: null }

/** Whether nothing is missing in it. */
export function isFilterComplete({ events, tests }: FilterModel): boolean {
  const areTestsWhole = tests.every((test) => writeProperty(test) !== undefined)
  return areTestsWhole && (tests.length === 0 || events.length > 0)
}

/**
 * The filter as the API takes it; null lets everything pass. Tests that are incomplete, or without an event, are left
 * out.
 */
export function writeFilter({ events, tests, type, source }: FilterModel): JsonObject | null {
  const where = tests.map(writeProperty).filter((test) => test !== undefined)
  const named = events.map((event): JsonObject => (where.length === 0 ? { event } : { event, where }))
  const [only] = named
  const parts: JsonObject[] = [
    ...(named.length > 1 ? [{ any: named }] : only === undefined ? [] : [only]),
    ...(type === null ? [] : [{ type }]),
    ...(source === null ? [] : [{ source }]),
  ]
  const [first = null] = parts
  return parts.length > 1 ? { all: parts } : first
}

/** Reads a filter for the form; undefined when the form cannot show it. */
export function readFilter(json: Json): FilterModel | undefined {
  if (json === null) return OPEN_FILTER
  const parts = branchOf(json, 'all') ?? [json]
  let filter = OPEN_FILTER
  for (const part of parts) {
    const next = withPart(filter, part)
    if (next === undefined) return undefined
    filter = next
  }
  return filter
}

/** Adds what one part asks; undefined when it is said already, or cannot be shown. */
function withPart(filter: FilterModel, part: Json): FilterModel | undefined {
  const named = (branchOf(part, 'any') ?? [part]).map(readNamed)
  if (named.every((one) => one !== undefined)) {
    const [first] = named
    const haveSameTests = named.every(({ where }) => JSON.stringify(where) === JSON.stringify(first?.where))
    const tests = first?.where.map((test, index) => readProperty(test, index + 1)) ?? []
    if (filter.events.length > 0 || !haveSameTests) return undefined
    if (!tests.every((test) => test !== undefined)) return undefined
    const events = [...new Set(named.map(({ event }) => event))]
    return { ...filter, events, tests }
  }
  const object = objectOf(part)
  if (object === undefined || Object.keys(object).length !== 1) return undefined
  const { type, source } = object
  if (filter.type === null && EVENT_TYPES.includes(type as EventType))
    return { ...filter, type: type as EventType }
  if (filter.source === null && typeof source === 'string' && source !== '') return { ...filter, source }
  return undefined
}

function readNamed(json: Json): { readonly event: string; readonly where: readonly Json[] } | undefined {
  const object = objectOf(json)
  if (object === undefined) return undefined
  const { event, where = [], ...others } = object
  if (typeof event !== 'string' || event === '' || !Array.isArray(where)) return undefined
  return Object.keys(others).length === 0 ? { event, where } : undefined
}

function branchOf(json: Json, form: 'all' | 'any'): readonly Json[] | undefined {
  const object = objectOf(json)
  const list = object?.[form]
  const isAlone = object !== undefined && Object.keys(object).length === 1
  return isAlone && Array.isArray(list) && list.length > 0 ? list : undefined
}

function objectOf(json: Json): JsonObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
}
