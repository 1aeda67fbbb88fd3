import {
  ASKED_TYPES,
  type AskedType,
  COUNT_OPS,
  type CountOp,
  type EventPattern,
} from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { ConditionError } from './condition-error.ts'
import { parseEventNames } from './event-names.ts'
import type { LeafEvents, LeafPlace } from './leaves/leaf-kind.ts'
import { parseWhere } from './parse-where.ts'
import { parseWindow } from './parse-window.ts'
import { refuseOthers } from './read-json.ts'

/** Calls whose event has a name. */
const NAMED: readonly AskedType[] = ['track', 'page', 'screen']

/**
 * Reads which events a leaf is about, and when they count: `event`, `type`, `where` and `within`.
 * @param own other keys that the leaf may have
 * @throws ConditionError
 */
export function parseEvents(
  object: JsonObject,
  own: readonly string[],
  { path, zone }: LeafPlace,
): LeafEvents {
  refuseOthers(object, ['event', 'type', 'where', 'within', ...own], path)
  const which = parseWhich(object, path)
  const within = object['within']
  return {
    ...which,
    where: parseWhere(object['where'], path, which.type, zone),
    ...(within === undefined ? {} : { within: parseWindow(within, `${path}.within`, zone) }),
  }
}

/**
 * Reads the `op` that a count or a number is compared by.
 * @throws ConditionError
 */
export function readCountOp(object: JsonObject, path: string): CountOp {
  const op = object['op'] as CountOp
  if (COUNT_OPS.includes(op)) return op
  throw new ConditionError(`${path}.op`, `"op" is one of ${COUNT_OPS.join(', ')}.`)
}

/** `"event":"Home"`, `"event":["A","B *"]`, `"event":{"type":"page","name":"Home"}`, and `"type"` beside a name. */
function parseWhich(object: JsonObject, path: string): Pick<EventPattern, 'type' | 'event'> {
  const said = object['event']
  if (typeof said === 'object' && said !== null && !Array.isArray(said)) {
    if (Object.hasOwn(object, 'type'))
      throw new ConditionError(`${path}.type`, '"type" stands in "event" already.')
    refuseOthers(said, ['type', 'name'], `${path}.event`)
    return whichOf(said['type'], said['name'], { type: `${path}.event.type`, name: `${path}.event.name` })
  }
  // an empty name beside a type is how others ask for any page
  const name = said === '' && Object.hasOwn(object, 'type') ? undefined : said
  return whichOf(object['type'], name, { type: `${path}.type`, name: `${path}.event` })
}

function whichOf(
  said: Json | undefined,
  name: Json | undefined,
  at: { readonly type: string; readonly name: string },
): Pick<EventPattern, 'type' | 'event'> {
  const type = (said === undefined ? 'track' : said) as AskedType
  if (!ASKED_TYPES.includes(type))
    throw new ConditionError(at.type, `"type" is one of ${ASKED_TYPES.join(', ')}.`)
  // whoever says neither type nor name has forgotten it; any track call is "*"
  if (name === undefined && said !== undefined) return { type }
  if (!NAMED.includes(type)) throw new ConditionError(at.name, `A call of the type "${type}" has no name.`)
  const event = parseEventNames(name, at.name)
  return event === undefined ? { type } : { type, event }
}
