import type { Json, JsonObject } from '@affluent/protocol/event'

/** JSON that is an object; undefined when it is anything else. */
export function jsonObject(json: Json | undefined): JsonObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
}
