import type { EventPattern, Window } from '@affluent/protocol/condition'
import { EVENT_TIME_END_MS, EVENT_TIME_MIN_MS } from '@affluent/protocol/limits'
import { namesOf } from '../event-names.ts'
import { boundsAt, type WindowBounds } from '../window.ts'
import { whereHoldsSql } from './property-sql.ts'
import type { SqlParams } from './sql-params.ts'
import type { SqlQuestion } from './sql-query.ts'
import type { TestContext } from './value-test-sql.ts'

/** Events of bots have this bit among their flags. */
const BOT = 2

/**
 * Whether an event is of a pattern.
 * @returns SQL of a UInt8 over the columns of `event`
 */
export function patternSql({ type, event, where }: EventPattern, context: TestContext): string {
  const { params } = context
  // the time at which properties are asked does not matter: none of their ops moves
  const tests = where.map((test) => ` and ${whereHoldsSql(test, type, context)}`)
  const named = typeof event === 'string' ? `event.name = ${params.text(event)}` : namesSql([event], params)
  return `${named}${named === '' ? '' : ' and '}event.type = ${params.text(type)}${tests.join('')}`
}

/** Whether an event has one of some names; '': whatever its name. */
function namesSql(events: readonly EventPattern['event'][], params: SqlParams): string {
  const all = events.map(namesOf)
  const prefixes = [...new Set(all.flatMap((each) => each.prefixes))].sort()
  if (prefixes.includes('')) return ''
  const names = [...new Set(all.flatMap((each) => each.names))].sort()
  const exact = names.length === 0 ? [] : [`event.name in (${params.texts(names)})`]
  const parts = [...exact, ...prefixes.map((prefix) => `startsWith(event.name, ${params.text(prefix)})`)]
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' or ')})`
}

/**
 * Whether an event's time lies within bounds.
 * @param bounds open ends may be infinite
 * @returns SQL that follows a condition: ` and ...`
 */
export function timeSql({ after, to }: WindowBounds, params: SqlParams): string {
  const from = after < EVENT_TIME_MIN_MS ? '' : ` and event.time > ${params.time(after)}`
  const until =
    to >= EVENT_TIME_END_MS ? '' : ` and event.time <= ${params.time(Math.max(to, EVENT_TIME_MIN_MS - 1))}`
  return `${from}${until}`
}

/** Which event times count at the moment of a question. */
export function windowSql(window: Window | undefined, { now, zone }: SqlQuestion, params: SqlParams): string {
  return timeSql(boundsAt(window, now, zone), params)
}

/** Which events are looked at at all: those of these names that count for anybody. */
export function eventsSql(
  patterns: readonly EventPattern[],
  { workspace, position }: SqlQuestion,
  params: SqlParams,
): string {
  const types = [...new Set(patterns.map(({ type }) => type))].sort()
  const ofTypes = types.map((type) => {
    const own = patterns.filter((pattern) => pattern.type === type)
    const events = namesSql(
      own.map(({ event }) => event),
      params,
    )
    return `${events}${events === '' ? '' : ' and '}event.type = ${params.text(type)}`
  })
  const named = ofTypes.length === 1 ? ofTypes[0] : `(${ofTypes.map((each) => `(${each})`).join(' or ')})`
  return `event.workspace = ${params.uint(workspace)} and ${named} and event.fragment != 0 and event.position <= ${params.uint(position)} and bitAnd(event.flags, ${BOT}) = 0`
}
