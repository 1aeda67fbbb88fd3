import type { JsonObject } from '@affluent/protocol/event'
import {
  FRAGMENT_TRAITS_BYTES_MAX,
  FRAGMENT_TRAITS_MAX,
  FRAGMENT_UPCOMING_MAX,
} from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEVER_SEEN } from '../identity/identity-slice.ts'
import { DEFAULT_IDENTITY_RULES } from '../identity/namespaces.ts'
import { foldProfile } from './fold-profile.ts'
import {
  decodeState,
  encodeState,
  type Fragment,
  type FragmentState,
  newFragment,
  noteEvent,
  noteSighting,
} from './fragment.ts'
import { applyTraits, traitsSlice } from './traits-slice.ts'

const ALWAYS = Number.POSITIVE_INFINITY

function traitsOf(fragments: Fragment[]): Record<string, unknown> {
  const { traits } = foldProfile(fragments, DEFAULT_IDENTITY_RULES)
  return Object.fromEntries([...traits].map(([name, trait]) => [name, trait.value]))
}

/** Lets what lay ahead take effect. */
function settle(state: FragmentState, now: number): void {
  traitsSlice.wake(state.traits, now, state)
}

/** Traits that are set when nothing lies ahead. */
function set(state: FragmentState, traits: JsonObject, at: { time: number; position: number }): string[] {
  return applyTraits(state.traits, { set: traits, once: {} }, { ...at, source: 1 }, ALWAYS)
}

function setOnce(state: FragmentState, traits: JsonObject, at: { time: number; position: number }): string[] {
  return applyTraits(state.traits, { set: {}, once: traits }, { ...at, source: 1 }, ALWAYS)
}

test('the newest event time wins, and late data never overwrites newer', () => {
  const fragment = newFragment(1, 1, 'user_id')
  set(fragment.state, { plan: 'pro', city: 'Lyon' }, { time: 200, position: 1 })
  set(fragment.state, { plan: 'free', name: 'Ada' }, { time: 100, position: 2 })
  expect(traitsOf([fragment])).toEqual({ plan: 'pro', city: 'Lyon', name: 'Ada' })
})

test('null deletes, also against a late value; a trait that is not named stays', () => {
  const fragment = newFragment(1, 1, 'user_id')
  set(fragment.state, { plan: 'pro', city: 'Lyon' }, { time: 100, position: 1 })
  set(fragment.state, { plan: null }, { time: 300, position: 2 })
  set(fragment.state, { plan: 'late' }, { time: 200, position: 3 })
  expect(traitsOf([fragment])).toEqual({ city: 'Lyon' })
})

test('names of methods are ordinary trait names', () => {
  const fragment = newFragment(1, 1, 'user_id')
  const traits = { toString: 'a', hasOwnProperty: 'b', constructor: 'c', length: 1 }
  set(fragment.state, traits as unknown as JsonObject, { time: 1, position: 1 })
  const stored = decodeState(encodeState(fragment.state))
  expect(traitsOf([{ ...fragment, state: stored }])).toEqual(traits)
})

test('a fragment holds so many traits and so many bytes, and says what it did not take', () => {
  const fragment = newFragment(1, 1, 'user_id')
  const from = { time: 1, position: 1 }
  for (let index = 0; index < FRAGMENT_TRAITS_MAX; index++)
    set(fragment.state, { [`t${index}`]: index }, from)
  expect(set(fragment.state, { more: 1 }, from)).toEqual(['more'])
  expect(set(fragment.state, { t0: 'newer' }, { ...from, time: 2 })).toEqual([])
  expect(set(fragment.state, { t1: 'x'.repeat(FRAGMENT_TRAITS_BYTES_MAX) }, { ...from, time: 2 })).toEqual([
    't1',
  ])
  expect(fragment.state.traits.values['t1']?.[0]).toBe(1)
})

test('of first-touch values the earliest stands, where nothing was ever set', () => {
  const fragment = newFragment(1, 1, 'user_id')
  setOnce(fragment.state, { source: 'ad', plan: 'trial', place: 'Lyon' }, { time: 200, position: 1 })
  setOnce(fragment.state, { source: 'letter' }, { time: 100, position: 2 })
  setOnce(fragment.state, { source: 'shop' }, { time: 300, position: 3 })
  expect(traitsOf([fragment])).toEqual({ source: 'letter', plan: 'trial', place: 'Lyon' })
  set(fragment.state, { plan: 'pro', place: null }, { time: 50, position: 4 })
  setOnce(fragment.state, { plan: 'late', place: 'late' }, { time: 400, position: 5 })
  expect(traitsOf([fragment])).toEqual({ source: 'letter', plan: 'pro' })
  expect(fragment.state.traits.firstTouch).not.toHaveProperty('plan')
})

test('a first-touch value of one fragment gives way to what another has set, and stands again without it', () => {
  const [one, other] = [newFragment(1, 1, 'user_id'), newFragment(2, 2, 'user_id')]
  setOnce(one.state, { plan: 'trial' }, { time: 1, position: 1 })
  set(other.state, { plan: 'pro' }, { time: 9, position: 2 })
  expect(traitsOf([one, other])).toEqual({ plan: 'pro' })
  expect(traitsOf([one])).toEqual({ plan: 'trial' })
})

const NAMES = ['a', 'b', 'c'] as const
const traitValue = fc.oneof(fc.integer(), fc.string(), fc.constant(null))
const said = fc.record({
  set: fc.dictionary(fc.constantFrom(...NAMES), traitValue),
  once: fc.dictionary(fc.constantFrom(...NAMES), fc.integer()),
  time: fc.integer({ min: 1, max: 12 }),
  identifier: fc.integer({ min: 1, max: 3 }),
  fragment: fc.integer({ min: 0, max: 2 }),
  /** how long the workspace's time has gone on when it comes */
  wait: fc.integer({ min: 0, max: 3 }),
  settles: fc.boolean(),
})
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never

/** What a profile is at a moment, from all that was said until then, word by word. */
function oracle(events: readonly Said[], now: number) {
  const come = events
    .map((event, position) => ({ ...event, position }))
    .filter(({ time }) => time <= now)
    .sort((a, b) => a.time - b.time || a.position - b.position)
  const traits = NAMES.flatMap((name) => {
    const newest = come.findLast((event) => Object.hasOwn(event.set, name))?.set[name]
    const earliest = come.find((event) => Object.hasOwn(event.once, name))?.once[name]
    const value = newest === undefined ? earliest : newest
    return value === undefined || value === null ? [] : [[name, value]]
  })
  const span = (some: readonly { time: number }[]) => ({
    firstSeen: some[0]?.time ?? NEVER_SEEN.first,
    lastSeen: some.at(-1)?.time ?? NEVER_SEEN.last,
  })
  const identifiers = [...new Set(events.map(({ identifier }) => identifier))].sort((a, b) => a - b)
  return {
    traits: Object.fromEntries(traits),
    ...span(come),
    identifiers: identifiers.map((id) => ({ id, ...span(come.filter((event) => event.identifier === id)) })),
    events: events.length,
  }
}

test('property: at any moment a profile is what was said until then, however it lies in fragments and whenever they settle', () => {
  fc.assert(
    fc.property(
      fc.array(said, { maxLength: 14 }),
      fc.boolean(),
      fc.array(fc.nat(14)),
      (events, split, moments) => {
        const fragments = [1, 2, 3].map((id) => ({ ...newFragment(id, id, 'user_id'), profile: 1 }))
        // whichever fragment saw an identifier first has it
        const owners = new Map<number, number>()
        let clock = 0
        for (const [position, { time, wait, identifier, settles, ...event }] of events.entries()) {
          clock += wait
          const { id, state } = fragments[split ? event.fragment : 0] as Fragment
          const from = { time, position, source: 1 }
          const owner = owners.get(identifier) ?? id
          owners.set(identifier, owner)
          noteEvent(state, from, clock)
          noteSighting(state, { id: identifier, namespace: 'crm', owner }, from, clock)
          const once = Object.fromEntries(
            Object.entries(event.once).filter(([name]) => !Object.hasOwn(event.set, name)),
          )
          applyTraits(state.traits, { set: event.set, once }, from, clock)
          if (settles) for (const each of fragments) settle(each.state, clock)
        }
        for (const now of [
          clock,
          ...moments.map((after) => clock + after).sort((a, b) => a - b),
          clock + 20,
        ]) {
          for (const { state } of fragments) {
            settle(state, now)
            expect(traitsSlice.dueAt(state.traits)).toBeGreaterThan(now)
          }
          const folded = foldProfile(fragments, DEFAULT_IDENTITY_RULES)
          const { firstSeen, lastSeen, events: count } = folded
          const traits = Object.fromEntries([...folded.traits].map(([name, trait]) => [name, trait.value]))
          const identifiers = folded.identifiers.map(({ id, firstSeen: first, lastSeen: last }) => {
            return { id, firstSeen: first, lastSeen: last }
          })
          const seen = { traits, firstSeen, lastSeen, identifiers, events: count }
          expect([now, seen]).toEqual([now, oracle(events, now)])
        }
        const bytes = fragments.flatMap(({ state: { traits } }) =>
          [...Object.values(traits.values), ...Object.values(traits.firstTouch ?? {})].map(([value]) =>
            typeof value === 'string' ? value.length : value === null ? 4 : 8,
          ),
        )
        expect(fragments.reduce((sum, { state }) => sum + state.traits.bytes, 0)).toBe(
          bytes.reduce((a, b) => a + b, 0),
        )
      },
    ),
  )
})

test('what lies ahead is bounded: whom it shows is seen a little later, and traits beyond the bound are named', () => {
  const { state } = newFragment(1, 1, 'user_id')
  const send = (time: number, identifier: number, traits: JsonObject) => {
    const from = { time, position: time, source: 1 }
    noteEvent(state, from, 0)
    noteSighting(state, { id: identifier, namespace: 'crm', owner: 1 }, from, 0)
    return applyTraits(state.traits, { set: traits, once: {} }, from, 0)
  }
  for (let time = 1; time <= FRAGMENT_UPCOMING_MAX + 1; time++) send(time, time, {})
  expect(state.traits.ahead).toHaveLength(FRAGMENT_UPCOMING_MAX)
  settle(state, 2)
  const { identity } = state
  expect(identity).toMatchObject({ firstSeen: 2, lastSeen: 2, events: FRAGMENT_UPCOMING_MAX + 1 })
  expect(identity.sightings.filter(([, , , firstSeen]) => firstSeen === 2).map(([id]) => id)).toEqual([1, 2])

  const full = newFragment(2, 2, 'user_id').state
  const trait = (time: number) =>
    applyTraits(full.traits, { set: { [`t${time}`]: 1 }, once: {} }, { time, position: time, source: 1 }, 0)
  for (let time = 1; time <= FRAGMENT_UPCOMING_MAX; time++) expect(trait(time)).toEqual([])
  expect(trait(FRAGMENT_UPCOMING_MAX + 1)).toEqual([`t${FRAGMENT_UPCOMING_MAX + 1}`])
})

test('traits that lie ahead count for the bounds of a fragment', () => {
  const { state } = newFragment(1, 1, 'user_id')
  const ahead = { time: 5, position: 1, source: 1 }
  const many = Object.fromEntries(Array.from({ length: FRAGMENT_TRAITS_MAX }, (_, index) => [`t${index}`, 1]))
  expect(applyTraits(state.traits, { set: many, once: {} }, ahead, 0)).toEqual([])
  expect(applyTraits(state.traits, { set: { more: 1, t0: 2 }, once: {} }, { ...ahead, time: 0 }, 0)).toEqual([
    'more',
  ])
  settle(state, 5)
  expect(Object.keys(state.traits.values)).toHaveLength(FRAGMENT_TRAITS_MAX)
})
