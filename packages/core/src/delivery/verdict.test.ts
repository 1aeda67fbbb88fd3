import { expect, test } from 'vitest'
import { judge, readRetryAfter } from './verdict.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'failed'],
  [307, 'failed'],
  [400, 'failed'],
  [404, 'failed'],
  [413, 'failed'],
  [401, 'stopped'],
  [403, 'stopped'],
  [410, 'stopped'],
  [408, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
  [599, 'retry'],
  [undefined, 'retry'],
] as const)('an answer of %s means: %s', (status, kind) => {
  expect(judge({ status }, NOW).kind).toBe(kind)
})

test('being asked to come later is no outage, everything else that is tried again is one', () => {
  expect(judge({ status: 429 }, NOW)).toMatchObject({ isOutage: false })
  expect(judge({ status: 503, retryAfter: '30' }, NOW)).toMatchObject({ isOutage: true, waitMs: 30_000 })
})

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['1000000000', 3_600_000],
  ['Sun, 22 Nov 2026 10:02:00 GMT', 120_000],
  ['Sun, 22 Nov 2026 09:00:00 GMT', undefined],
  ['-5', undefined],
  ['0', undefined],
  ['soon', undefined],
  ['1.5', undefined],
  ['2027', 2_027_000],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is a rest of %s ms', (text, ms) => {
  expect(readRetryAfter(text, NOW)).toBe(ms)
})
