import type { ValueOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { jsonObject } from './json-object.ts'
import type { NameInCondition } from './name-in-condition.ts'
import { operators } from './operators/operators.ts'

/** Notes a trait and the exact values that it is asked. @param test what it is asked */
export function noteTrait(
  trait: string,
  at: string,
  test: JsonObject,
  path: string,
  names: NameInCondition[],
): void {
  names.push({ kind: 'trait', path: at, name: trait, under: undefined, probe: { trait, op: 'exists' } })
  noteValues(test, path, at, names, (asked) => ({ trait, ...asked }))
}

/** Notes the tests of one element of a list that is a trait. */
export function noteElements(
  each: string,
  where: Json | undefined,
  path: string,
  names: NameInCondition[],
): void {
  for (const [index, item] of listOf(where).entries()) {
    const test = jsonObject(item)
    const property = test?.['property']
    if (test === undefined || typeof property !== 'string') continue
    const at = `${path}.where[${index}]`
    noteTrait(`${elementsOf(each)}${asStep(property)}`, `${at}.property`, test, at, names)
  }
}

/**
 * Notes the events that a leaf is about, the properties that are asked of them, and their exact values.
 * @param measured the property whose values are put together, and where it stands
 */
export function noteEvents(
  object: JsonObject,
  path: string,
  names: NameInCondition[],
  measured?: { readonly property: string; readonly at: string },
): void {
  const { event = null, type } = object
  const place = `${path}.event`
  const base = (of: Json): JsonObject => ({ event: of, ...(type === undefined ? {} : { type }) })
  const note = (name: string, at: string, of: Json) =>
    names.push({ kind: 'event', path: at, name, under: undefined, probe: base(of) })
  const typed = jsonObject(event)
  if (typeof event === 'string') note(event, place, event)
  else if (typed === undefined)
    for (const [index, name] of listOf(event).entries())
      if (typeof name === 'string') note(name, `${place}[${index}]`, name)
  if (typed !== undefined) note(nameOfTyped(typed), place, typed)
  const noteProperty = (property: string, at: string) =>
    names.push({
      ...{ kind: 'property', path: at, name: property, under: place },
      probe: { ...base(event), where: [{ property, op: 'exists' }] },
    })
  for (const [index, item] of listOf(object['where']).entries())
    noteWhere(item, `${path}.where[${index}]`, '', noteProperty, names, (test) => ({
      ...base(event),
      where: [test],
    }))
  if (measured !== undefined) noteProperty(measured.property, measured.at)
}

function noteWhere(
  item: Json,
  path: string,
  outer: string,
  noteProperty: (property: string, at: string) => void,
  names: NameInCondition[],
  probeOf: (test: JsonObject) => JsonObject,
): void {
  const test = jsonObject(item)
  if (test === undefined) return
  const { each, property } = test
  if (typeof each === 'string')
    for (const [index, inner] of listOf(test['where']).entries())
      noteWhere(inner, `${path}.where[${index}]`, `${outer}${elementsOf(each)}`, noteProperty, names, probeOf)
  if (typeof property !== 'string') return
  const whole = outer === '' ? property : `${outer}${asStep(property)}`
  noteProperty(whole, `${path}.property`)
  noteValues(test, path, `${path}.property`, names, (asked) => probeOf({ property: whole, ...asked }))
}

function noteValues(
  test: JsonObject,
  path: string,
  under: string,
  names: NameInCondition[],
  probeOf: (test: JsonObject) => JsonObject,
): void {
  const { op, value, ignoreCase, as } = test
  if (operators[op as ValueOp]?.exact !== true) return
  const more = { ...(ignoreCase === undefined ? {} : { ignoreCase }), ...(as === undefined ? {} : { as }) }
  const note = (name: Json | undefined, at: string) => {
    if (typeof name === 'string' || typeof name === 'number' || typeof name === 'boolean')
      names.push({
        kind: 'value',
        path: at,
        name,
        under,
        probe: probeOf({ op: 'equals', value: name, ...more }),
      })
  }
  if (Array.isArray(value)) for (const [index, each] of value.entries()) note(each, `${path}.value[${index}]`)
  else note(value, `${path}.value`)
}

/** The beginning of a path that leads to what an element of a list has. */
function elementsOf(list: string): string {
  return /\[\*?\]$/.test(list) ? `${list}.` : `${list}[].`
}

/** A path of an element as part of a longer one: a number at its beginning is a name, and no place in a list. */
function asStep(path: string): string {
  const plain = path.replace(/^(?:\$\.)+/, '')
  return /^\d/.test(plain) ? `\\${plain}` : plain
}

function nameOfTyped({ name, type }: JsonObject): string {
  return typeof name === 'string' ? name : String(type)
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : []
}
