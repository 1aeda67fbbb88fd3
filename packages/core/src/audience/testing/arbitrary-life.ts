import type { Json, JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import {
  arbitraryAggregateLeaf,
  arbitraryCondition,
  arbitraryCountLeaf,
  arbitraryTraitLeaf,
  EVENT_NAMES,
  ZONES,
} from '../../condition/testing/arbitrary-condition.ts'
import { arbitraryObject } from '../../condition/testing/awkward-values.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '../../identity/namespaces.ts'
import type { EventStep, Life, LifeStep, Naming, PutStep } from './life-step.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Rules under which much is joined: a shared browser joins people, and a user may have several ids. */
const LOOSE_RULES: IdentityRules = {
  ...DEFAULT_IDENTITY_RULES,
  namespaces: {
    ...DEFAULT_IDENTITY_RULES.namespaces,
    user_id: { priority: 10, class: 'person', limit: 500, windowDays: null, merges: true },
    anonymous_id: { priority: 60, class: 'contact', limit: 500, windowDays: null, merges: true },
  },
}
const SMALL_RULES: IdentityRules = { ...LOOSE_RULES, fragmentsMax: 4 }

export const arbitraryRules = fc.constantFrom(DEFAULT_IDENTITY_RULES, LOOSE_RULES, SMALL_RULES)
export const AUDIENCE_KEYS = ['a', 'b', 'c', 'd'] as const

const identifier = fc.constantFrom(
  ...['user_id:u1', 'user_id:u2', 'user_id:u3', 'user_id:u4'],
  ...['email:e1@example.com', 'email:e2@example.com', 'crm_a:c1', 'crm_a:c2'],
  ...['anonymous_id:a1', 'anonymous_id:a2', 'anonymous_id:a3', 'anonymous_id:a4', 'anonymous_id:u1'],
)
/** Mostly short; some are exactly as long as the windows of conditions. */
const wait = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0, 1, SECOND, MINUTE, HOUR) },
  { weight: 3, arbitrary: fc.constantFrom(90 * MINUTE, DAY, 2 * DAY, 2 * DAY - 1, 7 * DAY) },
)
const jump = fc.oneof(
  fc.constantFrom(0, 1, SECOND, MINUTE, HOUR, 90 * MINUTE, 90 * MINUTE + 1, DAY, 2 * DAY, 2 * DAY - 1),
  fc.constantFrom(7 * DAY, 14 * DAY, 28 * DAY, 30 * DAY, 31 * DAY, 35 * DAY, 40 * DAY),
  fc.integer({ min: SECOND, max: 40 * DAY }),
)
const shift = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0, 0, 0, -1, 1) },
  { weight: 2, arbitrary: fc.constantFrom(HOUR, DAY, DAY - 1, 90 * MINUTE, 5 * MINUTE) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[-MINUTE, -HOUR, -90 * MINUTE, 1 - 90 * MINUTE, -DAY, -2 * DAY, 1 - 2 * DAY, -2 * DAY - 1],
      ...[-7 * DAY, -30 * DAY, 1 - 30 * DAY, -35 * DAY, -60 * DAY, -400 * DAY],
    ),
  },
)

/** What happens to people: calls of the tracking API, and what reviewers decide. */
export function arbitraryHappening(payload: fc.Arbitrary<JsonObject>): fc.Arbitrary<LifeStep> {
  return fc.oneof({ weight: 20, arbitrary: arbitraryEvent(payload) }, ...decisions)
}

function arbitraryEvent(payload: fc.Arbitrary<JsonObject>): fc.Arbitrary<EventStep> {
  return fc
    .record({
      type: fc.constantFrom('track', 'track', 'track', 'track', 'page', 'identify', 'identify', 'alias'),
      name: fc.constantFrom(EVENT_NAMES[0], EVENT_NAMES[0], EVENT_NAMES[0], ...EVENT_NAMES),
      identifiers: fc.uniqueArray(identifier, { minLength: 1, maxLength: 3 }),
      previousId: fc.constantFrom('u1', 'u2', 'a1', 'a2'),
      payload,
      wait,
      shift,
      bot: fc.constantFrom(...Array.from({ length: 11 }, () => false), true),
      ends: fc.boolean(),
      first: fc.constantFrom(false, false, false, true),
    })
    .map(({ type, previousId, first, ...event }): EventStep => {
      const said = first && type === 'identify' ? { ...event, payload: { $setOnce: event.payload } } : event
      if (type !== 'alias') return { kind: 'event', type, ...said }
      const isAlias = said.identifiers.some((text) => text.startsWith('user_id'))
      return isAlias
        ? { kind: 'event', type, previousId, ...said }
        : { kind: 'event', type: 'identify', ...said }
    })
}

const decisions = [
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const), pick: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('unmerge' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unmerge_by' as const), identifier }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cannot_link' as const), a: identifier, b: identifier }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('force_link' as const), a: identifier, b: identifier }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fire_timers' as const),
      wait: jump,
      limit: fc.constantFrom(1, 2, 100, 100),
      all: fc.constantFrom(true, true, false),
    }),
  },
]

const naming: fc.Arbitrary<Naming> = fc.record({
  how: fc.constantFrom('all', 'any', 'not'),
  key: fc.constantFrom(...AUDIENCE_KEYS),
})

/** Conditions that people of these lives often meet. */
export const arbitraryUsualCondition: fc.Arbitrary<Json> = fc.oneof(
  arbitraryCountLeaf,
  arbitraryCountLeaf,
  arbitraryAggregateLeaf,
  arbitraryAggregateLeaf,
  arbitraryTraitLeaf,
  arbitraryCondition,
  fc.constantFrom<Json>(
    { trait: 'gift', op: 'equals', value: true },
    { trait: 'price', op: 'gte', value: 2 },
    { trait: 'title', op: 'exists' },
    { trait: 'mixed', op: 'not_exists' },
  ),
  fc
    .record({
      op: fc.constantFrom('within_last', 'within_next', 'anniversary_within_next'),
      value: fc.constantFrom('90m', '2d', '30d', '1 month'),
    })
    .map(({ op, value }): Json => ({ trait: 'when', op, value })),
  fc
    .record({
      op: fc.constantFrom('gte', 'lte', 'equals'),
      value: fc.constantFrom(0, 1, 2, 3),
      within: fc.constantFrom('90m', '1 day', '2d', '30d', '1 month', 'last calendar week', 'this month'),
    })
    .map(({ op, value, within }): Json => ({ event: EVENT_NAMES[0], count: { op, value }, within })),
)

function arbitraryPut(condition: fc.Arbitrary<Json>): fc.Arbitrary<PutStep> {
  return fc.record({
    kind: fc.constant('put' as const),
    key: fc.constantFrom(...AUDIENCE_KEYS),
    condition,
    naming: fc.option(naming, { nil: undefined, freq: 2 }),
    population: fc.constantFrom('known', 'all', 'all'),
    unchecked: fc.constantFrom(false, false, false, false, false, true),
  })
}

function arbitraryAudienceStep(condition: fc.Arbitrary<Json>): fc.Arbitrary<LifeStep> {
  return fc.oneof(
    { weight: 6, arbitrary: arbitraryPut(condition) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom(...AUDIENCE_KEYS) }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'begin' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('part' as const),
        size: fc.integer({ min: 1, max: 6 }),
        twice: fc.constantFrom(false, false, true),
      }),
    },
    { weight: 6, arbitrary: fc.constant({ kind: 'prepare' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rules' as const), rules: arbitraryRules }) },
  )
}

const crash = fc.record({
  kind: fc.constant('crash' as const),
  back: fc.nat(30),
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
})

/** Few payloads, so that values meet again. */
export const arbitraryPayloads = fc.array(arbitraryObject, { minLength: 1, maxLength: 6 })

/** Whole lives of a few people who share cookies, cards and addresses, with audiences that come and go. */
export function arbitraryLife(maxLength: number): fc.Arbitrary<Life> {
  const pools = fc.tuple(arbitraryPayloads, fc.array(arbitraryUsualCondition, { minLength: 1, maxLength: 4 }))
  return pools.chain(([payloads, conditions]) =>
    fc.record({
      zone: fc.constantFrom(...ZONES),
      earlyMax: fc.constantFrom(0, 1, 8, 8),
      rules: arbitraryRules,
      steps: fc.array(
        fc.oneof(
          { weight: 20, arbitrary: arbitraryHappening(fc.constantFrom(...payloads)) },
          { weight: 9, arbitrary: arbitraryAudienceStep(fc.constantFrom(...conditions)) },
          { weight: 1, arbitrary: crash },
        ),
        { minLength: 4, maxLength, size: 'max' },
      ),
    }),
  )
}
