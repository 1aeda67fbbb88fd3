import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import type { JsonObject } from '@affluent/protocol/event'
import { BATCH_EVENTS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { head, readAnswer, sendRaw } from '../testing/raw-request.ts'
import {
  type Answer,
  basic,
  positionOf,
  request,
  startTestServer,
  type TestServer,
} from '../testing/test-server.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

/** A name that no other test uses. */
function fresh(word: string): string {
  return `${word}-${randomUUID()}`
}

function track(userId: string, more: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Tried', userId, ...more }
}

function isoAt(ms: number): string {
  return new Date(ms).toISOString()
}

/** What the pipeline counted meanwhile. */
async function countsOf(
  work: () => Promise<unknown>,
): Promise<{ stored: number; duplicates: number; quarantined: number }> {
  const before = await server.settle()
  await work()
  const after = await server.settle()
  return {
    stored: after.stored - before.stored,
    duplicates: after.duplicates - before.duplicates,
    quarantined: after.quarantined - before.quarantined,
  }
}

const hasCurl = spawnSync('curl', ['--url-query', 'a=b', '--version']).status === 0

describe('ways of giving the key and the body, with curl', () => {
  const ways: readonly (readonly [
    string,
    (keys: { writeKey: string }, body: string) => readonly string[],
  ])[] = [
    ['Basic with a colon', ({ writeKey }, body) => ['-u', `${writeKey}:`, '-d', body]],
    [
      'Basic without a colon',
      ({ writeKey }, body) => [
        '-H',
        `Authorization: Basic ${Buffer.from(writeKey).toString('base64')}`,
        '-d',
        body,
      ],
    ],
    ['Bearer', ({ writeKey }, body) => ['-H', `Authorization: Bearer ${writeKey}`, '-d', body]],
    ['in the query', ({ writeKey }, body) => ['--url-query', `writeKey=${writeKey}`, '-d', body]],
    ['in the body', ({ writeKey }, body) => ['-d', body.replace('{', `{"writeKey":"${writeKey}",`)]],
    [
      'in the body, as text/plain, as browsers do without a preflight',
      ({ writeKey }, body) => [
        '-H',
        'Content-Type: text/plain',
        '-d',
        body.replace('{', `{"writeKey":"${writeKey}",`),
      ],
    ],
    [
      'Basic, with a chunked body',
      ({ writeKey }, body) => ['-u', `${writeKey}:`, '-H', 'Transfer-Encoding: chunked', '-d', body],
    ],
    ['Basic, on HTTP/1.0', ({ writeKey }, body) => ['-0', '-u', `${writeKey}:`, '-d', body]],
  ]

  test.for(ways)('%s', async ([, argumentsOf], { skip }) => {
    if (!hasCurl) skip('needs the program curl, 7.87 or newer')
    const userId = fresh('curl')
    const body = JSON.stringify({ event: 'Tried', userId })
    const { stdout } = await promisify(execFile)('curl', [
      '-sS',
      '-i',
      ...argumentsOf(server.keys, body),
      `${server.url}/v1/track`,
    ])
    expect(stdout).toContain('HTTP/1.1 200')
    expect(stdout.trim().endsWith('{"success":true}')).toBe(true)
    const after = Number(/affluent-position: (\d+)/i.exec(stdout)?.[1])
    expect((await server.profile('user_id', userId, { after }))?.events).toBe(1)
  })
})

test("the short forms are the six calls, a batch and the SDK's own metrics", async () => {
  const userId = fresh('short')
  const bodies: readonly (readonly [string, JsonObject])[] = [
    ['i', { userId, traits: { plan: 'pro' } }],
    ['t', { userId, event: 'Tried' }],
    ['p', { userId, name: 'Home' }],
    ['s', { userId, name: 'Start' }],
    ['g', { userId, groupId: 'acme', traits: { size: 3 } }],
    ['a', { userId, previousId: `${userId}-visitor` }],
    ['b', { batch: [track(userId)] }],
  ]
  let after = 0
  for (const [path, body] of bodies) after = positionOf(await server.send(`/v1/${path}`, body))
  const events = await server.events('user_id', userId, { after })
  const types = events.map(({ type }) => type).reverse()
  expect(types).toEqual(['identify', 'track', 'page', 'screen', 'group', 'alias', 'track'])
  const profile = await server.profile('user_id', userId)
  expect(profile?.traits).toEqual({ plan: 'pro' })
  expect(profile?.identifiers.map(({ value }) => value)).toContain(`${userId}-visitor`)

  const before = await server.pipeline()
  const counted = await clientMetrics()
  const metrics = await request(`${server.url}/v1/m`, { method: 'POST', body: '{"series":[]}' })
  expect(metrics).toMatchObject({ status: 200, json: { success: true } })
  expect(await clientMetrics()).toBe(counted + 1)
  expect((await server.pipeline()).accepted).toBe(before.accepted)
})

async function clientMetrics(): Promise<number> {
  const { text } = await request(`${server.url}/metrics`)
  return Number(/^affluent_client_metrics_total (\d+)/m.exec(text)?.[1])
}

test('an import is history, in batches and as single events', async () => {
  const userId = fresh('import')
  const timestamp = '2021-03-04T05:06:07.000Z'
  await server.send('/v1/import', { batch: [track(userId, { timestamp })] })
  const answer = await server.send('/v1/import', track(userId, { timestamp }))
  expect(answer.json).toEqual({ success: true, accepted: 1 })
  const events = await server.events('user_id', userId, { after: positionOf(answer) })
  expect(events).toMatchObject([{ timestamp }, { timestamp }])
})

test('analytics-next gets its settings', async () => {
  const answer = await request(`${server.url}/v1/projects/${server.keys.writeKey}/settings`)
  expect(answer).toMatchObject({
    status: 200,
    json: {
      integrations: {
        'Segment.io': { apiKey: server.keys.writeKey, apiHost: `${new URL(server.url).host}/v1` },
      },
      plan: { track: { __default: { enabled: true } } },
    },
  })
  const wrong = await request(`${server.url}/v1/projects/wk_unknown_key/settings`)
  expect(wrong).toMatchObject({ status: 401, json: { code: 'invalid_write_key' } })
})

describe('the pixel', () => {
  const pixel = (type: string, data: string) =>
    request(`${server.url}/v1/pixel/${type}?data=${encodeURIComponent(data)}`)
  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')

  test('takes an event and answers a GIF that other origins may embed', async () => {
    const userId = fresh('pixel')
    const data = encode({ userId, event: 'Opened', writeKey: server.keys.writeKey, properties: { é: '✓' } })
    const answer = await pixel('track', data)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/gif')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(answer.text.startsWith('GIF89a')).toBe(true)
    const events = await server.events('user_id', userId, { after: positionOf(answer) })
    expect(events).toMatchObject([{ type: 'track', event: 'Opened', properties: { é: '✓' } }])
    expect(events[0]).not.toHaveProperty('writeKey')
  })

  test('keeps what it cannot read in quarantine, when it knows whose it is', async () => {
    const refused = (await server.pipeline()).refused
    const key = `&writeKey=${server.keys.writeKey}`
    for (const text of ['{"userId":', '[1]', '{"userId":"a"}']) {
      const answer = await request(`${server.url}/v1/pixel/track?data=${encode(text)}${key}`)
      expect(answer.status).toBe(400)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
    const outcomes = (await server.outcomes('refused')).slice(0, 3)
    expect(outcomes.map(({ code }) => code)).toEqual(['missing_event', 'not_an_object', 'invalid_json'])
    expect((await server.pipeline()).refused).toBe(refused + 3)
  })

  test('asks for data, and for a key', async () => {
    expect(await pixel('track', '')).toMatchObject({ status: 400, json: { code: 'empty_body' } })
    expect(await pixel('track', encode({ userId: 'a', event: 'b' }))).toMatchObject({
      status: 401,
      json: { code: 'missing_write_key' },
    })
  })
})

test('every answer of the collector carries CORS headers and none is a redirect', async () => {
  const { writeKey } = server.keys
  const authorization = basic(writeKey)
  const asked: readonly (readonly [number, string, RequestInit])[] = [
    [200, '/v1/track', { method: 'POST', body: JSON.stringify(track('cors')), headers: { authorization } }],
    [204, '/v1/track', { method: 'OPTIONS' }],
    [204, '/v1/pixel/track', { method: 'OPTIONS' }],
    [400, '/v1/track', { method: 'POST', body: '{', headers: { authorization } }],
    [400, '/v1/pixel/track', {}],
    [401, '/v1/batch', { method: 'POST', body: '{"batch":[]}' }],
    [401, '/v1/projects/unknown/settings', {}],
    [404, '/v1/pixel/unknown', {}],
    [404, '/v1/pixel/', {}],
    [404, '/v1/projects/unknown', {}],
    [405, '/v1/track', {}],
    [405, '/v1/batch', { method: 'PUT', body: '{}' }],
    [405, '/v1/pixel/track', { method: 'POST', body: '{}' }],
    [413, '/v1/batch', { method: 'POST', body: manyEvents(), headers: { authorization } }],
    [
      415,
      '/v1/batch',
      { method: 'POST', body: '<a/>', headers: { authorization, 'content-type': 'text/xml' } },
    ],
  ]
  for (const [status, path, init] of asked) {
    const origin = { origin: 'https://shop.example' }
    const answer = await request(`${server.url}${path}`, {
      ...init,
      headers: { ...origin, ...(init.headers as Record<string, string>) },
    })
    expect(answer.status, path).toBe(status)
    expect(answer.headers.get('access-control-allow-origin'), path).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials'), path).toBeNull()
    expect(answer.headers.get('access-control-expose-headers'), path).toContain('Retry-After')
  }
})

function manyEvents(): string {
  return JSON.stringify({ batch: Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => ({})) })
}

test('a read after the position of a write sees it', async () => {
  const userId = fresh('after')
  for (let count = 1; count <= 5; count++) {
    const answer = await server.send('/v1/track', track(userId))
    expect((await server.profile('user_id', userId, { after: positionOf(answer) }))?.events).toBe(count)
  }
  const after = positionOf(await server.send('/v1/track', track(userId)))
  expect(await server.events('user_id', userId, { after })).toHaveLength(6)
})

test('a position that is not there yet is waited for, and then said to be missing', async () => {
  const started = Date.now()
  const answer = await server.read('/v1/profiles/user_id:nobody?after=900000000')
  expect(answer).toMatchObject({ status: 503, json: { error: { code: 'not_ready' } } })
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(Date.now() - started).toBeGreaterThan(4_000)
  const wrong = await server.read('/v1/profiles/user_id:nobody?after=x')
  expect(wrong).toMatchObject({ status: 400, json: { error: { code: 'invalid_request', path: 'after' } } })
})

test('each event of a batch is judged by itself', async () => {
  const userId = fresh('verdict')
  const batch = [
    track(userId),
    { type: 'track', event: 'x' },
    track(userId),
    { type: 'wrong', userId },
    5,
    track(userId),
  ]
  const answer = await server.send('/v1/batch', { batch })
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    success: true,
    accepted: 3,
    rejected: [
      { index: 1, code: 'missing_user_id', message: expect.any(String), path: 'userId' },
      { index: 3, code: 'unknown_type', message: expect.stringContaining('identify, track'), path: 'type' },
      { index: 4, code: 'invalid_type', message: expect.any(String) },
    ],
  })
  expect((await server.profile('user_id', userId, { after: positionOf(answer) }))?.events).toBe(3)
})

test('a batch of which nothing can be taken is a 400 that says of each event why', async () => {
  const answer = await server.send('/v1/batch', { batch: [{ type: 'track', event: 'x' }, {}] })
  expect(answer).toMatchObject({
    status: 400,
    json: {
      success: false,
      code: 'all_events_rejected',
      rejected: [{ code: 'missing_user_id' }, { code: 'unknown_type' }],
    },
  })
})

describe('what a batch says for all its events', () => {
  test('becomes part of each, unless the event says otherwise', async () => {
    const userId = fresh('shared')
    const answer = await server.send('/v1/batch', {
      context: { locale: 'fr-FR', app: { name: 'shop' } },
      batch: [track(userId), track(userId, { context: { locale: 'de-DE' } })],
    })
    expect(await server.events('user_id', userId, { after: positionOf(answer) })).toMatchObject([
      { context: { locale: 'de-DE', app: { name: 'shop' } } },
      { context: { locale: 'fr-FR', app: { name: 'shop' } } },
    ])
  })

  test.each([
    ['too_deep', 400, `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['array_too_long', 400, `{"a":[${'1,'.repeat(1_000)}1]}`],
    ['too_many_keys', 400, `{${Array.from({ length: 2_001 }, (_, index) => `"${index}":1`).join(',')}}`],
    ['event_too_large', 413, `{"a":"${'é'.repeat(20_000)}"}`],
    ['forbidden_key', 400, '{"__proto__":{"polluted":1}}'],
    ['invalid_key', 400, '{"a\\u0001":1}'],
    ['number_out_of_range', 400, '{"a":1e999}'],
  ] as const)('has the bounds of an event: %s', async (code, status, context) => {
    const answer = await server.send(
      '/v1/batch',
      `{"context":${context},"batch":[{"type":"track","event":"a","userId":"b"}]}`,
    )
    expect(answer).toMatchObject({ status, json: { success: false, code } })
  })
})

test('of two batch keys the last wins, also when it is written with escapes', async () => {
  const userId = fresh('twice')
  const event = JSON.stringify(track(userId, { properties: { which: 'second' } }))
  const before = await server.pipeline()
  const answer = await server.send('/v1/batch', `{"batch":[1],"bat\\u0063h":[${event}]}`)
  expect(answer.json).toEqual({ success: true, accepted: 1 })
  const { rows } = await server.database.query<{ body: Buffer }>(
    'select body from log where last_position > $1',
    [before.accepted],
  )
  expect(Buffer.concat(rows.map(({ body }) => body)).includes(event)).toBe(true)
  expect(await server.events('user_id', userId, { after: positionOf(answer) })).toMatchObject([
    { properties: { which: 'second' } },
  ])
})

test('a number that no double holds is refused, since it would come back as null', async () => {
  for (const number of ['1e400', '-1E+999', '9'.repeat(400)]) {
    const answer = await server.send('/v1/identify', `{"userId":"huge","traits":{"x":[${number}]}}`)
    expect(answer).toMatchObject({ status: 400, json: { code: 'number_out_of_range', path: 'traits.x[0]' } })
  }
})

describe('copies', () => {
  test('the same batch twice counts once', async () => {
    const userId = fresh('copy')
    const batch = Array.from({ length: 10 }, (_, index) => track(userId, { messageId: `${userId}-${index}` }))
    const counts = await countsOf(async () => {
      await server.sendAll(batch)
      await server.sendAll(batch)
    })
    expect(counts).toEqual({ stored: 10, duplicates: 10, quarantined: 0 })
    expect(await server.events('user_id', userId)).toHaveLength(10)
    const outcomes = (await server.outcomes('duplicate')).filter(({ messageId }) =>
      messageId?.startsWith(userId),
    )
    expect(outcomes).toHaveLength(10)
  })

  test('the same messageId twice in one batch counts once', async () => {
    const event = track(fresh('pair'), { messageId: fresh('pair') })
    expect(await countsOf(() => server.sendAll([event, event]))).toEqual({
      stored: 1,
      duplicates: 1,
      quarantined: 0,
    })
  })

  test('the same messageId with another body is quarantined with its bytes', async () => {
    const messageId = fresh('conflict')
    const userId = fresh('conflict')
    const other = track(userId, { messageId, properties: { n: 2 } })
    const counts = await countsOf(async () => {
      await server.sendAll([track(userId, { messageId, properties: { n: 1 } })])
      await server.sendAll([other])
    })
    expect(counts).toEqual({ stored: 1, duplicates: 0, quarantined: 1 })
    const [outcome] = await server.outcomes('quarantined')
    expect(outcome).toMatchObject({ code: 'message_id_conflict', messageId })
    expect(JSON.parse(Buffer.from(outcome?.raw as string, 'base64').toString())).toEqual(other)
  })

  test('twenty connections at once keep one', async () => {
    const userId = fresh('sockets')
    const body = JSON.stringify(track(userId, { messageId: fresh('sockets') }))
    const bytes = head(
      'POST /v1/track HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: ${basic(server.keys.writeKey)}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    )
    const counts = await countsOf(async () => {
      const sockets = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1'))
      const answers = sockets.map((socket) => readAnswer(socket))
      for (const socket of sockets) socket.write(bytes + body)
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    })
    expect(counts).toEqual({ stored: 1, duplicates: 19, quarantined: 0 })
    expect((await server.profile('user_id', userId))?.events).toBe(1)
  })

  test.each([
    ['of the batch', (event: JsonObject, sentAt: string) => ['/v1/batch', { sentAt, batch: [event] }]],
    ['of the event', (event: JsonObject, sentAt: string) => ['/v1/track', { ...event, sentAt }]],
    [
      'of an event in a batch',
      (event: JsonObject, sentAt: string) => ['/v1/batch', { batch: [{ ...event, sentAt }] }],
    ],
  ] as const)('a second try with another sentAt %s is a copy', async (_, make) => {
    const event = track(fresh('retry'), { messageId: fresh('retry'), timestamp: isoAt(Date.now()) })
    const counts = await countsOf(async () => {
      for (const sentAt of [isoAt(Date.now()), isoAt(Date.now() + 5_000)]) {
        const [path, body] = make(event, sentAt)
        expect((await server.send(path as string, body)).status).toBe(200)
      }
    })
    expect(counts).toEqual({ stored: 1, duplicates: 1, quarantined: 0 })
  })

  test('a second try of analytics-next, which counts its tries in _metadata, is a copy', async () => {
    const event = track(fresh('retry'), { messageId: fresh('retry'), _metadata: { bundled: ['Segment.io'] } })
    const again = {
      ...event,
      sentAt: isoAt(Date.now() + 1_000),
      _metadata: { bundled: ['Segment.io'], retryCount: 2 },
    }
    const counts = await countsOf(async () => {
      await server.send('/v1/t', { ...event, sentAt: isoAt(Date.now()) })
      await server.send('/v1/t', again)
    })
    expect(counts).toEqual({ stored: 1, duplicates: 1, quarantined: 0 })
  })

  test('events without a messageId get one each and are never copies', async () => {
    const userId = fresh('no-id')
    const event = track(userId)
    const counts = await countsOf(() =>
      server.sendAll([event, event, { ...event, messageId: '' }, { ...event, messageId: null }]),
    )
    expect(counts).toEqual({ stored: 4, duplicates: 0, quarantined: 0 })
    const ids = (await server.events('user_id', userId)).map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(4)
    expect(ids.filter((id) => id === '' || id === null)).toEqual([])
  })
})

describe('time', () => {
  async function timeOf(
    event: JsonObject,
    batch: JsonObject = {},
  ): Promise<{ timestamp: number; receivedAt: number }> {
    const userId = fresh('time')
    const answer = await server.send('/v1/batch', { ...batch, batch: [track(userId, event)] })
    const [stored] = await server.events('user_id', userId, { after: positionOf(answer) })
    return {
      timestamp: Date.parse(stored?.['timestamp'] as string),
      receivedAt: Date.parse(stored?.['receivedAt'] as string),
    }
  }

  test.each([-HOUR_MS, HOUR_MS, 400 * DAY_MS])(
    'a clock that is wrong by %d ms is set right by sentAt',
    async (wrong) => {
      const client = Date.now() + wrong
      for (const field of ['timestamp', 'originalTimestamp']) {
        const { timestamp, receivedAt } = await timeOf(
          { [field]: isoAt(client - 5_000) },
          { sentAt: isoAt(client) },
        )
        expect(timestamp).toBe(receivedAt - 5_000)
      }
    },
  )

  test('sentAt of the event wins over that of the batch', async () => {
    const now = Date.now()
    const event = { timestamp: isoAt(now - 7_000), sentAt: isoAt(now) }
    const { timestamp, receivedAt } = await timeOf(event, { sentAt: isoAt(now + DAY_MS) })
    expect(timestamp).toBe(receivedAt - 7_000)
  })

  test('without sentAt the client is believed', async () => {
    const { timestamp } = await timeOf({ timestamp: '2024-02-29T12:00:00.5+02:00' })
    expect(isoAt(timestamp)).toBe('2024-02-29T10:00:00.500Z')
  })

  test('without any time it is the time of receipt', async () => {
    const { timestamp, receivedAt } = await timeOf({})
    expect(timestamp).toBe(receivedAt)
  })

  test('up to a day ahead is kept, more is set to the time of receipt with a warning', async () => {
    const ahead = Date.now() + DAY_MS - 60_000
    expect((await timeOf({ timestamp: isoAt(ahead) })).timestamp).toBe(ahead)
    const { timestamp, receivedAt } = await timeOf({ timestamp: isoAt(Date.now() + DAY_MS + 60_000) })
    expect(timestamp).toBe(receivedAt)
    const answer = await server.send(
      '/v1/track',
      track('ahead', { timestamp: isoAt(Date.now() + 2 * DAY_MS) }),
    )
    expect(answer.json).toMatchObject({ success: true, warnings: [{ code: 'clock_skew' }] })
  })
})

describe('people', () => {
  test('a visitor who says who she is stays one profile with both histories', async () => {
    const anonymousId = fresh('visitor')
    const userId = fresh('known')
    await server.sendAll([{ type: 'page', anonymousId, name: 'Home' }, track(userId)])
    const visitor = await waitForProfile('anonymous_id', anonymousId)
    expect(visitor.kind).toBe('visitor')
    const after = await server.sendAll([
      { type: 'identify', anonymousId, userId, traits: { email: `${userId}@example.com` } },
    ])
    const known = await server.profile('user_id', userId, { after })
    expect(known).toMatchObject({ kind: 'known', events: 3 })
    const names = (await server.events('anonymous_id', anonymousId, { after })).map(({ type }) => type)
    expect(names.sort((a, b) => String(a).localeCompare(String(b)))).toEqual(['identify', 'page', 'track'])
    expect(await idOf('anonymous_id', anonymousId)).toBe(known?.id)
    expect(await idOf('email', `${userId}@EXAMPLE.com`)).toBe(known?.id)
    // the id that was merged away answers with the survivor
    const byOldId = await server.read(`/v1/profiles/${visitor.id}`)
    expect(byOldId).toMatchObject({ status: 200, json: { profile: { id: known?.id } } })
    const ledger = await server.read(`/v1/profiles/${visitor.id}/ledger`)
    expect((ledger.json['ledger'] as { kind: string }[]).map(({ kind }) => kind)).toContain('merged')
  })

  test('an alias links a visitor to a user', async () => {
    const previousId = fresh('visitor')
    const userId = fresh('user')
    await server.sendAll([{ type: 'page', anonymousId: previousId }])
    const after = await server.sendAll([{ type: 'alias', previousId, userId }])
    expect(await idOf('anonymous_id', previousId, after)).toBe(await idOf('user_id', userId))
    expect((await server.profile('user_id', userId))?.events).toBe(2)
  })

  test('an alias links two user ids, which nothing else does', async () => {
    const [one, two] = [fresh('one'), fresh('two')]
    await server.sendAll([track(one), track(two)])
    const after = await server.sendAll([{ type: 'alias', previousId: one, userId: two }])
    expect(await idOf('user_id', one, after)).toBe(await idOf('user_id', two))
    expect((await server.profile('user_id', one))?.events).toBe(3)
  })

  test('an alias to itself and a circle of aliases leave one profile', async () => {
    const names = [fresh('a'), fresh('b'), fresh('c')] as const
    const [a, b, c] = names
    const links = [
      [a, a],
      [a, b],
      [b, c],
      [c, a],
      [b, a],
    ] as const
    const after = await server.sendAll([
      track(a),
      ...links.map(([previousId, userId]) => ({ type: 'alias', previousId, userId })),
    ])
    const ids = await Promise.all(names.map((name) => idOf('user_id', name, after)))
    expect(new Set(ids).size).toBe(1)
    expect((await server.profile('user_id', a))?.events).toBe(6)
  })

  test('the id of a profile stays the same', async () => {
    const userId = fresh('stable')
    const first = await idOf('user_id', userId, await server.sendAll([track(userId)]))
    for (let round = 0; round < 3; round++) {
      const after = await server.sendAll([
        { type: 'identify', userId, anonymousId: fresh('device'), traits: { round } },
      ])
      expect(await idOf('user_id', userId, after)).toBe(first)
    }
    expect(first).toMatch(/^prf_[a-z2-7]{13}$/)
  })

  test('an event with only junk identifiers is stored without a profile', async () => {
    const counts = await countsOf(async () => {
      const answer = await server.send('/v1/track', track('undefined', { anonymousId: 'null' }))
      expect(answer.json).toMatchObject({
        success: true,
        warnings: [{ code: 'suspicious_id' }, { code: 'suspicious_id' }],
      })
    })
    expect(counts).toEqual({ stored: 1, duplicates: 0, quarantined: 0 })
    expect(await server.profile('user_id', 'undefined')).toBeUndefined()
    expect(await server.profile('anonymous_id', 'null')).toBeUndefined()
  })

  test('a card alone is enough, and any namespace will do', async () => {
    const id = fresh('card')
    const externalIds = [{ type: 'prf_card', id }]
    const after = await server.sendAll([{ type: 'track', event: 'Ticket', context: { externalIds } }])
    expect((await server.profile('prf_card', id, { after }))?.events).toBe(1)
  })

  async function idOf(namespace: string, value: string, after?: number): Promise<string | undefined> {
    return (await server.profile(namespace, value, after === undefined ? {} : { after }))?.id
  }

  async function waitForProfile(namespace: string, value: string) {
    await server.settle()
    const profile = await server.profile(namespace, value)
    if (profile === undefined) throw new Error(`There is no profile ${namespace}:${value}.`)
    return profile
  }
})

describe('reading', () => {
  test.each([
    ['/v1/profiles/user_id:nobody', 404, 'not_found'],
    ['/v1/profiles/prf_aaaaaaaaaaaaa', 404, 'not_found'],
    ['/v1/profiles/prf_short', 404, 'not_found'],
    ['/v1/profiles/nonsense', 404, 'not_found'],
    ['/v1/profiles/:', 404, 'not_found'],
    ['/v1/profiles/user_id:', 404, 'not_found'],
    ['/v1/profiles/user_id:%00', 404, 'not_found'],
    ['/v1/profiles/user_id:%ff', 400, 'invalid_request'],
    ['/v1/profiles/%zz', 400, 'invalid_request'],
    ['/v1/profiles/user_id:nobody/events', 404, 'not_found'],
    ['/v1/profiles/user_id:nobody/ledger', 404, 'not_found'],
    ['/v1/profiles/user_id:nobody/why?audience=a', 404, 'not_found'],
    ['/v1/profiles?limit=0', 400, 'invalid_limit'],
    ['/v1/events?before=x', 400, 'invalid_request'],
    ['/v1/events/evt_1x', 404, 'not_found'],
    ['/v1/nothing', 404, 'not_found'],
    ['/v1/outcomes?outcome=kept', 400, 'invalid_request'],
    ['/nothing', 404, 'not_found'],
  ] as const)('%s answers %d %s', async (path, status, code) => {
    const answer = await sendRaw(
      server.port,
      head(`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${server.keys.apiKey}`),
    )
    expect(answer).toMatchObject({
      status,
      json: { error: { code, message: expect.any(String), id: expect.stringMatching(/^err_/) } },
    })
  })

  test('an identifier longer than any can be is not found, and the answer does not repeat it', async () => {
    const answer = await server.read(`/v1/profiles/user_id:${'x'.repeat(3_000)}`)
    expect(answer).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
    expect(answer.text.length).toBeLessThan(300)
  })

  test('pages of events meet without a gap or a double', async () => {
    const userId = fresh('pages')
    const timestamp = isoAt(Date.now())
    // many events of one time: the position decides
    const after = await server.sendAll(
      Array.from({ length: 25 }, (_, n) => track(userId, { timestamp, properties: { n } })),
    )
    const seen: unknown[] = []
    let query = `limit=7&after=${after}`
    for (let pages = 0; pages < 10; pages++) {
      const { json } = await server.read(`/v1/profiles/user_id:${userId}/events?${query}`)
      seen.push(...(json['events'] as JsonObject[]).map((event) => (event['properties'] as { n: number }).n))
      if (json['cursor'] === null) break
      query = `limit=7&cursor=${String(json['cursor'])}`
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => 24 - n))
  })

  test('a key reads and writes its own workspace only', async () => {
    const keys = await server.addWorkspace('neighbour')
    const userId = fresh('neighbour')
    const before = await server.pipeline()
    await server.sendAll([track(userId)], keys)
    const counts = await server.settle(keys)
    expect(counts).toMatchObject({ accepted: 1, stored: 1 })
    expect((await server.pipeline()).accepted).toBe(before.accepted)
    expect(await server.profile('user_id', userId)).toBeUndefined()
    const profile = await server.profile('user_id', userId, { keys })
    expect(profile?.events).toBe(1)
    expect((await server.read(`/v1/profiles/${profile?.id}`)).status).toBe(404)
    const crossed = await server.read('/v1/pipeline', { keys: { ...keys, apiKey: keys.writeKey } })
    expect(crossed).toMatchObject({ status: 403, json: { error: { code: 'wrong_key_kind' } } })
  })

  test('a body that no parser should follow is refused by the API too', async () => {
    const deep = `{"events":[{"type":"track","event":"x","userId":"a","p":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`
    expect(await simulate(deep)).toMatchObject({ status: 400, json: { error: { code: 'too_deep' } } })
    expect(await simulate('{')).toMatchObject({ status: 400, json: { error: { code: 'invalid_json' } } })
    expect(await simulate('')).toMatchObject({ status: 400, json: { error: { code: 'empty_body' } } })
    const odd = '{"events":[{"type":"track","event":"x","userId":"a","p":{"__proto__":1}}]}'
    expect(await simulate(odd)).toMatchObject({
      status: 400,
      json: { error: { code: 'forbidden_key', path: 'events[0].p.__proto__' } },
    })
  })

  function simulate(body: string): Promise<Answer> {
    return server.read('/v1/identity/simulate', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
  }
})

test('deduplication and profiles outlive restarts; after the window the same messageId is a new event', {
  timeout: 120_000,
}, async () => {
  const own = await startTestServer()
  try {
    const event = track('restarted', { messageId: 'restarted', properties: { n: 1 } })
    await own.sendAll([event])
    expect(await own.settle()).toMatchObject({ accepted: 1, stored: 1 })
    const first = await own.profile('user_id', 'restarted')

    own.clockOffset = 29 * DAY_MS
    await own.halt()
    await own.start()
    await own.sendAll([event])
    expect(await own.settle()).toMatchObject({ accepted: 2, stored: 1, duplicates: 1 })

    own.clockOffset = 31 * DAY_MS
    await own.halt()
    await own.start()
    await own.sendAll([event])
    expect(await own.settle()).toMatchObject({ accepted: 3, stored: 2, duplicates: 1 })
    const last = await own.profile('user_id', 'restarted')
    expect(last?.id).toBe(first?.id)
    expect(last?.events).toBe(2)
    expect(own.log.filter(({ level }) => level === 'error')).toEqual([])
  } finally {
    await own.stop()
  }
})

test('nothing failed meanwhile', async () => {
  await server.settle()
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
})
