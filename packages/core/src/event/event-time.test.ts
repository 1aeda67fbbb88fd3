import { EVENT_FUTURE_MS_MAX, EVENT_TIME_END_MS } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { eventTime, parseEventTime } from './event-time.ts'

const anyTime = fc.integer({ min: 0, max: EVENT_TIME_END_MS - 1 })

test('what a Date writes is read back to the millisecond, in every form', () => {
  fc.assert(
    fc.property(anyTime, (ms) => {
      const text = new Date(ms).toISOString()
      const spelled = [
        text,
        text.replace('Z', '+00:00'),
        text.replace('Z', '-0000'),
        text.replace('T', ' '),
        text.replace('Z', '456789Z'),
      ]
      for (const one of spelled)
        expect(parseEventTime(one)).toEqual({ ms, assumedUtc: false, isLeapSecond: false })
      expect(parseEventTime(text.slice(0, -1))).toEqual({ ms, assumedUtc: true, isLeapSecond: false })
    }),
  )
})

test('an offset is taken off', () => {
  const offset = fc.record({
    hours: fc.integer({ min: 0, max: 14 }),
    minutes: fc.integer({ min: 0, max: 59 }),
    sign: fc.constantFrom('+', '-'),
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 86_400_000, max: EVENT_TIME_END_MS - 86_400_001 }),
      offset,
      (local, { hours, minutes, sign }) => {
        const two = (value: number) => String(value).padStart(2, '0')
        const text = new Date(local).toISOString().slice(0, -1)
        const shift = (hours * 60 + minutes) * 60_000 * (sign === '+' ? 1 : -1)
        for (const zone of [`${two(hours)}:${two(minutes)}`, `${two(hours)}${two(minutes)}`])
          expect(parseEventTime(text + sign + zone)).toMatchObject({ ms: local - shift })
      },
    ),
  )
})

test.each([
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21T10:00', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21T10:00Z', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21T10:00:00,5Z', '2026-11-21T10:00:00.500Z'],
  ['2026-11-21T10:00:00.123456789Z', '2026-11-21T10:00:00.123Z'],
  ['2026-11-21 10:00:00 +0200', '2026-11-21T08:00:00.000Z'],
  ['2026-11-21t10:00:00z', '2026-11-21T10:00:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2026-01-31T23:59:59.999Z', '2026-01-31T23:59:59.999Z'],
  ['2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z'],
  ['2026-12-31T24:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  // a leap second counts as the last one of its minute
  ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
  // years of other calendars, and of clocks that were never set
  ['2569-11-21T10:00:00.000Z', '2569-11-21T10:00:00.000Z'],
  ['0008-11-21T10:00:00.000Z', '0008-11-21T10:00:00.000Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ['+275760-09-13T00:00:00.000Z', '+275760-09-13T00:00:00.000Z'],
  ['-000001-01-01', '-000001-01-01T00:00:00.000Z'],
  // 2567 has no such day, and is 2024 in the calendar of Thailand
  ['2567-02-29T10:00:00.000Z', '2567-03-01T10:00:00.000Z'],
  ['2567-02-29', '2567-03-01T00:00:00.000Z'],
  ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
  ['+002026-11-21T10:00:00.000Z', '2026-11-21T10:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(new Date(parseEventTime(text)?.ms ?? Number.NaN).toISOString()).toBe(expected)
})

test('a leap second is told, and only that', () => {
  for (const text of ['2016-12-31T23:59:60Z', '2017-01-01T00:59:60.500+01:00', '2026-11-21T10:00:60'])
    expect(parseEventTime(text)).toMatchObject({ isLeapSecond: true })
  expect(parseEventTime('2016-12-31T23:59:59Z')).toMatchObject({ isLeapSecond: false })
})

const wrong = [
  ...['', '0', '-1', '1', '2026', '2026-11', 'now', 'yesterday', '1700000000', '1700000000000', '21/11/2026'],
  ...['Nov 21, 2026', 'Sat, 21 Nov 2026 10:00:00 GMT', '2026-11-21T', '2026-11-21T10', '2026-11-21T10:0:0Z'],
  ...['2026-00-10', '2026-13-01', '2026-11-00', '2026-11-31', '2026-02-29', '2026-02-29T00:00:00.000Z'],
  ...['2026-02-30T10:00:00.000Z', '2026-04-31T10:00:00.000Z', '2026-02-31T00:00:00Z'],
  ...['2026-11-21T24:30:00Z', '2026-11-21T24:30:00.000Z', '2026-11-21T25:00:00Z', '2026-11-21T10:60:00Z'],
  ...[
    '2026-11-21T10:00:61Z',
    '2026-11-21T10:00:00+99:00',
    '2026-11-21T10:00:00+01:60',
    '2026-11-21T10:00:00 UTC',
  ],
  // what Date.parse takes, of the length of the usual form
  ...[
    '2026/11/21 10:00:00.000Z',
    'Nov 21, 2026 10:00:0.00Z',
    '2026-11-21 10:00:00.0000Z0',
    ' 2026-11-21T10:00:00.00Z',
  ],
  ...[
    '2026-11-21T10:00:00.000Z ',
    '2026-11-21T10:00:00.Z',
    '²026-11-21T10:00:00.000Z',
    '2026-11-21T10:00:00.0000000001Z',
  ],
]
test.each(wrong)('"%s" is no date', (text) => expect(parseEventTime(text)).toBeUndefined())

describe('a time without a zone', () => {
  const { env } = (globalThis as unknown as { process: { env: { TZ?: string } } }).process
  const zone = env.TZ
  afterEach(() => {
    if (zone === undefined) delete env.TZ
    else env.TZ = zone
  })
  test.each(['Europe/Paris', 'America/St_Johns', 'UTC'])('is UTC wherever the server stands: %s', (name) => {
    env.TZ = name
    for (const text of ['2026-07-21T10:00:00', '2026-07-21T10:00:00.000', '2026-07-21 10:00'])
      expect(parseEventTime(text)).toMatchObject({ ms: Date.UTC(2026, 6, 21, 10), assumedUtc: true })
  })
})

test('any text is read or refused, never an error, and what is read is a moment', () => {
  const pieces = fc.constantFrom('2026', '-', '11', ':', 'T', 'Z', '.', '+', '00', ' ', '9', '31', 'e')
  const anyText = fc.oneof(
    fc.string(),
    fc.array(pieces).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseEventTime(text)
      if (parsed !== undefined) expect(Number.isNaN(new Date(parsed.ms).getTime())).toBe(false)
    }),
  )
})

describe('the time of an event', () => {
  const received = Date.UTC(2026, 10, 21, 10)

  test('does not depend on how wrong the clock of the client is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2e14, max: 2e14 }), fc.integer({ min: 0, max: 1e9 }), (skew, age) => {
        const sentAt = received + skew
        expect(eventTime(received, sentAt - age, sentAt)).toEqual({ ms: received - age, fault: undefined })
      }),
    )
  })

  test('is what the client says when it does not say when it sent, and the time of receipt when it says nothing', () => {
    expect(eventTime(received, received - 5, undefined)).toEqual({ ms: received - 5, fault: undefined })
    expect(eventTime(received, undefined, undefined)).toEqual({ ms: received, fault: undefined })
    expect(eventTime(received, undefined, received + 5)).toEqual({ ms: received, fault: undefined })
  })

  test('may lie a day ahead and no more', () => {
    const edge = received + EVENT_FUTURE_MS_MAX
    expect(eventTime(received, edge, undefined)).toEqual({ ms: edge, fault: undefined })
    expect(eventTime(received, edge + 1, undefined)).toEqual({ ms: received, fault: 'ahead' })
    const slow = received - EVENT_FUTURE_MS_MAX - 1
    expect(eventTime(received, received, slow)).toEqual({ ms: received, fault: 'ahead' })
  })

  test('is that of receipt when what was corrected lies in no year of events', () => {
    for (const said of [-1, EVENT_TIME_END_MS, Date.UTC(-400, 0)])
      expect(eventTime(received, said, undefined)).toEqual({ ms: received, fault: 'out_of_range' })
    expect(eventTime(received, 0, received * 1.5)).toEqual({ ms: received, fault: 'out_of_range' })
    expect(eventTime(received, 0, undefined)).toEqual({ ms: 0, fault: undefined })
  })
})
