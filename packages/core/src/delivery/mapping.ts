import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { MAPPING_CHARS_MAX, MAPPING_FIELDS_MAX, MAPPING_NAME_CHARS_MAX } from '@affluent/protocol/limits'
import { ConditionError } from '../condition/condition-error.ts'
import { isPath, rootOf, stepsOf, valuesAt } from '../condition/value-path.ts'
import { isForbiddenKey } from '../event/text.ts'

/** Names that reach into what all objects share. */
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Checks a mapping: each field of the payload comes from a path of the event or is a constant.
 * @throws ConditionError with the path of what is wrong
 */
export function checkMapping({ fields }: Mapping): void {
  const names = Object.keys(fields)
  if (names.length === 0) throw fault('mapping.fields', 'A mapping needs at least one field.')
  if (names.length > MAPPING_FIELDS_MAX)
    throw fault('mapping.fields', `A mapping may have ${MAPPING_FIELDS_MAX} fields at most.`)
  if (JSON.stringify(fields).length > MAPPING_CHARS_MAX)
    throw fault(
      'mapping.fields',
      `A mapping with its constants may have ${MAPPING_CHARS_MAX.toLocaleString('en-US')} characters of JSON at most; shorten the constants.`,
    )
  const taken = new Map<string, string>()
  for (const name of names) {
    if (name.length > MAPPING_NAME_CHARS_MAX)
      throw fault(
        'mapping.fields',
        `The name of a field may have ${MAPPING_NAME_CHARS_MAX} characters at most.`,
      )
    const place = `mapping.fields.${name}`
    const steps = stepsOf(name)
    if (steps.some(({ key, each }) => key === '' || each || isForbiddenKey(key) || POLLUTING.has(key)))
      throw fault(place, `"${name}" is no name of a field: names are joined by dots.`)
    checkOrigin(fields[name] as Mapping['fields'][string], place)
    for (let depth = 1; depth <= steps.length; depth++) {
      const at = JSON.stringify(steps.slice(0, depth).map(({ key }) => key))
      const other = taken.get(at)
      const isWhole = depth === steps.length
      // a field cannot be a value and hold others at once
      if (other !== undefined && (isWhole || other === 'value'))
        throw fault(place, `"${name}" and another field want the same place.`)
      taken.set(at, isWhole ? 'value' : 'object')
    }
  }
}

function checkOrigin(field: Mapping['fields'][string], place: string): void {
  if ('path' in field && !isPath(field.path))
    throw fault(`${place}.path`, `"${field.path}" is no path of an event.`)
  if ('trait' in field && !isPath(field.trait))
    throw fault(`${place}.trait`, `"${field.trait}" is no path of a trait.`)
  const later = (['template', 'computed', 'golden'] as const).find((origin) => origin in field)
  if (later !== undefined)
    throw new ConditionError(
      `${place}.${later}`,
      `"${later}" is not available yet; use "path", "trait" or "value".`,
      'not_available',
    )
}

/** The traits that a mapping asks for, as paths. */
export function traitsOfMapping(mapping: Mapping | undefined): string[] {
  if (mapping === undefined) return []
  const traits = Object.values(mapping.fields).flatMap((field) => ('trait' in field ? [field.trait] : []))
  return [...new Set(traits)]
}

/** The value at a path of a person's traits; undefined: there is none. */
export type TraitAt = (path: string) => Json | undefined

/** @param trait the newest value of a whole trait, by its name */
export function traitsBy(trait: (name: string) => Json | undefined): TraitAt {
  return (path) => {
    const name = rootOf(path)
    const value = trait(name)
    return value === undefined ? undefined : valueAt({ [name]: value }, path)
  }
}

/**
 * Makes a payload from an event and the person whose it is.
 * @param event the whole event as a source connection would post it
 * @returns only the fields that the mapping names; one without a value is left out and told, a path with `[]` gives a
 * list
 */
export function applyMapping(
  { fields }: Mapping,
  event: JsonObject,
  traitAt: TraitAt,
): { readonly payload: JsonObject; readonly lacking: readonly string[] } {
  const payload: JsonObject = {}
  const lacking: string[] = []
  for (const [name, field] of Object.entries(fields)) {
    const value = originOf(field, event, traitAt)
    if (value === undefined) lacking.push(name)
    else put(payload, name, value)
  }
  return { payload, lacking }
}

function originOf(field: Mapping['fields'][string], event: JsonObject, traitAt: TraitAt): Json | undefined {
  if ('value' in field) return field.value as Json
  if ('path' in field) return valueAt(event, field.path)
  return 'trait' in field ? traitAt(field.trait) : undefined
}

/** The value at a path; a list where the path has `[]`, and none where that would be empty. */
export function valueAt(from: JsonObject, path: string): Json | undefined {
  const values = valuesAt(from, path)
  if (values.length === 0) return undefined
  return stepsOf(path).some(({ each }) => each) ? values : values[0]
}

function put(payload: JsonObject, name: string, value: Json): void {
  const keys = stepsOf(name).map(({ key }) => key)
  let object = payload
  for (const key of keys.slice(0, -1)) {
    const next = object[key] as JsonObject | undefined
    object = next ?? ((object[key] = {}) as JsonObject)
  }
  object[keys.at(-1) as string] = value
}

function fault(path: string, message: string): ConditionError {
  return new ConditionError(path, message, 'invalid_mapping')
}
