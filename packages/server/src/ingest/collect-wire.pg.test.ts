import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { JsonObject } from '@affluent/protocol/event'
import { PREFLIGHT_HEADERS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  basic,
  positionOf,
  request,
  startTestServer,
  type TestServer,
} from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

/** A name that no other test uses. */
function fresh(word: string): string {
  return `${word}-${randomUUID()}`
}

/** Sends JSON without any key but what `headers` hold. */
function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return request(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers })
}

const COLLECT_PATHS = [
  ...['identify', 'track', 'page', 'screen', 'group', 'alias', 'i', 't', 'p', 's', 'g', 'a'].map(
    (type) => `/v1/${type}`,
  ),
  ...['/v1/batch', '/v1/b', '/v1/import', '/v1/m', '/v1/pixel/track', '/beacon/v1/batch'],
  ...['/api/s/track', '/api/s/s2s/track', '/sourceConfig', '/v1/sourceConfig', '/v1/projects/wk/settings'],
]

describe('a preflight', () => {
  const preflight = (path: string, asked?: string) =>
    request(`${server.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        ...(asked === undefined ? {} : { 'access-control-request-headers': asked }),
      },
    })

  test.each(COLLECT_PATHS)('of %s is told that the headers it asks for are allowed', async (path) => {
    const asked = [
      ...['anonymousid', 'authorization', 'content-type', 'sentat', 'x-write-key', 'content-encoding'],
      ...[
        'rsa-retry-attempt',
        'rsa-since-first-attempt',
        'rsa-since-last-attempt',
        'rsa-retry-reason',
        'rsa-recovered',
      ],
    ]
    for (const form of [path, `${path}/`]) {
      const { status, headers } = await preflight(form, asked.join(','))
      expect(status).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
      expect(headers.get('access-control-allow-methods')).toContain('POST')
      expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(asked)
      expect(headers.get('access-control-max-age')).toBe('86400')
      expect(headers.get('vary')).toBe('Access-Control-Request-Headers')
    }
  })

  test('that asks for no header is told the usual ones', async () => {
    for (const asked of [undefined, '', ' , ']) {
      const { headers } = await preflight('/v1/track', asked)
      expect(headers.get('access-control-allow-headers')).toBe(
        'Authorization, Content-Type, X-Retry-Count, X-Write-Key',
      )
    }
  })

  test('gets back only what can be the name of a header, and no more than a bound', async () => {
    const odd = await preflight('/v1/track', 'x-good, x bad, <script>, x:y, ünlaut, *, x-fine')
    expect(odd.headers.get('access-control-allow-headers')).toBe('x-good, *, x-fine')
    const many = Array.from({ length: PREFLIGHT_HEADERS_MAX + 1 }, (_, index) => `x-${index}`)
    const answer = await preflight('/v1/track', many.join(','))
    expect(answer.headers.get('access-control-allow-headers')?.split(', ')).toEqual(many.slice(0, -1))
  })

  test.each(['/v1/profiles/user_id:a', '/v1/audiences', '/v1/session', '/v1/nothing', '/healthz', '/'])(
    'of %s, which no page of another site may ask, is a 404 without CORS',
    async (path) => {
      const { status, headers } = await preflight(path, 'authorization')
      expect(status).toBe(404)
      for (const name of headers.keys()) expect(name).not.toMatch(/^access-control-/)
    },
  )
})

describe('the write key', () => {
  const ways: readonly (readonly [string, () => Record<string, string>])[] = [
    ['X-Write-Key: key', () => ({ 'x-write-key': server.keys.writeKey })],
    ['X-Write-Key: key:anything', () => ({ 'x-write-key': `${server.keys.writeKey}:secret:more` })],
    ['Basic with a colon', () => ({ authorization: basic(server.keys.writeKey) })],
    [
      'Basic without a colon',
      () => ({ authorization: `Basic ${Buffer.from(server.keys.writeKey).toString('base64')}` }),
    ],
    ['Bearer', () => ({ authorization: `Bearer ${server.keys.writeKey}` })],
  ]

  test.each(ways)('is taken as %s on every path of an event', async (_, headersOf) => {
    const userId = fresh('key')
    const event = { type: 'track', event: 'Tried', userId }
    let after = 0
    for (const path of ['/v1/track', '/v1/t', '/api/s/track', '/api/s/s2s/track'])
      after = positionOf(await post(path, event, headersOf()))
    for (const path of ['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'])
      after = positionOf(await post(path, { batch: [event] }, headersOf()))
    expect((await server.profile('user_id', userId, { after }))?.events).toBe(8)
  })

  test('is taken in the query and in the body, by the beacon of RudderStack too', async () => {
    const userId = fresh('key')
    const { writeKey } = server.keys
    const event = { type: 'track', event: 'Tried', userId }
    await post(`/beacon/v1/batch?writeKey=${writeKey}`, { batch: [event] }, { 'content-type': 'text/plain' })
    await post('/v1/batch', { batch: [event], writeKey })
    const last = await post('/api/s/track/', { ...event, writeKey })
    expect((await server.profile('user_id', userId, { after: positionOf(last) }))?.events).toBe(3)
  })

  test('that is not known, or twice there, is refused', async () => {
    const event = { type: 'track', event: 'Tried', userId: 'a' }
    const wrong = await post('/api/s/track', event, { 'x-write-key': 'wk_unknown:secret' })
    expect(wrong).toMatchObject({ status: 401, json: { code: 'invalid_write_key' } })
    for (const key of ['', ':secret', `${server.keys.writeKey}, ${server.keys.writeKey}`]) {
      const answer = await post('/api/s/track', event, { 'x-write-key': key })
      expect(answer).toMatchObject({ status: 401, json: { code: 'missing_write_key' } })
    }
  })

  test('of the other kind is refused from a page, whatever header carries it', async () => {
    const answer = await post(
      '/api/s/track',
      { event: 'Tried', userId: 'a' },
      { 'x-write-key': `${server.keys.apiKey}:x`, origin: 'https://shop.example' },
    )
    expect(answer).toMatchObject({ status: 403, json: { code: 'wrong_key_kind' } })
    expect(server.log.map(({ event }) => event)).toContain('api_key_exposed')
  })
})

test("each of Jitsu's paths is the call that it names", async () => {
  const userId = fresh('jitsu')
  const headers = { 'x-write-key': `${server.keys.writeKey}:secret` }
  const types = ['identify', 'track', 'page', 'screen', 'group', 'alias']
  let after = 0
  for (const type of types) {
    const body = { type, userId, event: 'Tried', groupId: 'acme', previousId: `${userId}-before` }
    for (const folder of ['/api/s', '/api/s/s2s'])
      after = positionOf(await post(`${folder}/${type}`, body, headers))
  }
  const events = await server.events('user_id', userId, { after })
  expect(events.map(({ type }) => type).reverse()).toEqual(types.flatMap((type) => [type, type]))
  for (const path of ['/api/s/', '/api/s/unknown', '/api/s/s2s/unknown']) {
    const answer = await post(path, {}, headers)
    expect(answer).toMatchObject({ status: 404, json: { success: false, code: 'not_found' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  }
})

test('slashes too many are no difference, on the collect API and on the rest', async () => {
  const userId = fresh('slash')
  const event = { type: 'track', event: 'Tried', userId }
  const key = { authorization: basic(server.keys.writeKey) }
  let after = 0
  for (const path of ['/v1/track/', '//v1/track', '/v1//track', '/v1/t/', '/api/s/track/', '/v1/track/?a=b'])
    after = positionOf(await post(path, event, key))
  for (const path of ['/v1/batch/', '/v1/import/', '/v1/b/', '//v1/batch', '/beacon/v1/batch/'])
    after = positionOf(await post(path, { batch: [event] }, key))
  expect((await server.profile('user_id', userId, { after }))?.events).toBe(11)
  const data = Buffer.from(JSON.stringify({ ...event, writeKey: server.keys.writeKey })).toString('base64')
  expect((await request(`${server.url}/v1/pixel/track/?data=${data}`)).status).toBe(200)
  expect((await request(`${server.url}/v1/projects/${server.keys.writeKey}/settings/`)).status).toBe(200)
  expect((await post('/v1/m/', {})).status).toBe(200)
  expect((await server.read('/v1/pipeline/')).status).toBe(200)
  expect((await server.read(`/v1/profiles/user_id:${userId}/events/?limit=1`)).status).toBe(200)
  expect((await request(`${server.url}/healthz/`)).status).toBe(200)
})

test('a wrong method is told which one is right', async () => {
  const asked: readonly (readonly [string, string, string])[] = [
    ['GET', '/v1/track', 'POST, OPTIONS'],
    ['PUT', '/v1/batch', 'POST, OPTIONS'],
    ['GET', '/v1/m', 'POST, OPTIONS'],
    ['DELETE', '/api/s/track', 'POST, OPTIONS'],
    ['POST', '/v1/pixel/track', 'GET, OPTIONS'],
    ['HEAD', '/v1/pixel/track', 'GET, OPTIONS'],
    ['POST', '/sourceConfig', 'GET, HEAD, OPTIONS'],
    ['POST', `/v1/projects/${server.keys.writeKey}/settings`, 'GET, HEAD, OPTIONS'],
  ]
  for (const [method, path, allow] of asked) {
    const answer = await request(`${server.url}${path}`, { method })
    expect(answer.status, path).toBe(405)
    expect(answer.headers.get('allow'), path).toBe(allow)
    expect(answer.headers.get('access-control-allow-origin'), path).toBe('*')
  }
})

describe("what RudderStack's browser library loads from its configUrl", () => {
  test.each(['/sourceConfig/', '/sourceConfig', '/v1/sourceConfig/'])('stands at %s', async (path) => {
    const asked = `${server.url}${path}?p=npm&v=3.34.1&build=modern&writeKey=${server.keys.writeKey}`
    const { status, json, headers } = await request(asked)
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    const source = json['source'] as JsonObject
    expect(source).toMatchObject({ enabled: true, destinations: [] })
    expect(source['id']).toEqual(expect.any(String))
    expect(source['config']).toMatchObject({ statsCollection: { errors: { enabled: false } } })
    const byHeader = await request(`${server.url}${path}`, {
      headers: { authorization: basic(server.keys.writeKey) },
    })
    expect(byHeader.json).toEqual(json)
    const head = await request(`${asked}&view=ad`, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '' })
  })

  test('is refused without a key, and with a wrong one', async () => {
    expect(await request(`${server.url}/sourceConfig/`)).toMatchObject({
      status: 401,
      json: { code: 'missing_write_key' },
    })
    expect(await request(`${server.url}/sourceConfig/?writeKey=wk_unknown`)).toMatchObject({
      status: 401,
      json: { code: 'invalid_write_key' },
    })
  })
})

describe('clients whose runtimes are not here arrive by the form in which they send', () => {
  const KINDS = ['identify', 'track', 'page', 'screen', 'group', 'alias']

  /** The six calls of one person, as these clients write them. */
  function batchOf(userId: string, library: string): JsonObject[] {
    const now = new Date().toISOString()
    return KINDS.map((type) => ({
      type,
      userId,
      anonymousId: `${userId}-device`,
      messageId: randomUUID(),
      timestamp: now,
      context: { library: { name: library, version: '1.0.0' } },
      integrations: {},
      ...(type === 'track' ? { event: 'Order Completed', properties: { revenue: 20 } } : {}),
      ...(type === 'page' || type === 'screen' ? { name: 'Home', category: null, properties: {} } : {}),
      ...(type === 'identify' ? { traits: { plan: 'gold' } } : {}),
      ...(type === 'group' ? { groupId: 'acme', traits: { size: 3 } } : {}),
      ...(type === 'alias' ? { previousId: `${userId}-before` } : {}),
    }))
  }

  interface Form {
    readonly path: string
    readonly headers: Record<string, string>
    /** besides the events */
    readonly body: JsonObject
    readonly packed?: true
    readonly chunked?: true
  }

  const forms: readonly (readonly [string, () => Form])[] = [
    [
      "Segment's for PHP (curl)",
      () => ({
        path: '/v1/batch',
        headers: { authorization: basic(server.keys.writeKey), 'content-type': 'application/json' },
        body: { sentAt: new Date(Date.now() + 1_000).toISOString().replace(/\.\d+Z$/, '+00:00') },
        packed: true,
      }),
    ],
    [
      "Segment's for Ruby",
      () => ({
        path: '/v1/import',
        headers: { authorization: basic(server.keys.writeKey), 'content-type': 'application/json' },
        body: { sentAt: new Date().toISOString() },
      }),
    ],
    [
      "Segment's for .NET",
      () => ({
        path: '/v1/import',
        headers: { authorization: basic(server.keys.writeKey), 'content-type': 'application/json' },
        body: { context: { library: { name: 'Analytics.NET', version: '3.8.1' } }, messageId: randomUUID() },
        packed: true,
      }),
    ],
    [
      "Segment's for C#",
      () => ({
        path: '/v1/b',
        headers: { authorization: basic(server.keys.writeKey), 'content-type': 'text/plain; charset=utf-8' },
        body: { writeKey: server.keys.writeKey, sentAt: new Date().toISOString() },
      }),
    ],
    [
      "Segment's for Swift",
      () => ({
        path: '/v1/b',
        headers: { 'content-type': 'application/json; charset=utf-8', 'accept-encoding': 'gzip' },
        body: { writeKey: server.keys.writeKey, sentAt: new Date().toISOString() },
      }),
    ],
    [
      "Segment's for Kotlin",
      () => ({
        path: '/v1/b',
        headers: { 'content-type': 'text/plain' },
        body: { writeKey: server.keys.writeKey, sentAt: new Date().toISOString() },
        packed: true,
        chunked: true,
      }),
    ],
  ]

  test.each(forms)('%s', async (name, make) => {
    const userId = fresh('wire')
    // made before it is sent: what is younger than its sending would lie ahead
    const batch = batchOf(userId, name)
    const { path, headers, body, packed, chunked } = make()
    const text = Buffer.from(JSON.stringify({ ...body, batch }))
    const bytes = new Uint8Array(packed === true ? gzipSync(text) : text)
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(packed === true ? { 'content-encoding': 'gzip' } : {}) },
      body: chunked === true ? new Blob([bytes]).stream() : bytes,
      duplex: 'half',
    } as RequestInit)
    expect(await answer.json()).toEqual({ success: true, accepted: KINDS.length })
    const after = Number(answer.headers.get('affluent-position'))
    const events = await server.events('user_id', userId, { after })
    expect(events.map(({ type }) => type).reverse()).toEqual(KINDS)
    expect((await server.profile('user_id', userId))?.traits).toEqual({ plan: 'gold' })
  })

  test('mobile clients, whose key stands in the body alone, may send as much as they do: 475 KB', async () => {
    const userId = fresh('mobile')
    const device = { id: 'd', manufacturer: 'Apple', model: 'iPhone17,2', name: 'iPhone', type: 'ios' }
    const context = {
      app: { build: '1', name: 'Shop', namespace: 'com.example.shop', version: '1.0' },
      device,
      locale: 'fr-FR',
      network: { bluetooth: false, cellular: false, wifi: true },
      os: { name: 'iOS', version: '26.1' },
      screen: { height: 844, width: 390 },
      timezone: 'Europe/Paris',
    }
    const events: JsonObject[] = []
    for (let bytes = 0; bytes < 460_000; ) {
      const event = {
        ...batchOf(userId, 'analytics-swift')[1],
        context,
        properties: { a: 1, b: true, c: 2.5, d: 'x' },
      }
      events.push(event)
      bytes += JSON.stringify(event).length + 1
    }
    const answer = await post('/v1/b', { writeKey: server.keys.writeKey, batch: events })
    expect(answer).toMatchObject({ status: 200, json: { accepted: events.length } })
  })
})
