import {
  type Aggregate,
  ASKED_TYPES,
  type AskedType,
  type CountOp,
  type Population,
} from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  describeTest,
  describeValue,
  describeWindow,
  joined,
  quoted,
} from '../../conditions/describe-test.ts'
import { marked, type Speaker } from '../../conditions/speaker.ts'

/** An audience as it is defined. */
export interface Defined {
  /** null: nothing is asked yet */
  readonly condition: Json
  readonly population: Population
}

/**
 * An audience as one plain sentence, made from the condition itself: "Known people who have done “Order Completed” at least 2 times in the last
 * 30 days, except those who are in the audience “Staff”." Takes every form that the API takes; values are between marks (`marked`).
 */
export function describeCondition({ condition, population }: Defined, speaker: Speaker): string {
  const { t } = speaker
  const { inside, outside, joins } = sectionsOf(condition)
  const clauses = inside.map((part) => describePart(part, inside.length > 1, speaker))
  const said =
    clauses.length === 0
      ? t(`say.everyone.${population}`)
      : t(`say.people.${population}`, { clauses: joined(clauses, joins, speaker) })
  if (outside.length === 0) return `${said}.`
  const except = outside.map((part) => describePart(part, outside.length > 1, speaker))
  return `${t('say.except', { said, clauses: joined(except, 'any', speaker) })}.`
}

/** One condition as a relative clause: "who have done “Order Completed”". */
export function describeClause(condition: Json, speaker: Speaker): string {
  return describePart(condition, false, speaker)
}

interface Sections {
  readonly inside: readonly Json[]
  readonly outside: readonly Json[]
  readonly joins: 'all' | 'any'
}

/** What must hold, and what a "not" on the outside takes away again. */
function sectionsOf(condition: Json): Sections {
  const object = objectOf(condition)
  if (object === undefined) return { inside: [], outside: [], joins: 'all' }
  if (Array.isArray(object['any'])) return { inside: object['any'], outside: [], joins: 'any' }
  const parts = Array.isArray(object['all']) ? object['all'] : [condition]
  const inside = parts.filter((part) => groupUnderNot(part) === undefined)
  const outside = parts.map(groupUnderNot).filter((part) => part !== undefined)
  const [only] = inside
  const any = inside.length === 1 ? objectOf(only)?.['any'] : undefined
  if (Array.isArray(any)) return { inside: any, outside: outside.flatMap(membersOfAny), joins: 'any' }
  return { inside, outside: outside.flatMap(membersOfAny), joins: 'all' }
}

/** What stands under a "not". */
function groupUnderNot(part: Json): Json | undefined {
  return objectOf(part)?.['not']
}

/** Not one of several is each of them on its own. */
function membersOfAny(part: Json): readonly Json[] {
  const any = objectOf(part)?.['any']
  return Array.isArray(any) ? any : [part]
}

/** @param isOneOf whether others stand beside it, so that a group needs its bounds */
function describePart(json: Json, isOneOf: boolean, speaker: Speaker): string {
  const object = objectOf(json)
  if (object === undefined) return unknown(json, speaker)
  for (const joins of ['all', 'any'] as const) {
    const of = object[joins]
    if (!Array.isArray(of)) continue
    const parts = of.map((part) => describePart(part, of.length > 1, speaker))
    const said = joined(parts, joins, speaker)
    return isOneOf && parts.length > 1 ? `(${said})` : said
  }
  if (object['not'] !== undefined) return describeNot(object['not'], isOneOf, speaker)
  return describeLeaf(object, speaker) ?? unknown(json, speaker)
}

function describeNot(json: Json, isOneOf: boolean, speaker: Speaker): string {
  const object = objectOf(json)
  if (object?.['not'] !== undefined) return describePart(object['not'], isOneOf, speaker)
  const turned = object === undefined ? undefined : opposite(object)
  if (turned !== undefined) return describePart(turned, isOneOf, speaker)
  if (typeof object?.['audience'] === 'string')
    return speaker.t('say.notInAudience', { audience: quoted(speaker.nameOf(object['audience']), speaker.t) })
  return speaker.t('say.notAmong', { clauses: describePart(json, false, speaker) })
}

const OPPOSITE_TESTS: Readonly<Record<string, string>> = {
  equals: 'not_equals',
  not_equals: 'equals',
  in: 'not_in',
  not_in: 'in',
  contains: 'not_contains',
  not_contains: 'contains',
  exists: 'not_exists',
  not_exists: 'exists',
}
const OPPOSITE_COUNTS: Readonly<Record<string, string>> = { gte: 'lt', lt: 'gte', gt: 'lte', lte: 'gt' }

/** The leaf that holds exactly where this one does not; undefined where there is none. */
function opposite(leaf: JsonObject): JsonObject | undefined {
  const { op } = leaf
  if ('trait' in leaf || 'identifier' in leaf) {
    const turned = OPPOSITE_TESTS[String(op)]
    return turned === undefined ? undefined : { ...leaf, op: turned }
  }
  if (!('event' in leaf) || 'aggregate' in leaf) return undefined
  const count = objectOf(leaf['count']) ?? { op: 'gte', value: 1 }
  const turned = OPPOSITE_COUNTS[String(count['op'])]
  return turned === undefined ? undefined : { ...leaf, count: { ...count, op: turned } }
}

function describeLeaf(leaf: JsonObject, speaker: Speaker): string | undefined {
  const { t, nameOf } = speaker
  const { trait, event, audience, identifier, bucket } = leaf
  if (typeof trait === 'string') {
    const { trait: _, ...test } = leaf
    return t('say.trait', { trait: quoted(trait, t), test: describeTest(test, speaker) })
  }
  if (typeof leaf['each'] === 'string')
    return t('say.eachOf', { list: quoted(leaf['each'], t), tests: testsOf(leaf['where'], speaker) })
  const which = event === undefined ? undefined : eventsOf(leaf, speaker)
  if (which !== undefined)
    return 'aggregate' in leaf ? describeAggregate(leaf, which, speaker) : describeCount(leaf, which, speaker)
  if (typeof audience === 'string') return t('say.inAudience', { audience: quoted(nameOf(audience), t) })
  if (typeof identifier === 'string')
    return t(leaf['op'] === 'not_exists' ? 'say.noIdentifier' : 'say.identifier', {
      identifier: quoted(identifier, t),
    })
  const share = objectOf(bucket)
  return share === undefined ? undefined : describeShare(share, speaker)
}

/** Which events a leaf is about. */
interface Events {
  readonly type: AskedType
  /** names in quotation marks, joined; undefined: whatever the name */
  readonly names: string | undefined
}

/** @returns undefined when they are told in a form that is not known here */
function eventsOf({ event = null, type }: JsonObject, speaker: Speaker): Events | undefined {
  const inside = objectOf(event)
  const said = inside === undefined ? { type, name: event === '' ? undefined : event } : inside
  const asked = (said['type'] ?? 'track') as AskedType
  const texts = said['name'] === undefined ? ['*'] : [said['name']].flat()
  if (!ASKED_TYPES.includes(asked) || !texts.every((text) => typeof text === 'string')) return undefined
  if (texts.includes('*')) return { type: asked, names: undefined }
  const names = texts.map((text) => quoted(String(text).replaceAll('\\*', '*'), speaker.t))
  return { type: asked, names: joined(names, 'any', speaker) }
}

function describeCount(leaf: JsonObject, events: Events, speaker: Speaker): string {
  const count = objectOf(leaf['count']) ?? { op: 'gte', value: 1 }
  const op = count['op'] as CountOp
  const value = Number(count['value'])
  const isNever = (op === 'equals' || op === 'lte' ? value === 0 : false) || (op === 'lt' && value <= 1)
  const isOnce = (op === 'gte' && value === 1) || (op === 'gt' && value === 0)
  const head = describeDone(events, isNever, speaker)
  const times = isNever || isOnce ? '' : timesOf(op, value, speaker)
  return together([head, times, windowOf(leaf, speaker), whereOf(leaf, speaker)])
}

function describeDone({ type, names }: Events, isNever: boolean, { t }: Speaker): string {
  if (names === undefined) return t(isNever ? `say.neverAny.${type}` : `say.doneAny.${type}`)
  // identify and group calls have no names
  const named = type === 'identify' || type === 'group' ? 'track' : type
  return t(isNever ? `say.never.${named}` : `say.done.${named}`, { event: names })
}

function describeEvents({ type, names }: Events, { t }: Speaker): string {
  if (names === undefined) return t(`say.anyEvents.${type}`)
  const named = type === 'identify' || type === 'group' ? 'track' : type
  return t(`say.events.${named}`, { event: names })
}

function timesOf(op: CountOp, count: number, { t, formats }: Speaker): string {
  if (op === 'gte' && count === 0) return t('say.anyTimes')
  return t(`say.times.${op}`, { count, shown: marked(formats.number(count)) })
}

function describeAggregate(leaf: JsonObject, events: Events, speaker: Speaker): string {
  const { t } = speaker
  const { fn, property } = objectOf(leaf['aggregate']) ?? {}
  const { op, value, ignoreCase, as } = leaf
  const test = {
    op: op ?? null,
    ...(value === undefined ? {} : { value }),
    ...(ignoreCase === undefined ? {} : { ignoreCase }),
    ...(as === undefined ? {} : { as }),
  }
  return together([
    t(`say.aggregates.${fn as Aggregate}`, {
      property: quoted(String(property), t),
      event: describeEvents(events, speaker),
      test: describeTest(test, speaker),
    }),
    windowOf(leaf, speaker),
    whereOf(leaf, speaker),
  ])
}

function describeShare({ seed, from, to }: JsonObject, { t, formats }: Speaker): string {
  const [low, high] = [Number(from), Number(to)]
  // what is left of 0.1 + 0.2 is no share that anybody wrote
  const share = Number((high - low).toFixed(9))
  return t('say.share', {
    share: marked(formats.number(share)),
    from: formats.number(low),
    to: formats.number(high),
    seed: quoted(String(seed), t),
  })
}

function windowOf({ within }: JsonObject, speaker: Speaker): string {
  return within === undefined ? '' : describeWindow(within, speaker)
}

function whereOf({ where }: JsonObject, speaker: Speaker): string {
  if (!Array.isArray(where) || where.length === 0) return ''
  return speaker.t('say.where', { tests: testsOf(where, speaker) })
}

function testsOf(where: Json | undefined, speaker: Speaker): string {
  const tests = (Array.isArray(where) ? where : []).map((json) =>
    describeWhere(objectOf(json) ?? {}, speaker),
  )
  return joined(tests, 'all', speaker)
}

function describeWhere({ each, where, property, ...test }: JsonObject, speaker: Speaker): string {
  const { t } = speaker
  if (typeof each === 'string')
    return t('say.inOne', { list: quoted(each, t), tests: testsOf(where, speaker) })
  return t('say.property', { property: quoted(String(property), t), test: describeTest(test, speaker) })
}

function together(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

function unknown(json: Json, speaker: Speaker): string {
  return speaker.t('say.unknown', { value: describeValue(json, speaker) })
}

function objectOf(json: Json | undefined): JsonObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
}
