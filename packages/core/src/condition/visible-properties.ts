import type { Json, JsonObject } from '@affluent/protocol/event'
import { PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_MAX } from '@affluent/protocol/limits'
import { type FlatProperties, flattenProperties, joinPath } from '../event/flatten-properties.ts'

/**
 * The properties of an event as far as conditions see them: what ClickHouse keeps by path, so that every reading of a condition sees the same.
 * @param properties of a track, page or screen event
 * @returns the same object for all but very large ones
 */
export function visibleProperties(properties: JsonObject): JsonObject {
  if (pathsLeft(properties, PROPERTY_PATHS_MAX, 0) >= 0) return properties
  return trimObject(properties, '', undefined, flattenProperties('track', { properties }))
}

/** @returns how many more paths there may be, at least; below 0: maybe too many, one that is maybe too long, or an empty key, which has none */
function pathsLeft(value: Json, paths: number, characters: number): number {
  if (typeof value !== 'object' || value === null) return paths
  let left = paths
  if (Array.isArray(value)) {
    left--
    for (const item of value) if (left >= 0) left = pathsLeft(item, left, characters + 4)
    return left
  }
  for (const key in value) {
    // each character of a key may be escaped
    const length = characters + 2 * key.length + 1
    left =
      length > PROPERTY_PATH_CHARS_MAX || key === '' ? -1 : pathsLeft(value[key] as Json, left - 1, length)
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
