import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import { expect, test } from 'vitest'
import { undoStory } from './undo-story.ts'

const answer: RegroupingAnswer = {
  profiles: ['prf_new', 'prf_now'],
  changes: {
    before: ['prf_now'],
    after: [
      {
        id: 'prf_new',
        kind: 'visitor',
        identifiers: [{ namespace: 'anonymous_id', value: 'anon-2' }],
        traits: { city: 'Paris' },
        changedTraits: ['plan', 'name'],
        events: 3,
        fragments: 1,
        laterMerges: [],
      },
      {
        id: 'prf_now',
        kind: 'known',
        identifiers: [
          { namespace: 'email', value: 'ada@example.com' },
          { namespace: 'user_id', value: 'u-ada' },
        ],
        traits: { name: 'Ada', plan: 'pro', city: 'Lyon' },
        changedTraits: ['city'],
        events: 9,
        fragments: 3,
        laterMerges: ['led_9'],
      },
    ],
    cutMerges: ['led_7', 'led_8'],
    evidence: [
      {
        identifier: { namespace: 'anonymous_id', value: 'anon-2' },
        profile: 'prf_new',
        carriedBy: ['prf_now'],
        blocked: true,
      },
      {
        identifier: { namespace: 'phone', value: '+33612345678' },
        profile: 'prf_now',
        carriedBy: ['prf_new'],
        blocked: false,
      },
    ],
    audiences: [
      { audience: 'vip', profile: 'prf_now', entered: false },
      { audience: 'visitors', profile: 'prf_new', entered: true },
    ],
  },
}
const now = { id: 'prf_now', traits: { name: 'Ada', plan: 'pro', city: 'Paris' } }

test('the side that keeps the address comes first, and each is called by what it has left', () => {
  const { sides } = undoStory(answer, 'led_7', now)
  expect(sides.map(({ id, title, keepsAddress }) => [id, title, keepsAddress])).toEqual([
    ['prf_now', 'Ada', true],
    ['prf_new', 'anon-2', false],
  ])
  expect(sides[0]?.identifiers[0]?.namespace).toBe('user_id')
})

test('says of each side what becomes of traits and audiences', () => {
  const [kept, other] = undoStory(answer, 'led_7', now).sides
  expect(kept?.traits).toEqual([{ name: 'city', before: 'Paris', after: 'Lyon' }])
  expect(other?.traits).toEqual([
    { name: 'name', before: 'Ada', after: undefined },
    { name: 'plan', before: 'pro', after: undefined },
  ])
  expect([kept?.exited, kept?.entered, other?.exited, other?.entered]).toEqual([
    ['vip'],
    [],
    [],
    ['visitors'],
  ])
  expect(kept?.laterMerges).toEqual(['led_9'])
})

test('a trait of the other profile alone that is the same here does not change', () => {
  const same = { ...now, traits: { ...now.traits, city: 'Lyon' } }
  expect(undoStory(answer, 'led_7', same).sides[0]?.traits).toEqual([])
})

test('tells other merges that are cut, and evidence that is blocked from evidence that is not', () => {
  const { alsoCut, blocked, open } = undoStory(answer, 'led_7', now)
  expect(alsoCut).toEqual(['led_8'])
  expect(blocked.map(({ value }) => value)).toEqual(['anon-2'])
  expect(open.map(({ value }) => value)).toEqual(['+33612345678'])
})
