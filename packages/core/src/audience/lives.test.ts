import type { Json } from '@affluent/protocol/event'
import { SERIES_ENTRIES_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCold } from '../series/series-slice.ts'
import { memberSince } from './memberships-slice.ts'
import { catalogOf } from './testing/apply-changes.ts'
import { arbitraryLateAudiences } from './testing/arbitrary-late-audiences.ts'
import { arbitraryLife } from './testing/arbitrary-life.ts'
import { arbitraryOvertakenLife } from './testing/arbitrary-overtaken-life.ts'
import { type LivedLife, liveLife } from './testing/live-life.ts'
import { ACT, identify, order, PREPARE, pass, put, tellLife } from './testing/tell-life.ts'

const LIVES = 500
const STEPS = 60

const DAY = 86_400_000

test('whatever happens to people and audiences, in whatever order, everyone is in what his whole history says', () => {
  let members = 0
  fc.assert(
    fc.property(arbitraryLife(STEPS), (life) => {
      members += liveLife(life).counts.members
    }),
    { numRuns: LIVES },
  )
  expect(members).toBeGreaterThan(LIVES)
})

test('that holds too when a backfill begins before the one before has reached everybody', () => {
  let overtaken = 0
  fc.assert(
    fc.property(arbitraryOvertakenLife, (life) => {
      overtaken += liveLife(life).counts.overtaken
    }),
    { numRuns: LIVES / 2 },
  )
  expect(overtaken).toBeGreaterThan(LIVES / 10)
})

test('an audience that was made on the way has the members of one that was there from the start', () => {
  fc.assert(
    fc.property(arbitraryLateAudiences, ({ early, late }) => {
      expect(membersOf(liveLife(late))).toEqual(membersOf(liveLife(early)))
    }),
    { numRuns: LIVES / 4 },
  )
})

/** Profiles by audience. */
function membersOf(life: LivedLife): Record<string, number[]> {
  return Object.fromEntries(Object.entries(sinceOf(life)).map(([key, since]) => [key, [...since.keys()]]))
}

/** Since when profiles are in audiences, in minutes after the first event of their lives. */
function sinceOf({ workspace }: LivedLife): Record<string, Map<number, number>> {
  const { audiences, rows } = workspace.tables
  const began = rows[0]?.event?.time ?? 0
  const since = (version: number) =>
    workspace.profiles().flatMap(([canonical]) => {
      if (canonical === undefined) return []
      const time = memberSince(canonical.state.memberships, version)
      return time === undefined ? [] : [[canonical.id, Math.round((time - began) / 60_000)] as const]
    })
  return Object.fromEntries(
    audiences.audiences.map(({ key, liveVersion }) => [key, new Map(since(liveVersion))]),
  )
}

function orders(op: string, value: number, within?: string): Json {
  return { event: 'Order Completed', count: { op, value }, ...(within === undefined ? {} : { within }) }
}

for (const earlyMax of [0, 8]) {
  test(`somebody stays in an audience since he came, through a change and a merge, when ${earlyMax} new versions are shown early`, () => {
    const come = [
      order(['email:e1@example.com']),
      put('a', orders('gte', 1)),
      PREPARE,
      order(['email:e2@example.com']),
    ]
    const life = (...steps: Parameters<typeof tellLife>[0]) =>
      sinceOf(liveLife(tellLife([...come, ...steps], { earlyMax })))
    expect(life()).toEqual({
      a: new Map([
        [1, 0],
        [2, 1],
      ]),
    })
    expect(life(pass(DAY), put('a', orders('lte', 3)), PREPARE)).toEqual({
      a: new Map([
        [1, 0],
        [2, 1],
      ]),
    })
    // the user id is stronger than the address, so that another fragment stands for the profile
    expect(life(order(['user_id:u1', 'email:e2@example.com']))).toEqual({
      a: new Map([
        [1, 0],
        [3, 1],
      ]),
    })
  })

  test(`a date of a trait lets people in and out by time alone, also who came before the audience, when ${earlyMax} new versions are shown early`, () => {
    const said = identify(['user_id:u1'], { when: '2026-04-03T09:00:00.000Z' })
    const steps = [said, put('a', { trait: 'when', op: 'within_next', value: '2d' }), PREPARE]
    const life = (...more: Parameters<typeof tellLife>[0]) =>
      membersOf(liveLife(tellLife([...steps, ...more], { earlyMax })))
    expect(life()).toEqual({ a: [] })
    expect(life(pass(4 * DAY))).toEqual({ a: [1] })
    expect(life(pass(4 * DAY), pass(2 * DAY))).toEqual({ a: [] })
  })
}

describe('what lives have found', () => {
  const crash = { kind: 'crash', back: 30, sizes: [1] } as const

  test('a state has the same text after a crash, also when a person was parted and joined again', () => {
    liveLife(
      tellLife([
        order(['user_id:u1']),
        order(['user_id:u2']),
        { kind: 'force_link', a: 'user_id:u1', b: 'user_id:u2' },
        { kind: 'unmerge', pick: 0 },
        order(['email:e1@example.com']),
        order(['user_id:u1', 'email:e1@example.com']),
        { ...crash, back: 3 },
      ]),
    )
  })

  test('who has left his last audience has no empty list of audiences', () => {
    const steps = [
      put('a', orders('lte', 1)),
      PREPARE,
      order(['user_id:u1']),
      order(['user_id:u1']),
      pass(1),
      pass(1),
    ]
    const { workspace } = liveLife(tellLife([...steps, { ...crash, back: 3 }]))
    expect(workspace.profiles()[0]?.[0]?.state.memberships.pairs).toBeUndefined()
  })

  test('history that a command has loaded in vain is taken by whoever loads it next', () => {
    const a = 'user_id:u1'
    const steps = [order([a, 'anonymous_id:a1']), order(['user_id:u2']), put('a', orders('gte', 1)), ACT]
    const begun = [...steps, { kind: 'begin' } as const, ACT]
    const inVain = { kind: 'cannot_link', a, b: 'anonymous_id:a1' } as const
    liveLife(tellLife([...begun, inVain, order([a]), { ...crash, back: 2 }, PREPARE], { earlyMax: 0 }))
  })

  test('a backfill that is repeated after a crash asks nobody about whom only a later one has found something', () => {
    const steps = [
      identify(['user_id:u2'], { when: '2299-12-31T23:59:59.999Z' }),
      ...[put('a', { trait: 'when', op: 'within_last', value: '90m' }), PREPARE],
      // waits for its place in the order of events, which has come once the next event is there
      order(['user_id:u2'], {}, { type: 'alias', previousId: 'u1', wait: 0, shift: 1, ends: false }),
      ...[order(['user_id:u1'], {}, { wait: 90 * 60_000 }), put('a', orders('gte', 1, '1 month')), PREPARE],
      ...[put('a', { trait: 'when', op: 'exists' }), PREPARE],
    ]
    liveLife(tellLife([...steps, { ...crash, back: 6 }], { earlyMax: 8 }))
  })

  for (const earlyMax of [0, 8]) {
    describe(`when ${earlyMax} new versions are shown early`, () => {
      const life = (...steps: Parameters<typeof tellLife>[0]) => liveLife(tellLife(steps, { earlyMax }))

      test('an audience about events that another one remembers already has its members', () => {
        const before = [put('a', orders('gte', 5)), PREPARE, order(['user_id:u1']), order(['user_id:u1'])]
        expect(membersOf(life(...before, put('b', orders('gte', 2)), PREPARE))).toEqual({ a: [], b: [1] })
      })

      test('it also lets people in and out when only time passes', () => {
        const before = [put('a', orders('gte', 5, '30d')), PREPARE, order(['user_id:u1'])]
        const now = [...before, put('b', { not: orders('gte', 1, '7d') }), PREPARE]
        expect(membersOf(life(...now))).toEqual({ a: [], b: [] })
        expect(membersOf(life(...now, pass(8 * DAY)))).toEqual({ a: [], b: [1] })
      })

      test('what happened while no audience asked for it is known when one asks again', () => {
        const once = [put('a', orders('gte', 1)), PREPARE, { kind: 'delete', key: 'a' } as const]
        const again = [order(['user_id:u1']), put('a', orders('gte', 1)), PREPARE]
        expect(membersOf(life(...once, ...again))).toEqual({ a: [1] })
        expect(membersOf(life(order(['user_id:u1']), ...once, ...again))).toEqual({ a: [1] })
      })

      test('who came while history was being computed is asked', () => {
        const traits = { trait: 'plan', op: 'exists' }
        const come = [identify(['user_id:u2'], { plan: 'pro' }), order(['user_id:u1'])]
        const steps = [
          order(['user_id:u3']),
          put('a', { any: [traits, orders('gte', 1)] }),
          { kind: 'begin' } as const,
        ]
        expect(membersOf(life(...steps, ...come, PREPARE))).toEqual({ a: [1, 2, 3] })
        expect(membersOf(life(put('a', traits), { kind: 'begin' }, ...come, PREPARE))).toEqual({ a: [1] })
      })

      test('whose trait of the future came while history was being computed is asked', () => {
        const ahead = order(['user_id:u1'], { plan: 'pro' }, { type: 'identify', shift: DAY / 2 })
        const steps = [ahead, put('a', { trait: 'plan', op: 'exists' }), { kind: 'begin' } as const]
        expect(membersOf(life(...steps, pass(DAY), PREPARE))).toEqual({ a: [1] })
      })

      test('many who came while history was being computed are all asked, also where nobody was there before', () => {
        const come = ['u1', 'u2', 'u3'].map((id) => order([`user_id:${id}`]))
        const part = { ...ACT, size: 1 } as const
        const steps = [put('a', orders('gte', 0)), { kind: 'begin' } as const, ...come, part, part, PREPARE]
        expect(membersOf(life(...steps))).toEqual({ a: [1, 2, 3] })
      })

      test('who was parted from somebody while history was being computed is asked, on both sides', () => {
        const one = [order(['email:e1@example.com']), order(['user_id:u1', 'email:e1@example.com'])]
        const steps = [
          ...one,
          put('a', orders('gte', 2)),
          { kind: 'begin' } as const,
          { kind: 'unmerge', pick: 0 } as const,
        ]
        expect(membersOf(life(...steps, ACT, ACT, ACT, pass(1)))).toEqual({ a: [] })
      })

      test('an audience follows the one that it names, also when that one changes while both are being prepared', () => {
        const naming = { how: 'all', key: 'a' } as const
        const both = [
          order(['user_id:u1']),
          put('a', orders('gte', 1)),
          put('b', orders('gte', 1), { naming }),
        ]
        const change = put('a', orders('gte', 2))
        expect(membersOf(life(...both, { kind: 'begin' }, ACT, change, PREPARE))).toEqual({ a: [], b: [] })
      })

      test('an audience that named itself by way of another recovers when the other lets go of it', () => {
        const a = put('a', orders('gte', 1), { naming: { how: 'any', key: 'b' }, unchecked: true })
        const b = put('b', orders('gte', 1), { naming: { how: 'any', key: 'a' }, unchecked: true })
        const steps = [order(['user_id:u1']), a, b, PREPARE]
        expect(membersOf(life(...steps))).toEqual({ a: [], b: [] })
        expect(membersOf(life(...steps, put('a', orders('gte', 1))))).toEqual({ a: [1], b: [1] })
        const { workspace } = life(a, PREPARE, put('b', orders('gte', 1)))
        expect(workspace.tables.audiences.audiences.map(({ isLive }) => isLive)).toEqual([true, true])
      })
    })
  }
})

test('what a fragment remembers stays small, however often something happens', () => {
  const about = (fn: string, within?: string): Json => ({
    ...{ event: 'Order Completed', aggregate: { fn, property: 'price' }, op: 'gte', value: 1 },
    ...(within === undefined ? {} : { within }),
  })
  const conditions = [
    orders('gte', 3),
    orders('lte', 50, '30d'),
    ...['sum', 'avg', 'min', 'max', 'last', 'first', 'distinct'].map((fn) => about(fn)),
    ...['min', 'max', 'last', 'distinct', 'sum'].map((fn) => about(fn, '30d')),
  ]
  const bounds = [8, 64, 0, 0, 1, 1, 1, 1, 10, 10, 10, 1, 10, SERIES_ENTRIES_MAX]
  const puts = conditions.map((condition, index) => put(`a${index}`, condition))
  const events = Array.from({ length: 3_000 }, (_, index) =>
    order(['user_id:u1'], { price: index % 10 }, { wait: 500, ends: index % 100 === 0 }),
  )
  const { workspace } = liveLife(tellLife([...puts, PREPARE, ...events], { earlyMax: 0 }))
  const { byId = {} } = workspace.profiles()[0]?.[0]?.state.series ?? {}
  const { versions, series } = catalogOf(workspace.tables.audiences)
  const kept = versions.map(({ id }) => byId[series.neededBy((consumer) => consumer.id === id)[0]?.id ?? 0])
  expect(kept.map((state, index) => (state?.t.length ?? 0) <= (bounds[index] ?? 0))).toEqual(
    bounds.map(() => true),
  )
  // three thousand values in one window are more than may be kept
  expect(kept.map((state) => isCold(state))).toEqual(bounds.map((_, index) => index === bounds.length - 1))
})
