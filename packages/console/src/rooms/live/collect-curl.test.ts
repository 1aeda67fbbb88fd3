import { expect, test } from 'vitest'
import { collectCurl } from './collect-curl.ts'

const origin = 'https://cdp.example.com'

test('sends an event again by its type, without the id that would make it a copy', () => {
  const raw = '{"userId":"u1","event":"It\'s","messageId":"m1","sentAt":"2026-11-22T10:00:00Z"}'
  expect(collectCurl({ raw, type: 'track', writeKey: 'wk_1', origin })).toBe(
    [
      "curl 'https://cdp.example.com/v1/track' \\",
      "  -u 'wk_1:' \\",
      "  -H 'Content-Type: application/json' \\",
      `  -d '{"userId":"u1","event":"It'\\''s"}'`,
    ].join('\n'),
  )
})

test('wraps an event whose type is not known, and leaves a batch and what is no JSON as they came', () => {
  const of = (raw: string) =>
    collectCurl({ raw, type: null, writeKey: undefined, origin }).split('\n').at(-1)?.trim()
  expect(of('{"type":"trak"}')).toBe(`-d '{"batch":[{"type":"trak"}]}'`)
  expect(of('{"batch":[{"type":"track"}]}')).toBe(`-d '{"batch":[{"type":"track"}]}'`)
  expect(of('{"a":1,}')).toBe(`-d '{"a":1,}'`)
  expect(collectCurl({ raw: '{}', type: null, writeKey: undefined, origin })).toContain('$AFFLUENT_WRITE_KEY')
})
