import type { EventType, JsonObject } from '@affluent/protocol/event'
import { eventTraits } from './event-traits.ts'

/**
 * What a call says, as conditions ask for it by path: its `properties`, of an identify or a group call its traits. A
 * page or screen has its `category` among them, which some clients send beside the properties.
 */
export function askedProperties(type: EventType, json: JsonObject): JsonObject | undefined {
  if (!isTyped(type)) return eventTraits(type, json)
  const said = json['properties']
  const properties = typeof said === 'object' && said !== null && !Array.isArray(said) ? said : undefined
  if (type !== 'page' && type !== 'screen') return properties
  const { category } = json
  if (typeof category !== 'string' || category === '') return properties
  const own = properties?.['category']
  return own === undefined || own === null ? { ...properties, category } : properties
}

/** Whether ClickHouse keeps what calls of a type say by path; of others the raw event is asked. */
export function isTyped(type: EventType): boolean {
  return type === 'track' || type === 'page' || type === 'screen'
}
