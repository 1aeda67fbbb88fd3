import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSpan, parseWindow } from './parse-window.ts'
import { arbitraryWindow, SPANS, ZONES } from './testing/arbitrary-condition.ts'
import { EDGES } from './testing/arbitrary-history.ts'
import { ahead, anniversaryAt, boundsAt, entersAt, leavesAt } from './window.ts'

const ZONE = 'Europe/Paris'

/** First and last event time that counts, in UTC. */
function counts(within: Json, now: string, zone = ZONE): [string | null, string] {
  const { after, to } = boundsAt(parseWindow(within, 'within', zone), Date.parse(now), zone)
  return [Number.isFinite(after) ? new Date(after + 1).toISOString() : null, new Date(to).toISOString()]
}

describe('which event times count', () => {
  test.each<[Json, string, string | null, string]>([
    ['90m', '2026-03-31T09:00:00.000Z', '2026-03-31T07:30:00.001Z', '2026-03-31T09:00:00.000Z'],
    // thirty times 24 hours, whatever clocks do
    ['30d', '2026-03-31T09:00:00.000Z', '2026-03-01T09:00:00.001Z', '2026-03-31T09:00:00.000Z'],
    // clocks went forward on the 29th: the same hour on the wall
    ['3 days', '2026-03-31T09:00:00.000Z', '2026-03-28T10:00:00.001Z', '2026-03-31T09:00:00.000Z'],
    ['24 months', '2026-03-15T09:00:00.000Z', '2024-03-15T09:00:00.001Z', '2026-03-15T09:00:00.000Z'],
    // no 31st in February: all of March
    ['1 month', '2026-03-31T09:00:00.000Z', '2026-02-28T23:00:00.000Z', '2026-03-31T09:00:00.000Z'],
    ['this day', '2026-03-31T09:00:00.000Z', '2026-03-30T22:00:00.000Z', '2026-03-31T09:00:00.000Z'],
    ['this week', '2026-03-29T09:00:00.000Z', '2026-03-22T23:00:00.000Z', '2026-03-29T09:00:00.000Z'],
    ['this month', '2026-03-31T09:00:00.000Z', '2026-02-28T23:00:00.000Z', '2026-03-31T09:00:00.000Z'],
    ['this quarter', '2026-03-31T22:00:00.000Z', '2026-03-31T22:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    [
      'last 2 calendar weeks',
      '2026-03-31T09:00:00.000Z',
      '2026-03-15T23:00:00.000Z',
      '2026-03-29T21:59:59.999Z',
    ],
    [
      'last calendar month',
      '2026-03-31T22:00:00.000Z',
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T21:59:59.999Z',
    ],
    [
      { from: '2026-03-29', to: '2026-03-29' },
      '2026-03-31T09:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T21:59:59.999Z',
    ],
    [{ to: '2026-04-02' }, '2026-03-31T09:00:00.000Z', null, '2026-03-31T09:00:00.000Z'],
  ])('%j at %s: from %s to %s', (within, now, from, to) => {
    expect(counts(within, now)).toEqual([from, to])
  })

  test('a window only ever moves on, so that what has left it never comes in again', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 * 3_600_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(
        arbitraryWindow,
        fc.constantFrom(...EDGES),
        steps,
        fc.constantFrom(...ZONES),
        (raw, start, times, zone) => {
          const window = parseWindow(raw, '', zone)
          let now = start
          let last = boundsAt(window, now, zone)
          for (const step of times) {
            now += step
            const next = boundsAt(window, now, zone)
            expect(next.after).toBeGreaterThanOrEqual(last.after)
            expect(next.to).toBeGreaterThanOrEqual(last.to)
            last = next
          }
        },
      ),
    )
  })

  test('an event enters and leaves at the moments that are foretold', () => {
    fc.assert(
      fc.property(
        arbitraryWindow,
        fc.constantFrom(...EDGES),
        fc.constantFrom(...ZONES),
        (raw, time, zone) => {
          const window = parseWindow(raw, '', zone)
          const isIn = (now: number) => {
            const { after, to } = boundsAt(window, now, zone)
            return time > after && time <= to
          }
          const enters = entersAt(window, time, zone)
          if (!isIn(enters)) return
          expect(isIn(enters - 1)).toBe(false)
          const leaves = leavesAt(window, time, enters, zone)
          if (leaves === Number.POSITIVE_INFINITY) return
          expect([isIn(leaves - 1), isIn(leaves)]).toEqual([true, false])
        },
      ),
    )
  })

  test('what lies ahead only ever moves on', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 * 3_600_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(
        fc.constantFrom(...SPANS),
        fc.constantFrom(...EDGES),
        steps,
        fc.constantFrom(...ZONES),
        (raw, start, times, zone) => {
          const span = parseSpan(raw, '')
          let now = start
          for (const step of times) {
            expect(ahead(span, now + step, zone)).toBeGreaterThanOrEqual(ahead(span, now, zone))
            now += step
          }
        },
      ),
    )
  })
})

test.each([
  ['1990-04-01', '2026-03-31T21:59:59.999Z', '2026-03-31T22:00:00.000Z'],
  ['1990-04-01', '2026-04-01T21:59:59.999Z', '2026-03-31T22:00:00.000Z'],
  ['1990-04-01', '2026-04-01T22:00:00.000Z', '2027-03-31T22:00:00.000Z'],
  ['1992-02-29', '2026-02-01T00:00:00.000Z', '2026-02-27T23:00:00.000Z'],
  ['1992-02-29', '2028-02-01T00:00:00.000Z', '2028-02-28T23:00:00.000Z'],
])('the next anniversary of %s at %s begins at %s', (date, now, from) => {
  expect(new Date(anniversaryAt(Date.parse(date), Date.parse(now), ZONE).from).toISOString()).toBe(from)
})
