import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { JsonObject } from '@affluent/protocol/event'
import {
  BATCH_EVENTS_MAX,
  BATCH_PARTS_MAX,
  BODY_DEPTH_MAX,
  BODY_PARTS_MAX,
  EVENT_KEYS_MAX,
  KEYLESS_BODY_BYTES_MAX,
  OPEN_BODY_BYTES_MAX,
} from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, positionOf, request, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

/** A name that no other test uses. */
function fresh(word: string): string {
  return `${word}-${randomUUID()}`
}

/** `{"k0":1,"k1":1,...}` */
function manyKeys(count: number, first = ''): string {
  return `{${first}${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

/** Sends without a key. */
function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return request(`${server.url}${path}`, { method: 'POST', body, headers })
}

/** Asks the API. */
function ask(path: string, method: string, body: string): Promise<Answer> {
  return server.read(path, { method, body, headers: { 'content-type': 'application/json' } })
}

describe('a body whose write key stands in it alone', () => {
  const sized = (bytes: number) => {
    const start = `{"writeKey":"${server.keys.writeKey}","batch":[{"type":"track","event":"Tried","userId":"keyless"}],"x":"`
    return `${start}${'x'.repeat(bytes - start.length - 2)}"}`
  }

  test('is taken up to its bound, plain and packed', async () => {
    const body = sized(KEYLESS_BODY_BYTES_MAX)
    expect(await post('/v1/batch', body)).toMatchObject({ status: 200, json: { accepted: 1 } })
    const packed = await post('/v1/batch', gzipSync(body), { 'content-encoding': 'gzip' })
    expect(packed).toMatchObject({ status: 200, json: { accepted: 1 } })
  })

  test('is refused one byte beyond, and told where else the key may stand', async () => {
    const body = sized(KEYLESS_BODY_BYTES_MAX + 1)
    const plain = await post('/v1/batch', body)
    expect(plain).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
    expect(plain.json['message']).toMatch(/524,288 bytes.*Authorization header/)
    const packed = await post('/v1/batch', gzipSync(body), { 'content-encoding': 'gzip' })
    expect(packed).toMatchObject({ status: 413, json: { code: 'decompressed_too_large' } })
    const chunked = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    await chunked.body?.cancel()
    expect(await server.send('/v1/batch', body)).toMatchObject({ status: 200, json: { accepted: 1 } })
    expect(await post(`/v1/batch?writeKey=${server.keys.writeKey}`, body)).toMatchObject({ status: 200 })
    expect(await post('/v1/m', body)).toMatchObject({ status: 413 })
  })
})

describe('a body that would cost a parser too much is refused by its bytes', () => {
  test.each(['/v1/track', '/v1/batch', '/api/s/track'])('without a key, at %s', async (path) => {
    const keys = manyKeys(330_000)
    expect(await post(path, keys)).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
    const packed = await post(path, gzipSync(keys), { 'content-encoding': 'gzip' })
    expect(packed).toMatchObject({ status: 413 })
    const fitting = await post(path, manyKeys(BODY_PARTS_MAX + 1))
    const status = path === '/v1/batch' ? 413 : 400
    expect(fitting).toMatchObject({ status, json: { code: 'too_many_keys' } })
  })

  test('with a key: an event of too many keys, a batch of too many events, a batch of too many parts', async () => {
    expect(await server.send('/v1/track', manyKeys(BODY_PARTS_MAX + 1))).toMatchObject({
      status: 400,
      json: { code: 'too_many_keys', message: expect.stringContaining('more than 2,000 keys') },
    })
    const deep = `${'{"a":'.repeat(40)}${manyKeys(BODY_PARTS_MAX)}${'}'.repeat(40)}`
    expect(await server.send('/v1/track', deep)).toMatchObject({ status: 400, json: { code: 'too_deep' } })
    const events = await server.send('/v1/batch', `{"batch":[${'{},'.repeat(1_390_000)}{}]}`)
    expect(events).toMatchObject({ status: 413, json: { code: 'too_many_events', path: 'batch' } })
    const event = manyKeys(EVENT_KEYS_MAX - 10, '"type":"track","event":"Tried","userId":"parts",')
    const batch = (count: number) => `{"batch":[${Array(count).fill(event).join(',')}]}`
    const whole = Math.floor(BATCH_PARTS_MAX / EVENT_KEYS_MAX)
    expect(await server.send('/v1/batch', batch(whole))).toMatchObject({
      status: 200,
      json: { accepted: whole },
    })
    const parts = await server.send('/v1/batch', batch(whole + 1))
    expect(parts).toMatchObject({ status: 413, json: { code: 'too_many_keys' } })
    expect(parts.json['message']).toContain('Send it in parts')
  })

  test('by the API, and by what anybody may ask it even sooner', async () => {
    const long = `{"condition":${manyKeys(BODY_PARTS_MAX + 1)}}`
    expect(await ask('/v1/audiences/preview', 'POST', long)).toMatchObject({
      status: 413,
      json: { error: { code: 'too_many_keys' } },
    })
    const signIn = (bytes: number) =>
      post('/v1/session', `{"email":"${'a'.repeat(bytes - 12)}"}`, { 'content-type': 'application/json' })
    expect((await signIn(OPEN_BODY_BYTES_MAX)).status).toBe(400)
    const over = await signIn(OPEN_BODY_BYTES_MAX + 1)
    expect(over).toMatchObject({ status: 413, json: { error: { code: 'payload_too_large' } } })
    expect(over.text).toContain('16,384 bytes')
  })

  test('and a whole body that was refused is kept, when it is known whose it is', async () => {
    const before = (await server.pipeline()).refused
    await post('/v1/batch', `{"batch":[${'{},'.repeat(BATCH_EVENTS_MAX)}{}]}`)
    await server.send('/v1/batch', `{"batch":[${'{},'.repeat(BATCH_EVENTS_MAX)}{}]}`)
    expect((await server.pipeline()).refused).toBe(before + 1)
  })
})

describe('an event that no parser should follow is refused alone', () => {
  const poisons: readonly (readonly [string, string])[] = [
    ['too_deep', `{"type":"track","event":"Poison","userId":"p","properties":{"a":${nested(100_000)}}}`],
    [
      'too_deep',
      `{"type":"track","event":"Poison","userId":"p","properties":{"a":${nested(BODY_DEPTH_MAX)}}}`,
    ],
    ['too_deep', nested(5_000)],
    ['too_many_keys', manyKeys(100_000)],
    ['array_too_long', `{"a":[${'{},'.repeat(200_000)}{}]}`],
    ['event_too_large', `{"a":"${'x'.repeat(1_000_000)}"}`],
    ['forbidden_key', '{"type":"track","event":"Poison","userId":"p","properties":{"__proto__":{"a":1}}}'],
    ['forbidden_key', '{"type":"track","event":"Poison","userId":"p","constructor":{"prototype":1}}'],
  ]

  test('among its neighbours, whichever place it has', async () => {
    const userId = fresh('neighbour')
    const good = JSON.stringify({ type: 'track', event: 'Good', userId, properties: { é: '✓' } })
    let count = 0
    for (const [code, poison] of poisons) {
      for (const [index, batch] of [
        [poison, good, good],
        [good, poison, good],
        [good, good, poison],
      ].entries()) {
        const answer = await server.send('/v1/batch', `{"sentAt":null,"batch":[${batch.join(' ,\n')}]}`)
        expect(answer, code).toMatchObject({
          status: 200,
          json: { accepted: 2, rejected: [{ index, code }] },
        })
        expect(answer.json['rejected']).toHaveLength(1)
        count += 2
      }
    }
    await server.settle()
    const events = await server.events('user_id', userId)
    expect(events).toHaveLength(count)
    expect(events[0]).toMatchObject({ event: 'Good', properties: { é: '✓' } })
  })

  test('alone, with the same code', async () => {
    for (const [code, poison] of poisons) {
      const answer = await server.send('/v1/batch', `{"batch":[${poison}]}`)
      expect(answer).toMatchObject({
        status: 400,
        json: { code: 'all_events_rejected', rejected: [{ code }] },
      })
    }
  })

  test('and is kept with its own bytes, can be repaired and sent again, but not as it came', async () => {
    const userId = fresh('repaired')
    const poison = `{"type":"track","event":"Poison","userId":"${userId}","properties":{"a":${nested(1_000)}}}`
    const good = JSON.stringify({ type: 'track', event: 'Good', userId })
    await server.send('/v1/batch', `{"batch":[${good},${poison},${good}]}`)
    const [kept] = await server.outcomes('refused')
    expect(kept).toMatchObject({ code: 'too_deep', raw: Buffer.from(poison).toString('base64') })
    const path = `/v1/outcomes/${kept?.id}/replay`
    expect(await ask(path, 'POST', '{}')).toMatchObject({
      status: 400,
      json: { error: { code: 'too_deep' } },
    })
    const repaired = { type: 'track', event: 'Mended', userId, properties: { a: 1 } }
    const answer = await ask(path, 'POST', JSON.stringify({ event: repaired }))
    expect(answer, answer.text).toMatchObject({ status: 200, json: { events: 1 } })
    const events = await server.events('user_id', userId, { after: positionOf(answer) })
    expect(events.map(({ event }) => event).sort((a, b) => String(a).localeCompare(String(b)))).toEqual([
      'Good',
      'Good',
      'Mended',
    ])
  })

  test('while a body whose own frame is nested too deeply is refused as a whole', async () => {
    const good = '{"type":"track","event":"Good","userId":"frame"}'
    for (const frame of [`"context":{"a":${nested(BODY_DEPTH_MAX - 1)}},`, `"x":${nested(100_000)},`]) {
      const answer = await server.send('/v1/batch', `{${frame}"batch":[${good}]}`)
      expect(answer).toMatchObject({ status: 400, json: { code: 'too_deep' } })
    }
    expect(await server.send('/v1/track', nested(100_000))).toMatchObject({
      status: 400,
      json: { code: 'too_deep' },
    })
  })
})

describe('a key that changes the prototype of objects', () => {
  const keys: readonly (readonly [string, string, string])[] = [
    ['__proto__', '"__proto__":{"x":1}', '__proto__'],
    ['__proto__, with an escape', '"__proto\\u005f_":{"x":1}', '__proto__'],
    ['constructor.prototype', '"constructor":{"prototype":{"x":1}}', 'constructor'],
  ]

  test.each(keys)('is refused by the collector, wherever it stands: %s', async (_, key, name) => {
    const places = [
      [`{"type":"identify","userId":"proto",${key}}`, name],
      [`{"type":"identify","userId":"proto","traits":{${key}}}`, `traits.${name}`],
      [`{"type":"identify","userId":"proto","traits":{"a":[{"b":{${key}}}]}}`, `traits.a[0].b.${name}`],
      [`{"type":"identify","userId":"proto","context":{${key}}}`, `context.${name}`],
    ]
    for (const [event, path] of places) {
      const alone = await server.send('/v1/identify', event)
      expect(alone).toMatchObject({ status: 400, json: { code: 'forbidden_key', path } })
      expect(alone.json['message']).toContain('not allowed; rename it')
      const among = await server.send(
        '/v1/batch',
        `{"batch":[${event},{"type":"identify","userId":"proto"}]}`,
      )
      expect(among.json).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'forbidden_key', path }] })
    }
    const shared = await server.send(
      '/v1/batch',
      `{"context":{${key}},"batch":[{"type":"identify","userId":"proto"}]}`,
    )
    expect(shared).toMatchObject({ status: 400, json: { code: 'forbidden_key' } })
  })

  test.each(keys)('is refused by the API, and never taken out in silence: %s', async (_, key, name) => {
    await server.send('/v1/batch', '{"batch":[{"type":"track","userId":"proto-replay"}]}')
    const [kept] = await server.outcomes('refused')
    const event = `{"type":"track","event":"E","userId":"proto-replay",${key}}`
    const asked: readonly (readonly [string, string, string, string])[] = [
      [`/v1/outcomes/${kept?.id}/replay`, 'POST', `{"event":${event}}`, `event.${name}`],
      ['/v1/identity/simulate', 'POST', `{"events":[${event}]}`, `events[0].${name}`],
      ['/v1/identity/rules', 'PUT', `{"namespaces":{${key}}}`, `namespaces.${name}`],
      ['/v1/audiences/preview', 'POST', `{"condition":{${key}}}`, `condition.${name}`],
    ]
    for (const [path, method, body, place] of asked) {
      const answer = await ask(path, method, body)
      expect(answer, path).toMatchObject({
        status: 400,
        json: { error: { code: 'forbidden_key', path: place } },
      })
    }
    await server.settle()
    expect(await server.profile('user_id', 'proto-replay')).toBeUndefined()
  })

  test('is no reason to refuse what only looks like it', async () => {
    const userId = fresh('builder')
    const traits: JsonObject = {
      constructor: 'Eiffel',
      prototype: 'A',
      toString: 1,
      hasOwnProperty: { valueOf: true },
    }
    const nestedTraits = { ...traits, firm: { constructor: { name: 'x' } } }
    const answer = await server.send('/v1/identify', { userId, traits: nestedTraits })
    expect(answer.status).toBe(200)
    const profile = await server.profile('user_id', userId, { after: positionOf(answer) })
    expect(profile?.traits).toEqual(nestedTraits)
    expect((await server.profile('user_id', 'nobody-else'))?.traits).toBeUndefined()
  })
})

describe('what cannot be read is told to the byte', () => {
  test('a character that is no UTF-8', async () => {
    for (const [text, bytes, byte] of [
      ['', [0xff], 1],
      ['{"a":"', [0x80], 7],
      ['{"a":"', [0xc3, 0x28], 7],
      ['{"a":"é', [0xe2, 0x82, 0x28], 9],
      ['{"a":"', [0xf0, 0x9f, 0x92], 7],
      ['{"a":"', [0xed, 0xa0, 0x80], 7],
      ['x'.repeat(100_000), [0xc0, 0xaf], 100_001],
      ['{', [0x00], 2],
      ['', [0x00], 1],
    ] as const) {
      const body = Buffer.concat([Buffer.from(text), Buffer.from(bytes), Buffer.from('"}')])
      const answer = await server.send('/v1/track', new Uint8Array(body))
      expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_utf8' } })
      expect(answer.json['message']).toContain(`(byte ${byte})`)
    }
  })

  test('a place that is no JSON', async () => {
    for (const [body, where] of [
      ['{"a":}', 'position 5'],
      ["{'a':1}", 'position 1'],
      ['{"é":1 "b":2}', 'position 8'],
      ['{"a":1', 'it ends too early'],
      ['{"a":"\n"}', 'position 6'],
    ] as const) {
      expect(await server.send('/v1/track', body)).toMatchObject({
        status: 400,
        json: { code: 'invalid_json', message: `The body is not valid JSON (${where}).` },
      })
    }
    // also behind an event that was cut out
    const poison = `{"a":${nested(1_000)}}`
    const answer = await server.send('/v1/batch', `{"batch":[${poison},x]}`)
    expect(answer.json['message']).toContain(`position ${`{"batch":[${poison},`.length}`)
  })
})

test('nothing failed meanwhile', async () => {
  await server.settle()
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
})
