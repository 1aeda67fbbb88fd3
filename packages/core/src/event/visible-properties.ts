import type { Json, JsonObject } from '@affluent/protocol/event'
import { PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_CHARS_MAX } from '@affluent/protocol/limits'
import { type FlatProperties, flattenProperties, joinPath } from './flatten-properties.ts'

/**
 * The properties of an event as far as conditions see them: what ClickHouse keeps by path, so that every reading of a
 * condition sees the same.
 * @param properties of a track, page or screen event
 * @returns the same object for all but very large ones
 */
export function visibleProperties(properties: JsonObject): JsonObject {
  if (haveRoom(properties)) return properties
  return trimObject(properties, '', undefined, flattenProperties('track', { properties }))
}

/** Whether some of an event's properties are beyond what conditions see. */
export function hidesProperties(properties: JsonObject): boolean {
  return !haveRoom(properties) && !flattenProperties('track', { properties }).isWhole
}

/**
 * Whether all paths of properties surely fit the bounds of what conditions see; most events are told apart from very
 * large ones without making a path.
 */
function haveRoom(properties: JsonObject): boolean {
  return roomLeft(properties, PROPERTY_PATHS_CHARS_MAX, 0) >= 0
}

/**
 * @param room characters of paths that there still may be
 * @param outer characters of the path of the value, at most
 * @returns how many are left, at least; below 0: maybe too many, a path that is maybe too long, or an empty key, which
 * has none
 */
function roomLeft(value: Json, room: number, outer: number): number {
  if (typeof value !== 'object' || value === null) return room
  let left = room
  if (Array.isArray(value)) {
    left -= outer + 4
    for (const item of value) if (left >= 0) left = roomLeft(item, left, outer + 4)
    return left
  }
  for (const key in value) {
    // each character of a key may be escaped
    const length = outer + 2 * key.length + 1
    left =
      length > PROPERTY_PATH_CHARS_MAX || key === ''
        ? -1
        : roomLeft(value[key] as Json, left - length, length)
    if (left < 0) return left
  }
  return left
}

/** @param inList whether an array is around it */
function trimObject(
  value: JsonObject,
  outer: string,
  inList: true | undefined,
  seen: FlatProperties,
): JsonObject {
  const trimmed: JsonObject = {}
  for (const key in value) {
    if (key === '') continue
    const path = joinPath(outer, key)
    const inner = value[key] as Json
    const isSeen = inList
      ? seen.list.has(path)
      : seen.num.has(path) || seen.text.has(path) || seen.flag.has(path)
    let kept: Json | undefined
    if (Array.isArray(inner)) kept = trimArray(path, inList ? `${path}[]` : path, inner, seen)
    else if (typeof inner === 'object' && inner !== null) kept = trimObject(inner, path, inList, seen)
    else if (isSeen) kept = inner
    if (kept !== undefined) Object.defineProperty(trimmed, key, { value: kept, enumerable: true })
  }
  return trimmed
}

function trimArray(
  path: string,
  listPath: string,
  values: readonly Json[],
  seen: FlatProperties,
): Json[] | undefined {
  if (!seen.list.has(listPath)) return undefined
  const trimmed: Json[] = []
  for (const value of values) {
    const kept = Array.isArray(value)
      ? trimArray(`${path}[]`, `${path}[][]`, value, seen)
      : typeof value === 'object' && value !== null
        ? trimObject(value, `${path}[]`, true, seen)
        : value
    if (kept !== undefined) trimmed.push(kept)
  }
  return trimmed
}
