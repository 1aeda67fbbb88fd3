import type { EventType, JsonObject } from '@affluent/protocol/event'
import { EVENT_FUTURE_MS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import type { EventTraits } from '../../event/event-traits.ts'
import { EVENT_NAMES, NAMESPACES } from './arbitrary-condition.ts'
import { arbitraryBeside, arbitraryObject, MOMENT } from './awkward-values.ts'
import type { PlainEvent, PlainIdentify, PlainPerson } from './cold-answer.ts'

/** A call as it comes in, before it has a position. */
interface Call {
  /** index of a fragment */
  readonly fragment: number
  readonly type: EventType
  readonly name: string
  readonly time: number
  /** index of a time that others have too; beyond them: its own */
  readonly shared: number
  /** how long after its time it came, milliseconds; below zero: it came from the future */
  readonly late: number
  readonly payload: JsonObject
  /** what stands beside the payload */
  readonly beside: JsonObject
  readonly bot: boolean
  /** of an identify: its values are first-touch values */
  readonly first: boolean
}

/** A step of the log. */
export interface Arrival {
  /** index of a fragment */
  readonly fragment: number
  /** the workspace's time when it is processed, milliseconds since the epoch */
  readonly clock: number
  readonly position: number
  readonly event?: PlainEvent
  readonly identify?: PlainIdentify
}

/** One person's life in the order of the log: clocks and positions only grow. */
export interface History {
  readonly arrivals: readonly Arrival[]
  /** of the identifiers of each fragment */
  readonly namespaces: readonly (readonly string[])[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const midnights = [0, 1, 2, 3, 7, 8, 30, 31, 59, 90, 365].map((days) => Date.UTC(2026, 2, 31) - days * DAY)

/** Times on both sides of the edges of the windows that `arbitraryWindow` makes. */
export const EDGES: readonly number[] = [
  ...[0, 90 * MINUTE, 48 * HOUR, 30 * DAY, 35 * DAY, 365 * DAY, 730 * DAY].map((ms) => MOMENT - ms),
  ...midnights.flatMap((at) => [at, at - 2 * HOUR, at - HOUR, at + 4 * HOUR, at - 11 * HOUR]),
  ...[Date.UTC(2026, 1, 28, 9), Date.UTC(2025, 1, 28, 9), Date.UTC(2024, 2, 31, 9), Date.UTC(2026, 2, 29, 1)],
  ...[MOMENT + HOUR, MOMENT + DAY, Date.UTC(2026, 3, 1), Date.UTC(2026, 2, 31, 22)],
]

const time = fc.oneof(
  fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(-1, 0, 0, 1)).map(([edge, step]) => edge + step),
  fc.constantFrom(MOMENT - 5, MOMENT - 4, MOMENT - 5),
  fc.integer({ min: MOMENT - 3 * DAY, max: MOMENT }),
  fc.integer({ min: MOMENT - 40 * DAY, max: MOMENT + DAY }),
)

const call: fc.Arbitrary<Call> = fc.record({
  fragment: fc.constantFrom(0, 0, 1, 2),
  type: fc.constantFrom(
    'track',
    'track',
    'track',
    'track',
    'page',
    'screen',
    'group',
    'identify',
    'identify',
  ),
  name: fc.constantFrom(EVENT_NAMES[0], EVENT_NAMES[0], EVENT_NAMES[0], ...EVENT_NAMES, 'Other', ''),
  time,
  shared: fc.nat(7),
  late: fc.constantFrom(0, 0, 0, 1, HOUR, 3 * DAY, -1, -HOUR, -EVENT_FUTURE_MS_MAX),
  payload: arbitraryObject,
  beside: arbitraryBeside,
  bot: fc.constantFrom(false, false, false, false, false, true),
  first: fc.constantFrom(false, false, true),
})

const namespaces = fc.array(fc.constantFrom('anonymous_id', 'anonymous_id', ...NAMESPACES), {
  minLength: 1,
  maxLength: 2,
})

/** @param maxLength calls at most */
export function arbitraryHistory(maxLength: number, minLength = 0): fc.Arbitrary<History> {
  return fc
    .tuple(
      fc.array(call, { minLength, maxLength, size: 'max' }),
      fc.tuple(namespaces, namespaces, namespaces),
      fc.constantFrom(1, 1, 2, 7),
      fc.tuple(time, time, time),
    )
    .map(([calls, owned, gap, shared]) => {
      const timed = calls.map((each) => ({ ...each, time: shared[each.shared] ?? each.time }))
      return { arrivals: arrive(timed, gap), namespaces: owned }
    })
}

function arrive(calls: readonly Call[], gap: number): Arrival[] {
  const inOrder = calls
    .map((each) => ({ ...each, received: each.time + each.late }))
    .sort((a, b) => a.received - b.received)
  return inOrder.map(({ fragment, type, name, time: at, received, payload, beside, bot, first }, index) => {
    const position = 1 + index * gap
    const said = { time: at, position }
    const isAboutPeople = type === 'identify' || type === 'group'
    const json = { ...beside, [isAboutPeople ? 'traits' : 'properties']: payload }
    return {
      fragment,
      clock: received,
      position,
      event: { ...said, type, name: isAboutPeople ? '' : name, json, bot },
      ...(type === 'identify' ? { identify: { ...said, traits: traitsOf(payload, first) } } : {}),
    }
  })
}

/** @param first whether the values are first-touch values, of which none is a deletion */
function traitsOf(payload: JsonObject, first: boolean): EventTraits {
  if (!first) return { set: payload, once: {} }
  const present = Object.entries(payload).filter(([, value]) => value !== null)
  return { set: {}, once: Object.fromEntries(present) }
}

/** All that was processed up to a position, as one person. */
export function personAt(
  { arrivals, namespaces: owned }: History,
  position: number,
  profile: number,
): PlainPerson {
  const past = arrivals.filter((each) => each.position <= position)
  return {
    profile,
    events: past.flatMap(({ event }) => event ?? []),
    identifies: past.flatMap(({ identify }) => identify ?? []),
    namespaces: owned.flat(),
  }
}
