import type { Condition } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_IDENTITY_RULES } from '../identity/namespaces.ts'
import { parseCondition } from './parse-condition.ts'
import {
  arbitraryAggregateLeaf,
  arbitraryCondition,
  arbitraryCountLeaf,
  arbitraryTraitLeaf,
  EVENT_NAMES,
  ZONES,
} from './testing/arbitrary-condition.ts'
import { type Arrival, arbitraryHistory, type History, personAt } from './testing/arbitrary-history.ts'
import { MOMENT } from './testing/awkward-values.ts'
import { coldAnswer, type PlainPerson } from './testing/cold-answer.ts'
import { catalogOf, LivePeople } from './testing/live-people.ts'

const PROFILE = 7
const RUNS = 500
const rules = DEFAULT_IDENTITY_RULES
const zones = fc.constantFrom(...ZONES)
const DAY = 86_400_000

/** One leaf of each kind more often than not, so that a counterexample is small. */
const conditions = fc.oneof(
  arbitraryCountLeaf,
  arbitraryAggregateLeaf,
  arbitraryTraitLeaf,
  arbitraryCondition,
)
const eventConditions = fc.oneof(arbitraryCountLeaf, arbitraryAggregateLeaf)
/** Which of many moments are looked at. */
const picks = fc.array(fc.nat(), { minLength: 20, maxLength: 20 })

function pick(moments: readonly number[], places: readonly number[]): Set<number> {
  if (moments.length === 0) return new Set()
  return new Set([
    ...places.map((place) => moments[place % moments.length] as number),
    moments.at(-1) as number,
  ])
}

/** One condition about one person, whose fragments have the numbers from PROFILE on. */
class Life {
  readonly #people: LivePeople
  readonly #ids: readonly number[]

  constructor(condition: Condition, { namespaces }: History, zone: string) {
    this.#people = new LivePeople(catalogOf([condition], zone), DEFAULT_IDENTITY_RULES)
    this.#ids = namespaces.map((_, index) => PROFILE + index)
    for (const [index, owned] of namespaces.entries())
      for (const namespace of owned) this.#people.own(PROFILE + index, namespace)
  }

  take(arrival: Arrival, clock: number): void {
    this.#people.take(PROFILE + arrival.fragment, arrival, clock)
  }

  addHistory(past: Life, clock: number): void {
    for (const id of this.#ids) this.#people.addHistory(id, past.#people.seriesOf(id), clock)
  }

  holds(now: number): boolean {
    return this.#people.holds(0, this.#people.person(this.#ids), now)
  }

  turnsAt(now: number): number {
    return this.#people.turnsAt(0, this.#people.person(this.#ids), now)
  }
}

function oracle(condition: Condition, person: PlainPerson, now: number, zone: string): boolean {
  return coldAnswer(condition, person, { now, zone, rules })
}

describe('event by event', () => {
  test('a condition that is kept up to date says what its whole history says, at every event and whenever time has passed', () => {
    fc.assert(
      fc.property(conditions, arbitraryHistory(24), zones, picks, (raw, history, zone, places) => {
        const condition = parseCondition(raw, zone)
        const live = new Life(condition, history, zone)
        let clock = 0
        for (const arrival of history.arrivals) {
          clock = Math.max(clock, arrival.clock)
          live.take(arrival, clock)
          const person = personAt(history, arrival.position, PROFILE)
          expect(live.holds(clock)).toBe(oracle(condition, person, clock, zone))
        }
        const person = personAt(history, Number.POSITIVE_INFINITY, PROFILE)
        for (const moment of pick(changePoints(person, clock), places))
          expect([moment, live.holds(moment)]).toEqual([moment, oracle(condition, person, moment, zone)])
      }),
      { numRuns: RUNS },
    )
  })

  test('what an event lets go was of no use any more, also at the edges of windows', () => {
    fc.assert(
      fc.property(eventConditions, arbitraryHistory(12, 1), zones, picks, (raw, history, zone, places) => {
        const condition = parseCondition(raw, zone)
        const live = new Life(condition, history, zone)
        let clock = 0
        for (const arrival of history.arrivals) {
          clock = Math.max(clock, arrival.clock)
          live.take(arrival, clock)
        }
        let person = personAt(history, Number.POSITIVE_INFINITY, PROFILE)
        const moments = [...pick(changePoints(person, clock), places)].sort((a, b) => a - b)
        for (const [index, moment] of moments.entries()) {
          const like = history.arrivals[index % history.arrivals.length]?.event
          if (like === undefined) continue
          const event = { ...like, time: moment, position: 1_000_000 + index }
          live.take({ fragment: index % 3, clock: moment, position: event.position, event }, moment)
          person = { ...person, events: [...person.events, event] }
          expect([moment, live.holds(moment)]).toEqual([moment, oracle(condition, person, moment, zone)])
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('events of the same time are in the order of their positions, whatever fragment they are in', () => {
    const chosen = fc.record<JsonObject>({
      event: fc.constant(EVENT_NAMES[0]),
      aggregate: fc.record<JsonObject>({
        fn: fc.constantFrom('first', 'last'),
        property: fc.constant('price'),
      }),
      op: fc.constantFrom('gte', 'lt', 'equals'),
      value: fc.constantFrom(2, 5, 50),
    })
    fc.assert(
      fc.property(chosen, arbitraryHistory(16, 4), (raw, history) => {
        const arrivals = history.arrivals.map((each) => {
          const time = MOMENT - (each.position % 2)
          return { ...each, clock: MOMENT, ...(each.event && { event: { ...each.event, time } }) }
        })
        const crowded = { ...history, arrivals }
        const condition = parseCondition(raw, 'UTC')
        const live = new Life(condition, crowded, 'UTC')
        for (const arrival of arrivals) live.take(arrival, MOMENT)
        const person = personAt(crowded, Number.POSITIVE_INFINITY, PROFILE)
        expect(live.holds(MOMENT)).toBe(oracle(condition, person, MOMENT, 'UTC'))
      }),
      { numRuns: RUNS },
    )
  })

  test('a condition made at a position, with history added later, says what one says that was there from the start', () => {
    fc.assert(
      fc.property(
        eventConditions,
        arbitraryHistory(24, 4),
        zones,
        fc.nat(24),
        picks,
        (raw, history, zone, at, places) => {
          const condition = parseCondition(raw, zone)
          const made = Math.min(at, history.arrivals.length - 1)
          const past = new Life(condition, history, zone)
          const live = new Life(condition, history, zone)
          let clock = 0
          for (const [index, arrival] of history.arrivals.entries()) {
            clock = Math.max(clock, arrival.clock)
            const into = index < made ? past : live
            into.take(arrival, clock)
          }
          live.addHistory(past, clock)
          const person = personAt(history, Number.POSITIVE_INFINITY, PROFILE)
          for (const moment of [clock, ...pick(changePoints(person, clock), places)])
            expect([moment, live.holds(moment)]).toEqual([moment, oracle(condition, person, moment, zone)])
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('until the moment at which it may turn, the answer stays as it is', () => {
    fc.assert(
      fc.property(conditions, arbitraryHistory(16), zones, picks, (raw, history, zone, places) => {
        const condition = parseCondition(raw, zone)
        const live = new Life(condition, history, zone)
        let now = 0
        for (const arrival of history.arrivals) {
          now = Math.max(now, arrival.clock)
          live.take(arrival, now)
        }
        const person = personAt(history, Number.POSITIVE_INFINITY, PROFILE)
        const holds = oracle(condition, person, now, zone)
        const turn = live.turnsAt(now)
        expect(turn).toBeGreaterThan(now)
        const moments = changePoints(person, now).filter((moment) => moment < turn)
        if (turn > now + 1 && turn < Number.POSITIVE_INFINITY) moments.push(turn - 1)
        for (const moment of pick(moments, places))
          expect([moment, oracle(condition, person, moment, zone)]).toEqual([moment, holds])
      }),
      { numRuns: RUNS },
    )
  })
})

const SPANS_MS = [0, 1, 90 * 60_000, 2 * DAY, 30 * DAY, 35 * DAY]

/** Moments after `now` at which answers about a person like to change; those of its events come first. */
function changePoints({ events }: PlainPerson, now: number): number[] {
  const times = [...events.map(({ time }) => time), now]
  const rolled = times.flatMap((time) => SPANS_MS.map((span) => time + span))
  const midnights = Array.from({ length: 60 }, (_, day) => Math.floor(now / DAY + day) * DAY)
  const months = Array.from({ length: 14 }, (_, month) => Date.UTC(2026, 2 + month))
  const local = [...midnights, ...months].flatMap((at) =>
    [-11, -5.5, -2, -1, 0, 4, 5].map((hours) => at + hours * 3_600_000),
  )
  return [...rolled, ...rolled, ...local].flatMap((at) => [at - 1, at, at + 1]).filter((at) => at > now)
}
