import type { Json, JsonObject } from '@affluent/protocol/event'
import { CONDITION_TEXT_CHARS_MAX } from '@affluent/protocol/limits'
import { ConditionError } from './condition-error.ts'

/** @throws ConditionError with this message when it is no object */
export function asObject(json: Json | undefined, path: string, message: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  throw new ConditionError(path, message)
}

/** @throws ConditionError at the first key that is none of these */
export function refuseOthers(object: JsonObject, known: readonly string[], path: string): void {
  const other = Object.keys(object).find((key) => !known.includes(key))
  if (other === undefined) return
  throw new ConditionError(`${path}.${other}`, `"${other}" is not known here; known are ${known.join(', ')}.`)
}

/** @throws ConditionError when there is no text, or one that no store can hold */
export function readText(object: JsonObject, key: string, path: string): string {
  const text = object[key]
  if (typeof text !== 'string' || text === '' || text.includes('\u0000') || !text.isWellFormed())
    throw new ConditionError(`${path}.${key}`, `"${key}" must be a text that is not empty.`)
  if (text.length > CONDITION_TEXT_CHARS_MAX)
    throw new ConditionError(
      `${path}.${key}`,
      `A text of a condition has ${CONDITION_TEXT_CHARS_MAX} characters at most.`,
    )
  return text
}
