import type { Scalar } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'

/** What a condition names: something that must have been seen for the condition to find anybody. */
export type NameKind = 'trait' | 'event' | 'property' | 'identifier' | 'value'

/** One name in a condition. */
export interface NameInCondition {
  readonly kind: NameKind
  /** where it stands, such as `condition.all[1].trait` */
  readonly path: string
  readonly name: Scalar
  /** of a property and of a value: where the name stands without which nothing can be said of it */
  readonly under: string | undefined
  /** the condition that asks for nothing but this name */
  readonly probe: JsonObject
}

const EXACT_OPS: readonly unknown[] = ['equals', 'not_equals', 'in', 'not_in']

/**
 * The names and exact values in a condition, in the order in which they stand; an outer one before those under it.
 * @param condition as it was sent, and understood by `parseCondition`
 */
export function namesIn(condition: Json): NameInCondition[] {
  const names: NameInCondition[] = []
  visit(condition, 'condition', names)
  return names
}

function visit(json: Json, path: string, names: NameInCondition[]): void {
  const object = objectOf(json)
  if (object === undefined) return
  for (const branch of ['all', 'any'] as const)
    for (const [index, part] of listOf(object[branch]).entries())
      visit(part, `${path}.${branch}[${index}]`, names)
  if (object['not'] !== undefined) visit(object['not'], `${path}.not`, names)
  const { trait, event, identifier, each } = object
  if (typeof trait === 'string') noteTrait(object, trait, path, names)
  else if (event !== undefined) noteEvent(object, event, path, names)
  else if (typeof each === 'string') noteEach(object, each, path, names)
  else if (typeof identifier === 'string')
    names.push({
      ...{ kind: 'identifier', path: `${path}.identifier`, name: identifier, under: undefined },
      probe: { identifier, op: 'exists' },
    })
}

function noteTrait(object: JsonObject, trait: string, path: string, names: NameInCondition[]): void {
  const under = `${path}.trait`
  names.push({ kind: 'trait', path: under, name: trait, under: undefined, probe: { trait, op: 'exists' } })
  noteValues(object, path, under, names, (test) => ({ trait, ...test }))
}

/** Of a list of objects that is a trait. */
function noteEach(object: JsonObject, each: string, path: string, names: NameInCondition[]): void {
  for (const [index, item] of listOf(object['where']).entries()) {
    const test = objectOf(item)
    const property = test?.['property']
    if (test === undefined || typeof property !== 'string') continue
    const at = `${path}.where[${index}]`
    const trait = `${elementsOf(each)}${asStep(property)}`
    const under = `${at}.property`
    names.push({ kind: 'trait', path: under, name: trait, under: undefined, probe: { trait, op: 'exists' } })
    noteValues(test, at, under, names, (asked) => ({ trait, ...asked }))
  }
}

function noteEvent(object: JsonObject, event: Json, path: string, names: NameInCondition[]): void {
  const { type } = object
  const place = `${path}.event`
  const base = (of: Json): JsonObject => ({ event: of, ...(type === undefined ? {} : { type }) })
  const note = (name: string, at: string, of: Json) =>
    names.push({ kind: 'event', path: at, name, under: undefined, probe: base(of) })
  const typed = objectOf(event)
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
  const measured = objectOf(object['aggregate'])?.['property']
  if (typeof measured === 'string') noteProperty(measured, `${path}.aggregate.property`)
}

function noteWhere(
  item: Json,
  path: string,
  outer: string,
  noteProperty: (property: string, at: string) => void,
  names: NameInCondition[],
  probeOf: (test: JsonObject) => JsonObject,
): void {
  const test = objectOf(item)
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
  if (!EXACT_OPS.includes(op)) return
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

function objectOf(json: Json | undefined): JsonObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : []
}
