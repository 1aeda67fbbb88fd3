import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { JsonObject } from '@affluent/protocol/event'
import type { HoldReason } from '@affluent/protocol/hold-reason'
import { PAYLOAD_CHARS_MAX } from '@affluent/protocol/limits'
import { ConditionError } from '../condition/condition-error.ts'
import { isPath } from '../condition/value-path.ts'
import { applyMapping, type TraitAt, valueAt } from './mapping.ts'

/** What a connection makes of an event. */
export interface PayloadRule {
  /** undefined: the whole event */
  readonly mapping: Mapping | undefined
  /** fields of the mapping, or paths of the event, without which nothing is sent */
  readonly required: readonly string[]
}

/** A payload as it would be sent, or why it is not. */
export interface WrittenPayload {
  /** JSON; '' when it is too large to be kept */
  readonly body: string
  readonly payload: JsonObject
  /** fields that have no value here */
  readonly lacking: readonly string[]
  readonly held: HoldReason | undefined
}

/**
 * Makes the payload of a delivery. One that says nothing, or lacks what the receiver needs, is held: it would count as
 * delivered and have told nobody anything.
 * @param event the whole event as a source connection would post it
 */
export function writePayload(
  { mapping, required }: PayloadRule,
  event: JsonObject,
  traitAt: TraitAt,
): WrittenPayload {
  const made =
    mapping === undefined
      ? { payload: event, lacking: required.filter((path) => valueAt(event, path) === undefined) }
      : applyMapping(mapping, event, traitAt)
  const { payload, lacking } = made
  const body = JSON.stringify(payload)
  if (mapping !== undefined && body.length > PAYLOAD_CHARS_MAX)
    return { ...made, body: '', held: 'payload_too_large' }
  const isLacking = required.some((name) => lacking.includes(name))
  const held = isLacking ? 'required_missing' : body === '{}' ? 'payload_empty' : undefined
  return { body, payload, lacking, held }
}

/**
 * Checks the fields that a connection requires.
 * @throws ConditionError with the path of what is wrong
 */
export function checkRequired({ mapping, required }: PayloadRule): void {
  for (const [index, name] of required.entries()) {
    const path = `required[${index}]`
    if (mapping !== undefined && !Object.hasOwn(mapping.fields, name))
      throw new ConditionError(path, `The mapping has no field "${name}".`, 'invalid_mapping')
    if (!isPath(name)) throw new ConditionError(path, `"${name}" is no path of an event.`, 'invalid_mapping')
  }
}
