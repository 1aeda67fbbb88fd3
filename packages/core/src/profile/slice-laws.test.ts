import { describe, expect, test } from 'vitest'
import { type MembershipsState, membershipsSlice } from '../audience/memberships-slice.ts'
import { type IdentityState, identitySlice } from '../identity/identity-slice.ts'
import { type FoundSeries, seriesSlice } from '../series/series-slice.ts'
import { decodeState, encodeState, newFragment } from './fragment.ts'
import { identityCase, membershipsCase, seriesCase, traitsCase, wholeCase } from './testing/slice-cases.ts'
import { checkSliceLaws } from './testing/slice-laws.ts'
import { type TraitsState, traitsSlice } from './traits-slice.ts'

const EFFORT = { lives: 200, steps: 24 }
const PLANTED = { ...EFFORT, first: { seed: 1 } }

describe('every slice keeps its laws', () => {
  test('identity', () => checkSliceLaws(identityCase(), EFFORT))
  test('traits', () => checkSliceLaws(traitsCase(), EFFORT))
  test('series', () => checkSliceLaws(seriesCase(), EFFORT))
  test('memberships', () => checkSliceLaws(membershipsCase(), EFFORT))
  test('all of them together, with the evaluation of audiences and the schedule', () =>
    checkSliceLaws(wholeCase(), EFFORT))
})

/** Folds all states right, and then makes something of it. */
function identityFold(
  make: (folded: IdentityState, states: readonly IdentityState[]) => Partial<IdentityState>,
) {
  return identityCase({
    ...identitySlice,
    fold(states) {
      const folded = identitySlice.fold(states)
      return Object.assign(folded, make(folded, states))
    },
  })
}

const wrongLaws: Record<string, [law: string, check: () => void]> = {
  'the last fragment wins': [
    'fold is commutative',
    () =>
      checkSliceLaws(
        traitsCase({ ...traitsSlice, fold: (states) => states.at(-1) ?? traitsSlice.empty() }),
        PLANTED,
      ),
  ],
  'events are averaged': [
    'fold is associative',
    () =>
      checkSliceLaws(
        identityFold(({ events }, { length }) => ({ events: events / length })),
        PLANTED,
      ),
  ],
  'who knows nothing counts': [
    'fold: empty adds nothing',
    () =>
      checkSliceLaws(
        identityFold(({ events }, { length }) => ({ events: length > 3 ? events + 1 : events })),
        PLANTED,
      ),
  ],
  'the first fragment takes it all': [
    'fold leaves the states as they are',
    () =>
      checkSliceLaws(
        identityCase({
          ...identitySlice,
          fold: (states) => Object.assign(states[0] ?? identitySlice.empty(), identitySlice.fold(states)),
        }),
        PLANTED,
      ),
  ],
  'the oldest value wins': [
    'fold says what one fragment says',
    () => checkSliceLaws(traitsCase({ ...traitsSlice, fold: oldestValues }), PLANTED),
  ],
  'memberships of the merged one are forgotten': [
    'join loses nothing',
    () =>
      checkSliceLaws(
        membershipsCase({
          ...membershipsSlice,
          join(_, merged) {
            const isChanged = merged.pairs !== undefined
            merged.pairs = undefined
            return isChanged
          },
        }),
        PLANTED,
      ),
  ],
  'memberships stay with the merged one too': [
    'join says whether the merged one is another',
    () => checkSliceLaws(membershipsCase({ ...membershipsSlice, join: copyMemberships }), PLANTED),
  ],
  'events of the merged one move': [
    'part restores',
    () =>
      checkSliceLaws(
        identityCase({
          ...identitySlice,
          join(kept, merged) {
            const { events } = merged
            kept.events += events
            merged.events = 0
            return events > 0
          },
        }),
        PLANTED,
      ),
  ],
  'an hour too late': [
    'dueAt: nothing changes by time alone before it',
    () =>
      checkSliceLaws(
        traitsCase({ ...traitsSlice, dueAt: (state) => traitsSlice.dueAt(state) + 3_600_000 }),
        PLANTED,
      ),
  ],
  'nobody wakes': [
    'wake: what was due is due no more',
    () => checkSliceLaws(traitsCase({ ...traitsSlice, wake: () => false }), PLANTED),
  ],
  'first-touch values are not written': [
    'encode: ',
    () =>
      checkSliceLaws(
        traitsCase({
          ...traitsSlice,
          encode(state, into) {
            traitsSlice.encode(state, into)
            if (state.firstTouch !== undefined) into['t'] = { ...state.values, ...state.firstTouch }
            delete into['o']
          },
        }),
        PLANTED,
      ),
  ],
  'what is absent is read back as empty': [
    'encode: nothing known is read back as such',
    () =>
      checkSliceLaws(
        membershipsCase({
          ...membershipsSlice,
          decode(from): MembershipsState {
            const { pairs = [], coldAnswers } = membershipsSlice.decode(from)
            return { pairs, coldAnswers }
          },
        }),
        PLANTED,
      ),
  ],
  'the past replaces what came since': [
    'takeHistory: as if it had been kept',
    () =>
      checkSliceLaws(
        seriesCase({
          ...seriesSlice,
          takeHistory(state, found) {
            state.byId = { ...state.byId, ...found }
          },
        }),
        PLANTED,
      ),
  ],
  'the past counts twice': [
    'takeHistory: as if it had been kept',
    () =>
      checkSliceLaws(
        seriesCase({
          ...seriesSlice,
          takeHistory(state, found, context) {
            seriesSlice.takeHistory(state, JSON.parse(JSON.stringify(found)) as FoundSeries, context)
            seriesSlice.takeHistory(state, found, context)
          },
        }),
        PLANTED,
      ),
  ],
}

describe('a wrong law is found', () => {
  for (const [name, [law, check]] of Object.entries(wrongLaws))
    test(name, () => expect(brokenLaw(check)).toContain(law))
})

/** The law that a check finds broken. */
function brokenLaw(check: () => void): string {
  try {
    check()
  } catch (error) {
    return String((error as Error).cause)
  }
  return 'none'
}

function oldestValues(states: readonly TraitsState[]): TraitsState {
  const folded = traitsSlice.fold(states)
  for (const { values } of states)
    for (const [name, said] of Object.entries(values)) {
      const [, time, position] = folded.values[name] ?? said
      if (said[1] < time || (said[1] === time && said[2] < position)) folded.values[name] = said
    }
  return folded
}

function copyMemberships(kept: MembershipsState, merged: MembershipsState): boolean {
  kept.pairs = membershipsSlice.fold([kept, merged]).pairs
  return merged.pairs !== undefined
}

test('a membership goes on through a merge since the earliest', () => {
  const [kept, merged] = [
    membershipsSlice.decode({ m: [1, 50, 2, 60] }),
    membershipsSlice.decode({ m: [1, 40, 3, 70] }),
  ]
  expect(membershipsSlice.join(kept, merged)).toBe(true)
  expect([kept.pairs, merged.pairs]).toEqual([[1, 40, 2, 60, 3, 70], undefined])
})

/** A row as every release since the first has written it. */
const STORED = {
  a: [7, 'email'],
  s: [[7, 'email', 3, 100, 200, 1]],
  t: { plan: ['pro', 200, 12, 1] },
  b: 6,
  f: 100,
  l: 200,
  n: 3,
  r: [123],
  o: { source: ['ad', 100, 11, 1] },
  u: [[900, 14, 1, [7], { plan: 'x' }, {}]],
  g: [5, 9],
  x: [4],
  c: { 1: { t: [100, 200] }, 2: { t: [], x: 1 } },
  e: 42,
  m: [1, 150],
  w: 900,
  k: { leaf: [1, 800] },
}

test('a stored row is read, and written with the same letters', () => {
  const state = decodeState(JSON.stringify(STORED))
  expect(state.traits.values['plan']).toEqual(['pro', 200, 12, 1])
  expect(state.armed).toBe(900)
  expect(JSON.parse(encodeState(state))).toEqual(STORED)
})

test('what is absent is not written', () => {
  const { state } = newFragment(1, 7, 'email')
  expect(new Set(Object.keys(JSON.parse(encodeState(state)) as object))).toEqual(new Set('asflnrtb'))
})
