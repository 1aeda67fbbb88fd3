import { COUNT_OPS, type CountOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'

/** Says that a part of a condition has a form for which the builder has no fields. */
export class NotForBuilder extends Error {
  override readonly name = 'NotForBuilder'
}

/** A number. @throws NotForBuilder */
export function asNumber(json: Json | undefined): number {
  if (typeof json !== 'number') throw new NotForBuilder()
  return json
}

/** A text that is not empty. @throws NotForBuilder */
export function asText(json: Json | undefined): string {
  if (typeof json !== 'string' || json === '') throw new NotForBuilder()
  return json
}

/** An object. @throws NotForBuilder */
export function asObject(json: Json | undefined): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new NotForBuilder()
  return json
}

/** A comparison of numbers. @throws NotForBuilder */
export function asCountOp(json: Json | undefined): CountOp {
  if (!COUNT_OPS.includes(json as CountOp)) throw new NotForBuilder()
  return json as CountOp
}

/** An object that has no other keys. @throws NotForBuilder */
export function known(object: JsonObject, keys: readonly string[]): JsonObject {
  if (Object.keys(object).some((key) => !keys.includes(key))) throw new NotForBuilder()
  return object
}
