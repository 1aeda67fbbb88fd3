import {
  AGGREGATES,
  type Aggregate,
  type AggregateLeaf,
  ASKED_TYPES,
  type AskedType,
  COUNT_OPS,
  type Condition,
  type CountOp,
  type EventPattern,
  type Leaf,
  type ValueOp,
} from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  CONDITION_COUNT_MAX,
  CONDITION_DEPTH_MAX,
  CONDITION_NODES_MAX,
  SUM_VALUE_END,
} from '@affluent/protocol/limits'
import { canonicalText } from './canonical-text.ts'
import { ConditionFault } from './condition-fault.ts'
import { parseEventNames } from './event-names.ts'
import { parsePath } from './parse-path.ts'
import { parseValueTest, VALUE_TEST_KEYS } from './parse-value-test.ts'
import { parseEach, parseWhere } from './parse-where.ts'
import { parseWindow } from './parse-window.ts'
import { asObject, readText, refuseOthers } from './read-json.ts'

/** The keys that name the form of a condition. */
const FORMS = ['all', 'any', 'not', 'trait', 'each', 'event', 'audience', 'identifier', 'bucket'] as const
/** Forms of the contract that later issues bring. */
const LATER = ['computed', 'record', 'sequence', 'consent', 'household', 'company']
/** Calls whose event has a name. */
const NAMED: readonly AskedType[] = ['track', 'page', 'screen']

/**
 * Reads a condition as people and programs write it (contract, section 4).
 * @param json what was sent
 * @param zone IANA name, in which days without a time begin and end
 * @returns its canonical form: equal conditions give equal text under `canonicalText`
 * @throws ConditionFault with the path of what is wrong
 */
export function parseCondition(json: Json, zone: string): Condition {
  const budget = { nodes: CONDITION_NODES_MAX }
  return parseNode(json, { path: 'condition', depth: 1, zone, budget })
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly zone: string
  readonly budget: { nodes: number }
}

function parseNode(json: Json, place: Place): Condition {
  const { path, depth, budget } = place
  if (depth > CONDITION_DEPTH_MAX)
    throw new ConditionFault(path, `A condition may be nested ${CONDITION_DEPTH_MAX} levels deep at most.`)
  if (--budget.nodes < 0)
    throw new ConditionFault(path, `A condition may have ${CONDITION_NODES_MAX} parts at most.`)
  const object = asObject(
    json,
    path,
    'A condition must be an object, such as {"trait":"plan","op":"exists"}.',
  )
  const form = formOf(object, path)
  switch (form) {
    case 'all':
    case 'any':
      return parseBranch(form, object, place)
    case 'not': {
      refuseOthers(object, ['not'], path)
      const of = parseNode(object['not'] as Json, { ...place, path: `${path}.not`, depth: depth + 1 })
      return of.kind === 'not' ? of.of : { kind: 'not', of }
    }
    case 'event':
      return parseEvent(object, place)
    case 'each':
      return {
        kind: 'each',
        ...parseEach(object, { path, root: 'person', zone: place.zone, timeMoves: true }),
      }
    default:
      return parsePersonLeaf(form, object, place)
  }
}

function formOf(object: JsonObject, path: string): (typeof FORMS)[number] {
  const found = FORMS.filter((form) => Object.hasOwn(object, form))
  const [form] = found
  if (form !== undefined && found.length === 1) return form
  for (const later of LATER)
    if (Object.hasOwn(object, later))
      throw new ConditionFault(`${path}.${later}`, `"${later}" is not available yet.`, 'not_available')
  if (found.length > 1)
    throw new ConditionFault(
      `${path}.${found[1]}`,
      `One condition asks one thing: "${found.join('" and "')}" together need an "all" around them.`,
    )
  const [unknown] = Object.keys(object)
  throw new ConditionFault(
    unknown === undefined ? path : `${path}.${unknown}`,
    `A condition needs one of ${FORMS.join(', ')}.`,
  )
}

function parseBranch(kind: 'all' | 'any', object: JsonObject, place: Place): Condition {
  const { path, depth } = place
  refuseOthers(object, [kind], path)
  const list = object[kind]
  if (!Array.isArray(list))
    throw new ConditionFault(`${path}.${kind}`, `"${kind}" takes a list of conditions.`)
  if (list.length === 0)
    throw new ConditionFault(`${path}.${kind}`, `"${kind}" needs at least one condition.`)
  const parts = new Map<string, Condition>()
  for (const [index, item] of list.entries()) {
    const part = parseNode(item, { ...place, path: `${path}.${kind}[${index}]`, depth: depth + 1 })
    // an all in an all, or an any in an any, adds nothing
    for (const each of part.kind === kind ? part.of : [part]) parts.set(canonicalText(each), each)
  }
  const of = [...parts.keys()].sort().map((text) => parts.get(text) as Condition)
  return of.length === 1 ? (of[0] as Condition) : { kind, of }
}

function parsePersonLeaf(
  form: 'trait' | 'audience' | 'identifier' | 'bucket',
  object: JsonObject,
  { path, zone }: Place,
): Leaf {
  switch (form) {
    case 'trait':
      refuseOthers(object, ['trait', ...VALUE_TEST_KEYS], path)
      return {
        kind: 'trait',
        trait: parsePath(readText(object, 'trait', path), 'person', `${path}.trait`),
        ...parseValueTest(object, { path, zone, timeMoves: true }),
      }
    case 'audience':
      refuseOthers(object, ['audience'], path)
      return { kind: 'audience', key: readText(object, 'audience', path) }
    case 'identifier': {
      refuseOthers(object, ['identifier', 'op'], path)
      const op = object['op']
      if (op !== 'exists' && op !== 'not_exists')
        throw new ConditionFault(`${path}.op`, '"op" of an identifier is "exists" or "not_exists".')
      return { kind: 'identifier', namespace: readText(object, 'identifier', path), op }
    }
    case 'bucket': {
      refuseOthers(object, ['bucket'], path)
      const bucket = asObject(object['bucket'], `${path}.bucket`, 'A bucket is {"seed","from","to"}.')
      refuseOthers(bucket, ['seed', 'from', 'to'], `${path}.bucket`)
      const from = readPercent(bucket, 'from', path)
      const to = readPercent(bucket, 'to', path)
      if (to < from) throw new ConditionFault(`${path}.bucket.to`, '"to" must not be below "from".')
      return { kind: 'bucket', seed: readText(bucket, 'seed', `${path}.bucket`), from, to }
    }
  }
}

function parseEvent(object: JsonObject, place: Place): Leaf {
  const { path, zone } = place
  const isAggregate = Object.hasOwn(object, 'aggregate')
  const own = isAggregate ? ['aggregate', ...VALUE_TEST_KEYS] : ['count']
  refuseOthers(object, ['event', 'type', 'where', 'within', ...own], path)
  const which = parseWhich(object, path)
  const within = object['within']
  const pattern = {
    ...which,
    where: parseWhere(object['where'], path, which.type, zone),
    ...(within === undefined ? {} : { within: parseWindow(within, `${path}.within`, zone) }),
  }
  return isAggregate
    ? { kind: 'aggregate', ...pattern, ...parseAggregate(object, which.type, place) }
    : { kind: 'count', ...pattern, ...parseCount(object['count'], `${path}.count`) }
}

/** `"event":"Home"`, `"event":["A","B *"]`, `"event":{"type":"page","name":"Home"}`, and `"type"` beside a name. */
function parseWhich(object: JsonObject, path: string): Pick<EventPattern, 'type' | 'event'> {
  const said = object['event']
  if (typeof said === 'object' && said !== null && !Array.isArray(said)) {
    if (Object.hasOwn(object, 'type'))
      throw new ConditionFault(`${path}.type`, '"type" stands in "event" already.')
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
    throw new ConditionFault(at.type, `"type" is one of ${ASKED_TYPES.join(', ')}.`)
  // whoever says neither type nor name has forgotten it; any track call is "*"
  if (name === undefined && said !== undefined) return { type }
  if (!NAMED.includes(type)) throw new ConditionFault(at.name, `A call of the type "${type}" has no name.`)
  const event = parseEventNames(name, at.name)
  return event === undefined ? { type } : { type, event }
}

function parseCount(json: Json | undefined, path: string): { op: CountOp; count: number } {
  if (json === undefined) return { op: 'gte', count: 1 }
  const object = asObject(json, path, '"count" is {"op","value"}.')
  refuseOthers(object, ['op', 'value'], path)
  const op = readCountOp(object, path)
  const count = object['value']
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > CONDITION_COUNT_MAX)
    throw new ConditionFault(
      `${path}.value`,
      `A count is a whole number from 0 to ${CONDITION_COUNT_MAX.toLocaleString('en-US')}.`,
    )
  return { op, count }
}

type AggregatePart = Pick<AggregateLeaf, 'fn' | 'property' | 'op' | 'value' | 'ignoreCase' | 'as'>

function parseAggregate(object: JsonObject, type: AskedType, { path, zone }: Place): AggregatePart {
  const at = `${path}.aggregate`
  const said = asObject(object['aggregate'], at, '"aggregate" is {"fn","property"}.')
  refuseOthers(said, ['fn', 'property'], at)
  const fn = said['fn'] as Aggregate
  if (!AGGREGATES.includes(fn))
    throw new ConditionFault(`${at}.fn`, `"fn" is one of ${AGGREGATES.join(', ')}.`)
  const property = parsePath(readText(said, 'property', at), type, `${at}.property`)
  if (fn === 'first' || fn === 'last')
    return { fn, property, ...parseValueTest(object, { path, zone, timeMoves: false }) }
  const op = readCountOp(object, path)
  const value = object['value']
  if (typeof value !== 'number' || Math.abs(value) >= SUM_VALUE_END)
    throw new ConditionFault(`${path}.value`, `"${fn}" is compared with a number below ${SUM_VALUE_END}.`)
  if (Object.hasOwn(object, 'ignoreCase'))
    throw new ConditionFault(`${path}.ignoreCase`, 'Numbers have no case: leave "ignoreCase" out.')
  if (Object.hasOwn(object, 'as'))
    throw new ConditionFault(`${path}.as`, `"${fn}" is a number already: leave "as" out.`)
  return { fn, property, op, value }
}

function readCountOp(object: JsonObject, path: string): CountOp {
  const op = object['op'] as CountOp
  if (COUNT_OPS.includes(op)) return op
  throw new ConditionFault(`${path}.op`, `"op" is one of ${COUNT_OPS.join(', ')}.`)
}

function readPercent(object: JsonObject, key: string, path: string): number {
  const percent = object[key]
  if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent
  throw new ConditionFault(`${path}.bucket.${key}`, `"${key}" is a share in percent, from 0 to 100.`)
}

/** Whether an op compares counts and sums. */
export function isCountOp(op: CountOp | ValueOp): op is CountOp {
  return (COUNT_OPS as readonly string[]).includes(op)
}
