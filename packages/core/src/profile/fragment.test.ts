import type { JsonObject } from '@affluent/protocol/event'
import { FRAGMENT_TRAITS_BYTES_MAX, FRAGMENT_TRAITS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_IDENTITY_RULES } from '../identity/namespaces.ts'
import { foldProfile } from './fold-profile.ts'
import { applyTraits, type Fragment, newFragment, noteEvent, noteSighting } from './fragment.ts'

function traitsOf(fragments: Fragment[]): Record<string, unknown> {
  const { traits } = foldProfile(fragments, DEFAULT_IDENTITY_RULES)
  return Object.fromEntries([...traits].map(([name, trait]) => [name, trait.value]))
}

test('the newest event time wins, and late data never overwrites newer', () => {
  const fragment = newFragment(1, 1, 'user_id')
  applyTraits(fragment.state, { plan: 'pro', city: 'Lyon' }, { time: 200, position: 1, source: 1 })
  applyTraits(fragment.state, { plan: 'free', name: 'Ada' }, { time: 100, position: 2, source: 2 })
  expect(traitsOf([fragment])).toEqual({ plan: 'pro', city: 'Lyon', name: 'Ada' })
})

test('null deletes, also against a late value; a trait that is not named stays', () => {
  const fragment = newFragment(1, 1, 'user_id')
  applyTraits(fragment.state, { plan: 'pro', city: 'Lyon' }, { time: 100, position: 1, source: 1 })
  applyTraits(fragment.state, { plan: null }, { time: 300, position: 2, source: 1 })
  applyTraits(fragment.state, { plan: 'late' }, { time: 200, position: 3, source: 1 })
  expect(traitsOf([fragment])).toEqual({ city: 'Lyon' })
})

test('names of methods are ordinary trait names', () => {
  const fragment = newFragment(1, 1, 'user_id')
  const traits = { toString: 'a', hasOwnProperty: 'b', constructor: 'c', length: 1 }
  applyTraits(fragment.state, traits as unknown as JsonObject, { time: 1, position: 1, source: 1 })
  const stored = JSON.parse(JSON.stringify(fragment.state)) as Fragment['state']
  expect(traitsOf([{ ...fragment, state: stored }])).toEqual(traits)
})

test('a fragment holds so many traits and so many bytes, and says what it did not take', () => {
  const fragment = newFragment(1, 1, 'user_id')
  const from = { time: 1, position: 1, source: 1 }
  for (let index = 0; index < FRAGMENT_TRAITS_MAX; index++)
    applyTraits(fragment.state, { [`t${index}`]: index }, from)
  expect(applyTraits(fragment.state, { more: 1 }, from)).toEqual(['more'])
  expect(applyTraits(fragment.state, { t0: 'newer' }, { ...from, time: 2 })).toEqual([])
  expect(
    applyTraits(fragment.state, { t1: 'x'.repeat(FRAGMENT_TRAITS_BYTES_MAX) }, { ...from, time: 2 }),
  ).toEqual(['t1'])
  expect(fragment.state.t['t1']?.[0]).toBe(1)
})

const identify = fc.record({
  traits: fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
  ),
  time: fc.integer({ min: 0, max: 5 }),
  fragment: fc.integer({ min: 0, max: 2 }),
})

test('property: traits, times and counts do not depend on the order of arrival, nor on how they lie in fragments', () => {
  fc.assert(
    fc.property(fc.array(identify, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (events, random) => {
      const build = (order: number[], split: boolean) => {
        const fragments = [1, 2, 3].map((id) => ({ ...newFragment(id, id, 'user_id'), profile: 1 }))
        for (const index of order) {
          const event = events[index] as (typeof events)[number]
          const { state } = fragments[split ? event.fragment : 0] as Fragment
          noteEvent(state, event.time)
          noteSighting(state, {
            identifier: event.time,
            namespace: 'crm',
            owner: 1,
            time: event.time,
            source: 1,
          })
          applyTraits(state, event.traits, { time: event.time, position: index, source: 1 })
        }
        const {
          traits,
          firstSeen,
          lastSeen,
          events: count,
          identifiers,
        } = foldProfile(fragments, DEFAULT_IDENTITY_RULES)
        return { traits: [...traits], firstSeen, lastSeen, count, identifiers }
      }
      const inOrder = events.map((_, index) => index)
      const keys = events.map(() => random.next().value)
      const shuffled = [...inOrder].sort((a, b) => (keys[a] as number) - (keys[b] as number))
      expect(build(shuffled, true)).toEqual(build(inOrder, false))
    }),
  )
})
