import type { EventType, Json, JsonObject } from '@affluent/protocol/event'

/** What an event says about its person. */
export interface EventTraits {
  /** values, and deletions (`null`) */
  readonly set: JsonObject
  /** values that stand only where nothing was ever set */
  readonly once: JsonObject
}

const NOTHING: JsonObject = {}

/**
 * The traits of an event, whoever they belong to: those of an identify to the person, those of a group to the company.
 * RudderStack's libraries write them into `context.traits` and leave `traits` null or empty.
 * @returns undefined when it says none
 */
export function eventTraits(type: EventType, json: JsonObject): JsonObject | undefined {
  if (type !== 'identify' && type !== 'group') return undefined
  const own = asObject(json['traits'])
  if (own !== undefined && hasKeys(own)) return own
  return asObject(asObject(json['context'])?.['traits']) ?? own
}

/**
 * What an event says about its person: the traits of an identify. First-touch values stand in its `$setOnce`, or
 * `$set_once`; a trait that the same event sets is not among them. What has no name is in the raw event only.
 * @returns undefined when it says nothing
 */
export function personTraits(type: EventType, json: JsonObject): EventTraits | undefined {
  if (type !== 'identify') return undefined
  const traits = eventTraits(type, json)
  if (traits === undefined) return undefined
  return isPlain(traits) ? { set: traits, once: NOTHING } : split(traits)
}

function isPlain(traits: JsonObject): boolean {
  return (
    !Object.hasOwn(traits, '$setOnce') && !Object.hasOwn(traits, '$set_once') && !Object.hasOwn(traits, '')
  )
}

function split(traits: JsonObject): EventTraits {
  const { $setOnce, $set_once, '': _, ...set } = traits
  const once = Object.entries({ ...asObject($set_once), ...asObject($setOnce) }).filter(
    ([name, value]) => name !== '' && value !== null && !Object.hasOwn(set, name),
  )
  return { set, once: Object.fromEntries(once) }
}

function hasKeys(object: JsonObject): boolean {
  for (const _ in object) return true
  return false
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}
