import type { Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import type { Speaker } from '../../sentence/speaker.ts'
import type { Texts } from '../../sentence/texts.ts'
import { jsonObject } from '../json-object.ts'
import { wordsOf } from '../leaves/words-of-leaves.ts'
import { describeValue } from './describe-value.ts'

const EVERYONE: Readonly<Record<Population, Texts>> = {
  known: { en: 'All known people', fr: 'Toutes les personnes connues' },
  all: { en: 'All people, visitors included', fr: 'Toutes les personnes, visiteurs compris' },
}
const PEOPLE: Readonly<Record<Population, Texts>> = {
  known: { en: 'Known people {clauses}', fr: 'Les personnes connues {clauses}' },
  all: { en: 'People, visitors included, {clauses}', fr: 'Les personnes, visiteurs compris, {clauses}' },
}
const EXCEPT: Texts = { en: '{people}, except those {clauses}', fr: '{people}, sauf celles {clauses}' }
const NOT_AMONG: Texts = {
  en: 'who are not among those ({clauses})',
  fr: 'qui ne sont pas parmi celles ({clauses})',
}
const UNKNOWN: Texts = {
  en: 'who meet a condition that this page cannot put into words, {value}',
  fr: 'qui répondent à une condition que cette page ne sait pas dire, {value}',
}

/** An audience as it is defined. */
export interface Defined {
  /** as conditions are written; null: nothing is asked yet */
  readonly condition: Json
  readonly population: Population
}

/**
 * An audience as one plain sentence, made from the condition itself: "Known people who have done “Order Completed” at
 * least 2 times in the last 30 days, except those who are in the audience “Staff”." Takes every form that the API
 * takes; values are between marks (`marked`).
 */
export function describeCondition({ condition, population }: Defined, speaker: Speaker): string {
  const { inside, outside, joins } = sectionsOf(condition)
  const clauses = inside.map((part) => describePart(part, inside.length > 1, speaker))
  const people =
    clauses.length === 0
      ? describeEveryone(population, speaker)
      : speaker.say(PEOPLE[population], { clauses: speaker.join(clauses, joins) })
  if (outside.length === 0) return `${people}.`
  const except = outside.map((part) => describePart(part, outside.length > 1, speaker))
  return `${speaker.say(EXCEPT, { people, clauses: speaker.join(except, 'any') })}.`
}

/** One condition as a relative clause: "who have done “Order Completed”". */
export function describeClause(condition: Json, speaker: Speaker): string {
  return describePart(condition, false, speaker)
}

/** All whom a population counts: "All known people". */
export function describeEveryone(population: Population, speaker: Speaker): string {
  return speaker.say(EVERYONE[population])
}

interface Sections {
  readonly inside: readonly Json[]
  readonly outside: readonly Json[]
  readonly joins: 'all' | 'any'
}

/** What must hold, and what a "not" on the outside takes away again. */
function sectionsOf(condition: Json): Sections {
  const object = jsonObject(condition)
  if (object === undefined) return { inside: [], outside: [], joins: 'all' }
  if (Array.isArray(object['any'])) return { inside: object['any'], outside: [], joins: 'any' }
  const parts = Array.isArray(object['all']) ? object['all'] : [condition]
  const inside = parts.filter((part) => groupUnderNot(part) === undefined)
  const outside = parts.map(groupUnderNot).filter((part) => part !== undefined)
  const [only] = inside
  const any = inside.length === 1 ? jsonObject(only)?.['any'] : undefined
  if (Array.isArray(any)) return { inside: any, outside: outside.flatMap(membersOfAny), joins: 'any' }
  return { inside, outside: outside.flatMap(membersOfAny), joins: 'all' }
}

/** What stands under a "not". */
function groupUnderNot(part: Json): Json | undefined {
  return jsonObject(part)?.['not']
}

/** Not one of several is each of them on its own. */
function membersOfAny(part: Json): readonly Json[] {
  const any = jsonObject(part)?.['any']
  return Array.isArray(any) ? any : [part]
}

/** @param isOneOf whether others stand beside it, so that a group needs its bounds */
function describePart(json: Json, isOneOf: boolean, speaker: Speaker): string {
  const object = jsonObject(json)
  if (object === undefined) return unknown(json, speaker)
  for (const joins of ['all', 'any'] as const) {
    const of = object[joins]
    if (!Array.isArray(of)) continue
    const parts = of.map((part) => describePart(part, of.length > 1, speaker))
    const clauses = speaker.join(parts, joins)
    return isOneOf && parts.length > 1 ? `(${clauses})` : clauses
  }
  if (object['not'] !== undefined) return describeNot(object['not'], isOneOf, speaker)
  return wordsOf(object)?.describe(object, speaker) ?? unknown(json, speaker)
}

function describeNot(json: Json, isOneOf: boolean, speaker: Speaker): string {
  const object = jsonObject(json)
  if (object?.['not'] !== undefined) return describePart(object['not'], isOneOf, speaker)
  const words = object === undefined ? undefined : wordsOf(object)
  const opposite = object === undefined ? undefined : words?.opposite?.(object)
  if (opposite !== undefined) return describePart(opposite, isOneOf, speaker)
  if (object !== undefined && words?.describeNot !== undefined) return words.describeNot(object, speaker)
  return speaker.say(NOT_AMONG, { clauses: describePart(json, false, speaker) })
}

function unknown(json: Json, speaker: Speaker): string {
  return speaker.say(UNKNOWN, { value: describeValue(json, speaker) })
}
