import { expect, test } from 'vitest'
import { personTraits } from './event-traits.ts'

const traits = { plan: 'gold' }

test.each([undefined, null, {}])(
  'the traits of an identify stand in context.traits where its own are %j',
  (own) => {
    const json = { ...(own === undefined ? {} : { traits: own }), context: { traits } }
    expect(personTraits('identify', json)).toEqual({ set: traits, once: {} })
  },
)

test('own traits are taken alone, also one that deletes', () => {
  const json = { traits: { plan: null }, context: { traits } }
  expect(personTraits('identify', json)?.set).toEqual({ plan: null })
})

test('no other event says anything about its person, and an identify may say nothing', () => {
  for (const type of ['track', 'page', 'screen', 'group', 'alias'] as const)
    expect(personTraits(type, { traits, context: { traits } })).toBeUndefined()
  expect(personTraits('identify', { traits: null, context: null })).toBeUndefined()
  expect(personTraits('identify', { traits: {} })).toEqual({ set: {}, once: {} })
})

test('first-touch values stand apart, in either spelling, and a trait set beside them is none', () => {
  const json = {
    traits: {
      plan: 'a',
      $setOnce: { plan: 'b', source: 'ad', gone: null, '': 1 },
      $set_once: { source: 'x', place: 'y' },
    },
  }
  expect(personTraits('identify', json)).toEqual({ set: { plan: 'a' }, once: { source: 'ad', place: 'y' } })
  expect(personTraits('identify', { traits: { $setOnce: 'nonsense' } })).toEqual({ set: {}, once: {} })
})

test('what has no name is no trait; names of methods are ordinary names', () => {
  const json = { traits: JSON.parse('{"":1,"__proto__":2,"toString":3}') }
  expect(Object.entries(personTraits('identify', json)?.set ?? {})).toEqual([
    ['__proto__', 2],
    ['toString', 3],
  ])
})
