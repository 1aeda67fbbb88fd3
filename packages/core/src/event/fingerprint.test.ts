import type { Json, JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FINGERPRINT_MIN, fingerprintOf } from './fingerprint.ts'

const of = (text: string) => fingerprintOf('track', JSON.parse(text) as JsonObject)
const EVENT =
  '{"userId":"u","event":"Ordered","messageId":"m","timestamp":"2026-11-21T10:00:00.000Z","properties":{"revenue":50,"by":"Zoé","items":[1,{"a":1,"b":null}]}}'

test.each([
  ['order of keys', EVENT.replace('"userId":"u","event":"Ordered"', '"event":"Ordered","userId":"u"')],
  ['order of inner keys', EVENT.replace('"a":1,"b":null', '"b":null,"a":1')],
  ['white space', JSON.stringify(JSON.parse(EVENT), undefined, 2)],
  ['50.0', EVENT.replace('50', '50.0')],
  ['5e1', EVENT.replace('50', '5e1')],
  ['an escaped letter', EVENT.replace('é', '\\u00e9')],
  ['an escaped slash', EVENT.replace('"Zo', '"\\u005ao')],
  ['the type, which the route names', EVENT.replace('{', '{"type":"track",')],
  ['the write key', EVENT.replace('{', '{"writeKey":"wk",')],
  ['the time of sending', EVENT.replace('{', '{"sentAt":"2026-11-21T10:00:01.000Z",')],
  ['the count of tries', EVENT.replace('{', '{"_metadata":{"retryCount":2},')],
  ['a field that says nothing', EVENT.replace('{', '{"context":null,')],
  ['fewer digits of a time', EVENT.replace('.000Z', 'Z')],
  ['another zone', EVENT.replace('T10:00:00.000Z', 'T11:00:00+01:00')],
])('%s is no difference', (_, text) => {
  expect(of(text)).toBe(of(EVENT))
})

test.each([
  ['another value', EVENT.replace('50', '51')],
  ['text for a number', EVENT.replace('50', '"50"')],
  ['another name', EVENT.replace('revenue', 'total')],
  ['another person', EVENT.replace('"u"', '"v"')],
  ['another order of a list', EVENT.replace('[1,{"a":1,"b":null}]', '[{"a":1,"b":null},1]')],
  ['a value that is gone', EVENT.replace(',"b":null', '')],
  ['a level more', EVENT.replace('{"a":1,"b":null}', '{"a":{"a":1,"b":null}}')],
  ['values that have changed places', EVENT.replace('"revenue":50,"by":"Zoé"', '"revenue":"Zoé","by":50')],
  ['another time', EVENT.replace('10:00:00', '10:00:01')],
])('%s is another meaning', (_, text) => {
  expect(of(text)).not.toBe(of(EVENT))
})

test('another type is another meaning', () => {
  const json = JSON.parse(EVENT) as JsonObject
  expect(fingerprintOf('page', json)).not.toBe(fingerprintOf('track', json))
})

test('what is written otherwise has the same fingerprint, and what differs has another', () => {
  const value = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>
  const turned = (json: Json): Json => {
    if (typeof json !== 'object' || json === null) return json
    if (Array.isArray(json)) return json.map(turned)
    return Object.fromEntries(
      Object.entries(json)
        .reverse()
        .map(([key, inner]) => [key, turned(inner)]),
    )
  }
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [one, other, same] = [a, b, turned(a)].map((properties) => fingerprintOf('track', { properties }))
      expect(same).toBe(one)
      expect(one).toBeGreaterThanOrEqual(FINGERPRINT_MIN)
      expect(Number.isSafeInteger(one)).toBe(true)
      const isEqual = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
      expect(other === one).toBe(isEqual)
    }),
  )
})

function sorted(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(sorted)
  const keys = Object.keys(json).sort((a, b) => (a < b ? -1 : 1))
  return Object.fromEntries(keys.map((key) => [`-${key}`, sorted(json[key] as Json)]))
}
