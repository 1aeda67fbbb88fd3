import type { Json, JsonObject } from '@affluent/protocol/event'
import {
  ANSWER_WARNINGS_MAX,
  ARRAY_ITEMS_MAX,
  EVENT_BYTES_MAX,
  EVENT_DEPTH_MAX,
  EVENT_KEYS_MAX,
  EVENT_NAME_BYTES_MAX,
  EXTERNAL_IDS_MAX,
  IDENTIFIER_BYTES_MAX,
  KEY_BYTES_MAX,
  MESSAGE_ID_BYTES_MAX,
} from '@affluent/protocol/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../testing/utf8.ts'
import {
  type CheckedEvent,
  checkEvent,
  checkShared,
  type EventCheck,
  type RequestFacts,
} from './check-event.ts'
import { scanEvent } from './scan-json.ts'

const RECEIVED = Date.UTC(2026, 10, 21, 10)

function check(event: string | object, request: Partial<RequestFacts> = {}): EventCheck {
  const text = typeof event === 'string' ? event : JSON.stringify(event)
  const facts = { receivedAt: RECEIVED, sentAt: undefined, shared: undefined, ...request }
  return checkEvent(JSON.parse(text) as Json, scanEvent(encodeUtf8(text)), facts, undefined)
}

function codeOf(event: string | object): string | undefined {
  const checked = check(event)
  return checked.kind === 'refused' ? checked.rejection.code : undefined
}

function accepted(event: string | object, request: Partial<RequestFacts> = {}): CheckedEvent {
  const checked = check(event, request)
  if (checked.kind === 'refused') throw new Error(checked.rejection.message)
  return checked.event
}

function track(more: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Tried', userId: 'a', ...more }
}

function trackWith(properties: string): string {
  return `{"type":"track","event":"Tried","userId":"a","properties":${properties}}`
}

const array = (items: number) => trackWith(`{"a":[${Array(items).fill(1).join(',')}]}`)
const depth = (levels: number) => trackWith(`${'{"a":'.repeat(levels - 2)}{}${'}'.repeat(levels - 2)}`)
const keys = (count: number) =>
  trackWith(`{${Array.from({ length: count - 4 }, (_, index) => `"${index}":1`).join(',')}}`)
const key = (bytes: number) => trackWith(`{"${'é'.repeat(Math.floor(bytes / 2))}${'a'.repeat(bytes % 2)}":1}`)
const bytes = (count: number) => trackWith(`{"a":"${'x'.repeat(count - trackWith('{"a":""}').length)}"}`)

describe('at each bound an event is taken, and one over it is refused', () => {
  test.each([
    ['depth', depth(EVENT_DEPTH_MAX), depth(EVENT_DEPTH_MAX + 1), 'too_deep'],
    ['keys', keys(EVENT_KEYS_MAX), keys(EVENT_KEYS_MAX + 1), 'too_many_keys'],
    ['array', array(ARRAY_ITEMS_MAX), array(ARRAY_ITEMS_MAX + 1), 'array_too_long'],
    ['bytes', bytes(EVENT_BYTES_MAX), bytes(EVENT_BYTES_MAX + 1), 'event_too_large'],
    ['key', key(KEY_BYTES_MAX), key(KEY_BYTES_MAX + 1), 'key_too_long'],
    [
      'name',
      track({ event: 'n'.repeat(EVENT_NAME_BYTES_MAX) }),
      track({ event: 'n'.repeat(EVENT_NAME_BYTES_MAX + 1) }),
      'name_too_long',
    ],
    [
      'userId',
      track({ userId: 'u'.repeat(IDENTIFIER_BYTES_MAX) }),
      track({ userId: 'u'.repeat(IDENTIFIER_BYTES_MAX + 1) }),
      'id_too_long',
    ],
    [
      'messageId',
      track({ messageId: 'm'.repeat(MESSAGE_ID_BYTES_MAX) }),
      track({ messageId: 'm'.repeat(MESSAGE_ID_BYTES_MAX + 1) }),
      'id_too_long',
    ],
  ] as const)('%s', (_, good, bad, code) => {
    expect(codeOf(good)).toBeUndefined()
    expect(codeOf(bad)).toBe(code)
  })
})

test.each([
  ['null', 'invalid_type'],
  ['[]', 'invalid_type'],
  ['"track"', 'invalid_type'],
  ['{}', 'unknown_type'],
  ['{"type":"Track","userId":"a"}', 'unknown_type'],
  ['{"type":5,"userId":"a"}', 'unknown_type'],
  ['{"type":"track","event":"x"}', 'missing_user_id'],
  ['{"type":"track","event":"x","userId":" ","anonymousId":null}', 'missing_user_id'],
  ['{"type":"track","userId":"a"}', 'missing_event'],
  ['{"type":"track","userId":"a","event":["x"]}', 'invalid_type'],
  ['{"type":"page","userId":"a","name":5}', 'invalid_type'],
  ['{"type":"group","userId":"a"}', 'missing_group_id'],
  ['{"type":"group","userId":"a","groupId":{}}', 'invalid_type'],
  ['{"type":"alias","userId":"a"}', 'missing_previous_id'],
  ['{"type":"alias","previousId":"a","anonymousId":"b"}', 'missing_user_id'],
  ['{"type":"identify","userId":"a","traits":[]}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":"a","properties":"x"}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":"a","context":5}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":"a","integrations":true}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":1.5}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":9007199254740992}', 'unsafe_integer'],
  ['{"type":"track","event":"x","userId":"a\\u0000"}', 'invalid_id'],
  ['{"type":"track","event":"x","userId":"\\ud800"}', 'invalid_id'],
  ['{"type":"track","event":"x","userId":"a\ufffd"}', 'invalid_id'],
  ['{"type":"track","event":"x","userId":"a","messageId":5}', 'invalid_type'],
  ['{"type":"track","event":"x","userId":"a","messageId":"a\\nb"}', 'invalid_id'],
  ['{"type":"track","event":"x","userId":"a","timestamp":0}', 'invalid_timestamp'],
  ['{"type":"track","event":"x","userId":"a","timestamp":"0"}', 'invalid_timestamp'],
  [trackWith('{"a\\u0001":1}'), 'invalid_key'],
  [trackWith('{"a":[{"__proto__":1}]}'), 'forbidden_key'],
  [trackWith('{"a":[0,{"b":-1e999}]}'), 'number_out_of_range'],
] as const)('%s is refused as %s', (event, code) => {
  expect(codeOf(event)).toBe(code)
})

test('a rejection quotes little of the input', () => {
  const long = '<script>'.repeat(100)
  for (const event of [
    { type: long, userId: 'a' },
    track({ properties: { [long]: 1 } }),
    trackWith(`{"${'k'.repeat(250)}":1e999}`),
  ]) {
    const checked = check(event)
    expect(checked.kind === 'refused' && checked.rejection.message.length).toBeLessThan(150)
    expect(checked.kind === 'refused' && (checked.rejection.path ?? '').length).toBeLessThanOrEqual(40)
  }
})

test.each([
  [track({ userId: 'undefined' }), 'suspicious_id', 'userId'],
  [track({ userId: 0 }), 'suspicious_id', 'userId'],
  [track({ userId: -1 }), 'suspicious_id', 'userId'],
  [track({ anonymousId: ' N/A ' }), 'suspicious_id', 'anonymousId'],
  [trackWith('{"n":9007199254740993}'), 'precision_loss', 'properties.n'],
  [trackWith(`${`{"${'k'.repeat(64)}":`.repeat(16)}1${'}'.repeat(16)}`), 'properties_hidden', 'properties'],
  [trackWith('{"a":["\\ud83d"]}'), 'text_repaired', 'properties.a[0]'],
  [trackWith('{"a":{"b":"x\\u0000"}}'), 'text_repaired', 'properties.a.b'],
  [track({ timestamp: '2026-11-21T09:00:00' }), 'assumed_utc', 'timestamp'],
  [track({ timestamp: '2026-11-23T09:00:00Z' }), 'clock_skew', 'timestamp'],
  [track({ timestamp: '2569-11-21T09:00:00Z' }), 'clock_skew', 'timestamp'],
  [track({ originalTimestamp: '1969-01-01T00:00:00Z' }), 'clock_skew', 'originalTimestamp'],
  [track({ timestamp: '2016-12-31T23:59:60Z' }), 'leap_second', 'timestamp'],
  [trackWith('{"":1}'), 'empty_key', 'properties'],
  [trackWith('{"a":[{"":{}}]}'), 'empty_key', 'properties.a[0]'],
] as const)('%j is kept with the warning %s', (event, code, path) => {
  expect(accepted(event).warnings).toMatchObject([{ code, path }])
})

test.each(['undefined', 'null', '  ', '[object Object]', '0', 'None', '{{messageId}}', '<%= id %>', 0])(
  'the messageId %j is none, and that is told',
  (messageId) => {
    const event = accepted(track({ messageId }))
    expect(event.messageId).toBeUndefined()
    expect(event.warnings).toMatchObject([{ code: 'suspicious_id', path: 'messageId' }])
  },
)

test('no messageId is nothing odd', () => {
  for (const messageId of ['', null])
    expect(accepted(track({ messageId }))).toMatchObject({ messageId: undefined, warnings: [] })
})

describe('the time of an event', () => {
  const minute = 60_000
  const isoAt = (ms: number) => new Date(ms).toISOString()
  const inYear = (ms: number, years: number) => {
    const date = new Date(ms)
    date.setUTCFullYear(date.getUTCFullYear() + years)
    return date.toISOString()
  }

  test.each([
    ['the Buddhist calendar', 543],
    ['the Japanese calendar', -2018],
    ['the Islamic calendar', -578],
  ])('by a clock of %s is corrected by that clock', (_, years) => {
    const said = { timestamp: inYear(RECEIVED - minute, years), sentAt: inYear(RECEIVED, years) }
    expect(accepted(track(said))).toMatchObject({ time: RECEIVED - minute, warnings: [] })
  })

  test('by a clock that begins on the day before 1970 is corrected too', () => {
    const said = { timestamp: '1969-12-31T23:59:00.000Z', sentAt: '1970-01-01T00:00:00.000Z' }
    expect(accepted(track(said))).toMatchObject({ time: RECEIVED - minute, warnings: [] })
    const { timestamp, sentAt } = said
    const inBatch = accepted(track({ timestamp }), { sentAt: Date.parse(sentAt) })
    expect(inBatch).toMatchObject({ time: RECEIVED - minute, warnings: [] })
  })

  test('out of all years is the time of receipt, with a warning', () => {
    for (const said of [
      { timestamp: inYear(RECEIVED, 543) },
      { timestamp: isoAt(RECEIVED), sentAt: inYear(RECEIVED, 543) },
      { timestamp: '0001-01-01T00:00:00Z' },
    ]) {
      const event = accepted(track(said))
      expect(event).toMatchObject({ time: RECEIVED, warnings: [{ code: 'clock_skew' }] })
    }
  })

  test('is `timestamp`, and `originalTimestamp` where there is none', () => {
    const [one, other] = [isoAt(RECEIVED - minute), isoAt(RECEIVED - 2 * minute)]
    expect(accepted(track({ timestamp: one, originalTimestamp: other })).time).toBe(RECEIVED - minute)
    expect(accepted(track({ originalTimestamp: other })).time).toBe(RECEIVED - 2 * minute)
    expect(codeOf(track({ timestamp: one, originalTimestamp: 'x' }))).toBe('invalid_timestamp')
  })

  test('of an archive is as it stands there', () => {
    const said = { timestamp: '2024-09-01T10:00:00.100Z', sentAt: '2024-09-01T10:00:01.000Z' }
    const event = accepted(track(said), { timesAsGiven: true, sentAt: RECEIVED - minute })
    expect(event).toMatchObject({ time: Date.parse(said.timestamp), warnings: [] })
  })
})

test('an event that nothing is odd about has no warnings and keeps its bytes', () => {
  const event = accepted(track({ messageId: 'm', properties: { a: 1e3, b: 'é', c: 123456789012345 } }))
  expect(event).toMatchObject({
    type: 'track',
    name: 'Tried',
    messageId: 'm',
    rewritten: false,
    warnings: [],
  })
})

test('warnings are few, however odd the event is', () => {
  const properties = `{"a":[${Array(100).fill('"\\u0000"').join(',')}]}`
  expect(accepted(trackWith(properties)).warnings).toHaveLength(ANSWER_WARNINGS_MAX)
})

test('repaired text is replaced in the event, which then no longer equals its bytes', () => {
  const event = accepted(trackWith('{"a":"x\\u0000","b":["\\udc00"]}'))
  expect(event.rewritten).toBe(true)
  expect(event.json['properties']).toEqual({ a: 'x\ufffd', b: ['\ufffd'] })
})

test('a till ticket with a card alone is taken, as far as entries are read', () => {
  const entry = { type: 'card', id: '7' }
  const ticket = (externalIds: Json) => ({ type: 'track', event: 'Ticket', context: { externalIds } })
  expect(codeOf(ticket([entry]))).toBeUndefined()
  expect(codeOf(ticket([{ id: '7' }]))).toBe('missing_user_id')
  expect(codeOf(ticket([{ type: 'card', id: ' ' }]))).toBe('missing_user_id')
  expect(codeOf(ticket([...Array(EXTERNAL_IDS_MAX).fill({}), entry]))).toBe('missing_user_id')
})

test('the context of the batch is under that of the event', () => {
  const shared = { context: { a: 1, b: 1 }, integrations: { All: false } }
  const event = accepted(track({ context: { b: 2 } }), { shared })
  expect(event.json).toMatchObject({ context: { a: 1, b: 2 }, integrations: { All: false } })
  expect(event.rewritten).toBe(true)
  expect(shared.context).toEqual({ a: 1, b: 1 })
})

test('what a batch says for all its events has the bounds of an event', () => {
  const verdict = (text: string) =>
    checkShared(JSON.parse(text) as JsonObject, scanEvent(encodeUtf8(text)))?.code
  expect(verdict('{"context":{"a":1}}')).toBeUndefined()
  expect(verdict('{"context":{"":1}}')).toBeUndefined()
  expect(verdict('{"context":{"\\n":1}}')).toBe('invalid_key')
  expect(verdict('{"context":{"a":1e999}}')).toBe('number_out_of_range')
  expect(verdict(`{"context":{"a":"${'x'.repeat(EVENT_BYTES_MAX)}"}}`)).toBe('event_too_large')
})

test('the type that the route names wins over that of the body', () => {
  const whole = scanEvent(encodeUtf8('{}'))
  const facts = { receivedAt: RECEIVED, sentAt: undefined, shared: undefined }
  const checked = checkEvent(track({ name: 'Home' }), whole, facts, 'page')
  expect(checked).toMatchObject({ kind: 'accepted', event: { type: 'page', name: 'Home' } })
})

test('any JSON is taken or refused with a code, and what is taken can be written as JSON again', () => {
  const value = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>
  const event = fc.record(
    {
      type: fc.oneof(fc.constantFrom('track', 'identify', 'page', 'group', 'alias'), value),
      event: fc.oneof(fc.string(), value),
      userId: fc.oneof(fc.string(), value),
      anonymousId: value,
      previousId: value,
      groupId: value,
      messageId: fc.oneof(fc.string(), value),
      timestamp: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        value,
      ),
      sentAt: value,
      context: value,
      traits: value,
      properties: value,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(event, value), (any) => {
      const text = JSON.stringify(any)
      const facts = { receivedAt: RECEIVED, sentAt: undefined, shared: { context: { a: 1 } } }
      const checked = checkEvent(JSON.parse(text) as Json, scanEvent(encodeUtf8(text)), facts, undefined)
      if (checked.kind === 'refused') expect(checked.rejection.code).toMatch(/^[a-z_]+$/)
      else {
        expect(JSON.parse(JSON.stringify(checked.event.json))).toEqual(checked.event.json)
        expect(Number.isInteger(checked.event.time)).toBe(true)
      }
    }),
  )
})
