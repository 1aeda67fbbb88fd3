import type { Condition } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import type { AudienceCatalog } from '../../audience/audience-catalog.ts'
import { evaluateMemberships } from '../../audience/evaluate-memberships.ts'
import {
  addMembership,
  type MembershipsState,
  membershipsOf,
  membershipsSlice,
  removeMembership,
} from '../../audience/memberships-slice.ts'
import { Person } from '../../audience/person.ts'
import { parseCondition } from '../../condition/parse-condition.ts'
import { catalogOf } from '../../condition/testing/live-people.ts'
import {
  type IdentityState,
  identitySlice,
  newIdentity,
  seeFragment,
  seeIdentifier,
  sightingOf,
} from '../../identity/identity-slice.ts'
import { DEFAULT_IDENTITY_RULES } from '../../identity/namespaces.ts'
import { noteInSeries } from '../../series/note-event.ts'
import { type FoundSeries, type SeriesSliceState, seriesSlice } from '../../series/series-slice.ts'
import {
  decodeState,
  encodeState,
  type Fragment,
  type FragmentState,
  joinStates,
  newFragment,
  noteEvent,
  noteSighting,
  partState,
  SLICES,
} from '../fragment.ts'
import { slicesDueAt, wakeSlices } from '../schedule.ts'
import type { Slice } from '../slice.ts'
import { applyTraits, type TraitsState, traitsSlice } from '../traits-slice.ts'
import type { LifeEvent, SliceCase } from './slice-laws.ts'

interface Seen {
  readonly identifier: number
  /** a fragment from which a reviewer parts this one */
  readonly apart: number | undefined
}

export function identityCase(slice: Slice<IdentityState> = identitySlice): SliceCase<IdentityState, Seen> {
  return {
    slice,
    what: fc.record({
      identifier: fc.integer({ min: 1, max: 4 }),
      apart: fc.option(fc.integer({ min: 5, max: 7 }), { nil: undefined, freq: 4 }),
    }),
    note(state, { what: { identifier, apart }, time, position }) {
      state.events++
      seeFragment(state, time)
      const source = position % 3
      const sighting = sightingOf(state, { id: identifier, namespace: 'email', owner: identifier }, source)
      seeIdentifier(sighting, time, source)
      if (apart === undefined || state.cannotLink?.includes(apart) === true) return
      state.cannotLink = [...(state.cannotLink ?? []), apart].sort((a, b) => a - b)
    },
    view: ({ sightings, firstSeen, lastSeen, events, cannotLink }) => ({
      sightings: sightings
        .map(([id, , , first, last]) => [id, first, last])
        .sort(([a = 0], [b = 0]) => a - b),
      ...{ firstSeen, lastSeen, events, cannotLink },
    }),
  }
}

interface Said {
  readonly set: JsonObject
  readonly once: JsonObject
}

const traitNames = fc.constantFrom('a', 'b', 'c')
const said = fc
  .record({
    set: fc.dictionary(traitNames, fc.oneof(fc.integer(), fc.constant(null)), { maxKeys: 2 }),
    once: fc.dictionary(traitNames, fc.integer(), { maxKeys: 2 }),
  })
  .map(({ set, once }): Said => {
    const others = Object.entries(once).filter(([name]) => !Object.hasOwn(set, name))
    return { set, once: Object.fromEntries(others) }
  })

export function traitsCase(slice: Slice<TraitsState> = traitsSlice): SliceCase<TraitsState, Said> {
  return {
    slice,
    what: said,
    note(state, { what, time, position, clock }) {
      applyTraits(state, what, { time, position, source: 1 }, clock)
    },
    view: ({ values, firstTouch = {} }) => ({ values: inOrder(values), firstTouch: inOrder(firstTouch) }),
    beside: () => ({ identity: newIdentity([1, 'email']) }),
  }
}

interface Bought {
  readonly name: string
  readonly price: number
}

const bought = fc.record({
  name: fc.constantFrom('Order Completed', 'Order Completed', 'Product Viewed'),
  price: fc.constantFrom(1, 2, 2.5, -3),
})

const ORDER = { event: 'Order Completed' }
const CONDITIONS: readonly Condition[] = [
  { ...ORDER, count: { op: 'gte', value: 2 } },
  { ...ORDER, count: { op: 'lte', value: 3 }, within: '90m' },
  { ...ORDER, count: { op: 'equals', value: 1 }, within: '1 day' },
  ...['sum', 'max', 'last', 'first', 'distinct'].map((fn) => {
    return { ...ORDER, aggregate: { fn, property: 'price' }, op: 'gte', value: 2 }
  }),
  { ...ORDER, aggregate: { fn: 'min', property: 'price' }, op: 'lt', value: 2, within: '90m' },
].map((condition) => parseCondition(condition, 'UTC'))

const CATALOG: AudienceCatalog = catalogOf(CONDITIONS, 'UTC')

export function seriesCase(
  slice: typeof seriesSlice = seriesSlice,
): SliceCase<SeriesSliceState, Bought, FoundSeries> {
  const note = (state: SeriesSliceState, event: LifeEvent<Bought>, clock = event.clock) =>
    noteInSeries(CATALOG.series, personOf([withSeries(state)]), state, callOf(event), clock)
  return {
    slice,
    what: bought,
    note: (state, event) => note(state, event),
    view(folded, now) {
      const person = personOf([withSeries(folded)])
      return CATALOG.series.all.flatMap(({ leaves }) =>
        leaves.map((leaf) => LATER.map((span) => leaf.holds(person, now + span))),
      )
    },
    history: {
      find(events, clock) {
        const past = slice.empty()
        for (const event of events) note(past, event, clock)
        return past.byId
      },
      take: (state, found, clock) => slice.takeHistory(state, found, { catalog: CATALOG.series, clock }),
    },
  }
}

/** Moments at which a condition is asked, milliseconds after the end of a life: what is kept must decide them all. */
const LATER = [0, 1, 30 * 60_000, 89 * 60_000, 24 * 3_600_000, 25 * 3_600_000]

/** Memberships with what decides them: who has ever fitted a version fits it. */
type DecidedMemberships = MembershipsState & { fitted: number[] }

export function membershipsCase(
  slice: typeof membershipsSlice = membershipsSlice,
): SliceCase<DecidedMemberships, number, readonly number[]> {
  const fitted = (states: readonly DecidedMemberships[]) =>
    [...new Set(states.flatMap((state) => state.fitted))].sort((a, b) => a - b)
  return {
    slice: {
      ...slice,
      empty: () => ({ ...slice.empty(), fitted: [] }),
      fold: (states) => ({ ...slice.fold(states), fitted: fitted(states) }),
      encode(state, into) {
        slice.encode(state, into)
        into['fitted'] = state.fitted
      },
      decode: (from) => ({ ...slice.decode(from), fitted: from['fitted'] as number[] }),
    },
    what: fc.integer({ min: 1, max: 4 }),
    note(state, { what, clock }) {
      state.fitted = fitted([state, { ...state, fitted: [what] }])
      addMembership(state, what, clock)
    },
    view: (folded) => ({ in: [...membershipsOf(folded).keys()], fitted: folded.fitted }),
    ask(profile, now) {
      const [kept, ...others] = profile as [DecidedMemberships, ...DecidedMemberships[]]
      for (const merged of others) slice.join(kept, merged)
      const holds = fitted(profile)
      for (const version of membershipsOf(kept).keys())
        if (!holds.includes(version)) removeMembership(kept, version)
      for (const version of holds) addMembership(kept, version, now)
    },
    history: {
      find: (events) => events.flatMap(({ what, clock }) => [what, clock]),
      take(state, found) {
        slice.takeHistory(state, found, { version: () => true })
        state.fitted = fitted([state, { ...state, fitted: [...membershipsOf(state).keys()] }])
      },
    },
  }
}

type Happened = Said & Bought & { readonly identifier: number }

/** All slices of a fragment together, asked by the evaluation of audiences and woken by the schedule. */
export function wholeCase(): SliceCase<FragmentState, Happened> {
  return {
    slice: {
      empty: () => newFragment(1, 1, 'email').state,
      fold: foldStates,
      join: joinStates,
      part: partState,
      dueAt: (state) => Math.min(state.armed ?? Number.POSITIVE_INFINITY, slicesDueAt([alone(state)])),
      wake: (state, now) => wakeSlices([alone(state)], now).length > 0,
      encode: (state, into) => void Object.assign(into, JSON.parse(encodeState(state))),
      decode: (from) => decodeState(JSON.stringify(from)),
    },
    what: fc
      .tuple(said, bought, fc.integer({ min: 1, max: 4 }))
      .map(([traits, order, identifier]) => ({ ...traits, ...order, identifier })),
    note(state, event) {
      const { what, clock, time, position } = event
      const at = { time, position, source: 1 }
      noteEvent(state, at, clock)
      noteSighting(state, { id: what.identifier, namespace: 'email', owner: 1 }, at, clock)
      applyTraits(state.traits, what, at, clock)
      noteInSeries(CATALOG.series, personOf([alone(state)]), state.series, callOf(event), clock)
    },
    view: ({ identity, traits, memberships }) => ({
      ...{ events: identity.events, firstSeen: identity.firstSeen },
      values: inOrder(traits.values),
      in: [...membershipsOf(memberships).keys()],
    }),
    ask(profile, now) {
      const members = profile.map((state, index) => ({ ...alone(state), id: index + 1 }))
      evaluateMemberships(CATALOG, personOf(members), 'all', now)
    },
  }
}

function foldStates(states: readonly FragmentState[]): FragmentState {
  return {
    identity: SLICES.identity.fold(states.map(({ identity }) => identity)),
    traits: SLICES.traits.fold(states.map(({ traits }) => traits)),
    series: SLICES.series.fold(states.map(({ series }) => series)),
    memberships: SLICES.memberships.fold(states.map(({ memberships }) => memberships)),
    armed: undefined,
  }
}

function personOf(members: readonly Fragment[]): Person {
  return new Person(members, CATALOG.series, DEFAULT_IDENTITY_RULES)
}

function alone(state: FragmentState): Fragment {
  return { id: 1, profile: 1, state }
}

function withSeries(series: SeriesSliceState): Fragment {
  return alone({ ...newFragment(1, 1, 'email').state, series })
}

function callOf({ what: { name, price }, time, position }: LifeEvent<Bought>) {
  return { type: 'track' as const, name, time, position, json: { properties: { price } } }
}

function inOrder(values: Readonly<Record<string, readonly unknown[]>>): unknown {
  return Object.entries(values)
    .map(([name, [value]]) => [name, value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
