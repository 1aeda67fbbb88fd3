import type {
  AggregateLeaf,
  Condition,
  CountLeaf,
  CountOp,
  EachTest,
  EventPattern,
  PropertyTest,
} from '@affluent/protocol/condition'
import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import type { EventTraits } from '../../event/event-traits.ts'
import { type IdentityRules, isWeak, ruleOf } from '../../identity/namespaces.ts'
import { bucketOf } from '../bucket.ts'
import { scaled } from '../exact-sum.ts'
import { rootOf, valuesAt } from '../value-path.ts'
import { compileTest } from '../value-test.ts'
import { boundsAt } from '../window.ts'

/** An event as it was processed. */
export interface PlainEvent {
  readonly type: EventType
  readonly name: string
  /** milliseconds since the epoch */
  readonly time: number
  readonly position: number
  /** the whole call */
  readonly json: JsonObject
  readonly bot: boolean
}

/** What an identify said as it was processed; null deletes. */
export interface PlainIdentify {
  readonly time: number
  readonly position: number
  readonly traits: EventTraits
}

/** All that is known of one person. */
export interface PlainPerson {
  readonly profile: number
  readonly events: readonly PlainEvent[]
  readonly identifies: readonly PlainIdentify[]
  /** of its identifiers */
  readonly namespaces: readonly string[]
}

export interface Moment {
  /** milliseconds since the epoch */
  readonly now: number
  readonly zone: string
  readonly rules: IdentityRules
}

/**
 * Whether a condition holds for a person, read from the whole history word by word as the contract says it: slow and
 * obviously right.
 */
export function coldAnswer(condition: Condition, person: PlainPerson, moment: Moment): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => coldAnswer(part, person, moment))
    case 'any':
      return condition.of.some((part) => coldAnswer(part, person, moment))
    case 'not':
      return !coldAnswer(condition.of, person, moment)
    case 'trait': {
      const values = valuesAt(traitsOf(person, rootOf(condition.trait), moment.now), condition.trait)
      return compileTest(condition, moment.zone).holds(values, moment.now)
    }
    case 'each': {
      const elements = valuesAt(traitsOf(person, rootOf(condition.each), moment.now), condition.each)
      return elements.some((element) => passesAll(condition, element, moment))
    }
    case 'count':
      return compare(eventsOf(condition, person, moment).length, condition.op, condition.count)
    case 'aggregate':
      return aggregateHolds(condition, eventsOf(condition, person, moment), moment)
    case 'identifier':
      return person.namespaces.includes(condition.namespace) === (condition.op === 'exists')
    case 'bucket': {
      const place = bucketOf(condition.seed, person.profile)
      return condition.from <= place && place < condition.to
    }
    case 'known':
      return person.namespaces.some((namespace) => !isWeak(ruleOf(moment.rules, namespace)))
    case 'audience':
      throw new Error('An audience was not replaced by its condition.')
    default:
      return unreachable(condition)
  }
}

/**
 * The newest word on a trait whose time has come, by event time, then by position; where there is none, the earliest
 * first-touch value.
 */
function traitsOf({ identifies }: PlainPerson, name: string, now: number): JsonObject {
  const come = identifies
    .filter(({ time }) => time <= now)
    .sort((a, b) => a.time - b.time || a.position - b.position)
  const newest = come.findLast(({ traits }) => Object.hasOwn(traits.set, name))?.traits.set
  const earliest = come.find(({ traits }) => Object.hasOwn(traits.once, name))?.traits.once
  const said = newest ?? earliest
  return said === undefined ? {} : { [name]: said[name] as Json }
}

/** Events that count, in the order of (time, position). */
function eventsOf(leaf: CountLeaf | AggregateLeaf, person: PlainPerson, moment: Moment): PlainEvent[] {
  const { now, zone } = moment
  const { after, to } = boundsAt(leaf.within, now, zone)
  return person.events
    .filter(
      (event) => event.time > after && event.time <= to && event.time <= now && fits(leaf, event, moment),
    )
    .sort((a, b) => a.time - b.time || a.position - b.position)
}

function fits({ type, event: said, where }: EventPattern, event: PlainEvent, moment: Moment): boolean {
  if (event.bot || event.type !== type || !isNamed(said, event.name)) return false
  return where.every((test) => passes(test, event, moment))
}

function isNamed(said: EventPattern['event'], name: string): boolean {
  if (said === undefined) return true
  if (typeof said === 'string') return said === name
  return said.names.includes(name) || said.prefixes.some((prefix) => name.startsWith(prefix))
}

function passes(test: PropertyTest | EachTest, event: PlainEvent, moment: Moment): boolean {
  const values = readAt(event, 'each' in test ? test.each : test.property)
  if ('each' in test) return values.some((element) => passesAll(test, element, moment))
  return compileTest(test, moment.zone).holds(values, 0)
}

/** Whether one element passes every test on its own. */
function passesAll({ where }: EachTest, element: Json, { now, zone }: Moment): boolean {
  return where.every((test) => compileTest(test, zone).holds(valuesAt(element, test.property), now))
}

/** What a path means for a call of its type. */
function readAt({ type, json }: PlainEvent, path: string): Json[] {
  if (path.startsWith('context.')) return valuesAt(json, path)
  if (type === 'identify' || type === 'group') {
    const says = Object.keys((json['traits'] ?? {}) as JsonObject).length > 0
    return valuesAt(says ? json['traits'] : (json['context'] as JsonObject | undefined)?.['traits'], path)
  }
  const values = valuesAt(json['properties'], path)
  const isCategory = path === 'category' && (type === 'page' || type === 'screen')
  return isCategory && values.length === 0 && json['category'] !== '' ? valuesAt(json, path) : values
}

function aggregateHolds(leaf: AggregateLeaf, events: readonly PlainEvent[], { now, zone }: Moment): boolean {
  const values = events.flatMap((event) => readAt(event, leaf.property))
  const numbers = values.filter((value) => typeof value === 'number')
  const wanted = leaf.value as number
  const op = leaf.op as CountOp
  switch (leaf.fn) {
    case 'sum':
    case 'avg': {
      const parts = numbers
        .filter((value) => Math.abs(value) < SUM_VALUE_END)
        .map((value) => scaled(value) as bigint)
      if (parts.length === 0) return false
      const sum = parts.reduce((a, b) => a + b, 0n)
      const limit = scaled(wanted) as bigint
      return compare(sum, op, leaf.fn === 'sum' ? limit : limit * BigInt(parts.length))
    }
    case 'min':
    case 'max': {
      const [first, ...rest] = numbers
      if (first === undefined) return false
      return compare(
        rest.reduce((a, b) => (leaf.fn === 'min' ? Math.min(a, b) : Math.max(a, b)), first),
        op,
        wanted,
      )
    }
    case 'distinct': {
      const different = new Set(
        values.filter((value) => typeof value !== 'object').map((value) => JSON.stringify(value)),
      )
      return different.size > 0 && compare(different.size, op, wanted)
    }
    case 'first':
    case 'last': {
      const scalars = values.filter((value) => typeof value !== 'object')
      const value = leaf.fn === 'first' ? scalars[0] : scalars.at(-1)
      return (
        value !== undefined &&
        compileTest(leaf as Parameters<typeof compileTest>[0], zone).holds([value], now)
      )
    }
  }
}

function compare<T extends number | bigint>(a: T, op: CountOp, b: T): boolean {
  const ops: Record<CountOp, boolean> = { gte: a >= b, gt: a > b, lte: a <= b, lt: a < b, equals: a === b }
  return ops[op]
}
