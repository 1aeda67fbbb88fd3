import type { FeedAnswer } from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'
import { expect, test } from 'vitest'
import {
  EMPTY_FEED,
  FEED_ROWS_MAX,
  type Feed,
  type FeedStep,
  hasRoom,
  isGap,
  stepFeed,
  unsettledSpan,
} from './feed.ts'

test('what is new stands on top and is marked until the next look', () => {
  const opened = run({ kind: 'opened', answer: answer([2, 1]) })
  const came = run(look([4, 3], '2'), opened)
  expect(ids(came)).toEqual(['evt_4', 'evt_3', 'evt_2', 'evt_1'])
  expect([...came.fresh]).toEqual(['evt_4', 'evt_3'])
  const still = run(look([], '4'), came)
  expect(still.fresh.size).toBe(0)
  expect(still.rows).toBe(came.rows)
})

test('a look that finds nothing changes no row', () => {
  const opened = run({ kind: 'opened', answer: answer([2, 1]) })
  expect(run(look([], '2'), opened).rows).toBe(opened.rows)
})

test('more than one look can take leaves a gap that can be filled', () => {
  const opened = run({ kind: 'opened', answer: answer([10]) })
  const cut = run(look([100, 99], '10', { nextBefore: '99' }), opened)
  const [, , gap] = cut.rows
  expect(gap).toMatchObject({ gap: { after: '10', before: '99', count: 88 } })
  const part: FeedStep = {
    kind: 'filled',
    gap: gap?.id ?? '',
    answer: answer([98, 97], { nextBefore: '97' }),
  }
  const filledPartly = run(part, cut)
  expect(filledPartly.rows.map((row) => (isGap(row) ? row.gap : row.id))).toEqual([
    'evt_100',
    'evt_99',
    'evt_98',
    'evt_97',
    { after: '10', before: '97', count: 86 },
    'evt_10',
  ])
  const rest = filledPartly.rows.find(isGap)?.id ?? ''
  const whole = run({ kind: 'filled', gap: rest, answer: answer([11], { nextBefore: null }) }, filledPartly)
  expect(whole.rows.some(isGap)).toBe(false)
})

test('under a filter nobody can tell how many are in a gap', () => {
  const opened = run({ kind: 'opened', answer: answer([10]) })
  const cut = run({ ...look([100], '10', { nextBefore: '100' }), isFiltered: true }, opened)
  expect(cut.rows.find(isGap)?.gap.count).toBeUndefined()
})

test('an answer that reaches down to a row that is shown leaves no gap', () => {
  const opened = run({ kind: 'opened', answer: answer([10]) })
  const came = run(look([12, 11, 10], '9', { nextBefore: '10' }), opened)
  expect(ids(came)).toEqual(['evt_12', 'evt_11', 'evt_10'])
})

test('while held, what comes is kept aside and counted; afterwards it is on top', () => {
  const opened = run({ kind: 'opened', answer: answer([1]) })
  const held = run(look([4, 3], '2'), run(look([2], '1'), run({ kind: 'held' }, opened)))
  expect(ids(held)).toEqual(['evt_1'])
  expect(held.heldCount).toBe(3)
  expect(held.nextAfter).toBe('4')
  const released = run({ kind: 'released' }, held)
  expect(ids(released)).toEqual(['evt_4', 'evt_3', 'evt_2', 'evt_1'])
  expect(released).toMatchObject({ heldCount: 0, isHeld: false, held: [] })
})

test('a long pause keeps the newest rows, counts them all and shows no hole', () => {
  let feed = run({ kind: 'held' }, run({ kind: 'opened', answer: answer([1]) }))
  for (let last = 2; last < 1_500; last += 100)
    feed = run(look(down(last + 99, last), String(last - 1)), feed)
  expect(feed.held).toHaveLength(FEED_ROWS_MAX)
  expect(feed.heldCount).toBe(1_500)
  const released = run({ kind: 'released' }, feed)
  expect(released.rows).toHaveLength(FEED_ROWS_MAX)
  expect(positions(released)).toEqual(down(1_501, 502))
  expect(released.nextBefore).toBe('502')
})

test('rows beyond the bound go, and older ones are asked for from the last that stays', () => {
  let feed = run({ kind: 'opened', answer: answer(down(100, 1), { nextBefore: null }) })
  for (let last = 101; last <= 1_001; last += 100)
    feed = run(look(down(last + 99, last), String(last - 1)), feed)
  expect(feed.rows).toHaveLength(FEED_ROWS_MAX)
  expect(feed.nextBefore).toBe('101')
  expect(hasRoom(feed)).toBe(false)
})

test('the last row that stays has a position, because places are told by it', () => {
  const refused = (id: number): EventRow => ({
    ...row(id),
    id: `out_${id}`,
    position: null,
    outcome: 'refused',
  })
  const events = [...down(1_000, 2).map(row), refused(7), row(1)]
  const feed = run({ kind: 'opened', answer: { ...answer([]), events } })
  const came = run(look([1_001], '1000'), feed)
  expect(came.rows.at(-1)?.id).toBe('evt_2')
  expect(came.nextBefore).toBe('2')
})

test('an event that was repaired stands as such in its row, or leaves a list of open ones', () => {
  const open = { state: 'open', at: null, by: null, position: null } as const
  const refused: EventRow = { ...row(5), id: 'out_7', position: null, outcome: 'refused', handling: open }
  const feed = run({ kind: 'opened', answer: { ...answer([]), events: [row(6), refused] } })
  const repaired: EventRow = { ...refused, handling: { ...open, state: 'replayed', position: 9 } }
  expect(run({ kind: 'changed', row: repaired, belongs: true }, feed).rows[1]).toEqual(repaired)
  expect(run({ kind: 'changed', row: repaired, belongs: false }, feed).rows).toEqual([row(6)])
  expect(run({ kind: 'changed', row: row(99), belongs: false }, feed)).toBe(feed)
})

test('rows that were only accepted are asked for again, oldest first, and take their outcome in place', () => {
  const waiting = { ...row(5), outcome: 'accepted' as const }
  const feed = run({
    kind: 'opened',
    answer: { ...answer([]), events: [row(6), waiting, row(4)], nextAfter: '6' },
  })
  expect(unsettledSpan(feed)).toEqual({ after: '4', before: '6' })
  const settled = run({ kind: 'settled', answer: answer([5]) }, feed)
  expect(settled.rows.map((one) => !isGap(one) && one.outcome)).toEqual([
    'processed',
    'processed',
    'processed',
  ])
  expect(settled.rows[0]).toBe(feed.rows[0])
  expect(unsettledSpan(settled)).toBeUndefined()
})

test('older rows go below, once each', () => {
  const feed = run({ kind: 'opened', answer: answer([9, 8], { nextBefore: '8' }) })
  const older = run({ kind: 'older', answer: answer([8, 7, 6], { nextBefore: null }) }, feed)
  expect(positions(older)).toEqual([9, 8, 7, 6])
  expect(older.nextBefore).toBeUndefined()
})

function run(step: FeedStep, feed: Feed = EMPTY_FEED): Feed {
  return stepFeed(feed, step)
}

function look(
  come: readonly number[],
  after: string,
  more: Partial<FeedAnswer> = {},
): Extract<FeedStep, { kind: 'came' }> {
  const nextAfter = String(come[0] ?? after)
  return { kind: 'came', answer: answer(come, { nextAfter, ...more }), after, isFiltered: false }
}

function answer(come: readonly number[], more: Partial<FeedAnswer> = {}): FeedAnswer {
  const head = come[0] ?? 0
  return {
    events: come.map(row),
    head,
    loaded: head,
    asOf: '2026-11-22T10:00:00.000Z',
    nextBefore: null,
    nextAfter: String(head),
    ...more,
  }
}

function row(position: number): EventRow {
  return {
    id: `evt_${position}`,
    position,
    outcome: 'processed',
    code: null,
    message: null,
    type: 'track',
    name: 'Clicked',
    source: 'website',
    identifiers: [],
    profileId: 'prf_1',
    messageId: `m${position}`,
    timestamp: '2026-11-22T10:00:00.000Z',
    receivedAt: '2026-11-22T10:00:00.000Z',
    bytes: 100,
    isBot: false,
    isHistory: false,
    handling: null,
  }
}

function down(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index)
}

function ids({ rows }: Feed): string[] {
  return rows.map(({ id }) => id)
}

function positions({ rows }: Feed): (number | null)[] {
  return rows.map((one) => (isGap(one) ? null : one.position))
}
