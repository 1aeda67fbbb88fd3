import { randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

function fresh(word: string): string {
  return `${word}-${randomUUID()}`
}

function isoAt(ms: number): string {
  return new Date(ms).toISOString()
}

function track(userId: string, more: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Tried', userId, ...more }
}

describe('the traits of an identify', () => {
  test.each([[null], [{}], [undefined]])('stand in context.traits where its own are %j', async (traits) => {
    const userId = fresh('context')
    const email = `${userId}@example.com`
    const answer = await server.send('/v1/identify', {
      ...{ userId, anonymousId: `${userId}-visitor`, traits },
      context: { traits: { email, firstName: 'Nora', plan: 'gold' } },
    })
    const profile = await server.profile('email', email, { after: positionOf(answer) })
    expect(profile?.traits).toEqual({ email, firstName: 'Nora', plan: 'gold' })
    await server.settle()
    const condition = {
      all: [
        { trait: 'plan', op: 'equals', value: 'gold' },
        { identifier: 'email', op: 'exists' },
      ],
    }
    const preview = await server.write('/v1/audiences/preview', 'POST', { condition })
    expect(preview.json['size']).toBeGreaterThan(0)
  })

  test('are not those of the context where it has its own, and a trait without a name is none', async () => {
    const userId = fresh('own')
    const answer = await server.send('/v1/identify', {
      ...{ userId, traits: { plan: 'pro', '': 'nameless' }, context: { traits: { plan: 'gold' } } },
    })
    expect(answer.json).toMatchObject({ success: true, warnings: [{ code: 'empty_key', path: 'traits' }] })
    const profile = await server.profile('user_id', userId, { after: positionOf(answer) })
    expect(profile?.traits).toEqual({ plan: 'pro' })
  })
})

test('events of different people under a placeholder of a messageId are all kept, and the sender is told', async () => {
  const before = await server.settle()
  for (const messageId of ['undefined', '  ', '[object Object]', '0']) {
    for (const userId of [fresh('one'), fresh('two')]) {
      const answer = await server.send('/v1/track', track(userId, { messageId }))
      expect(answer.json).toMatchObject({ warnings: [{ code: 'suspicious_id', path: 'messageId' }] })
      const [event] = await server.events('user_id', userId, { after: positionOf(answer) })
      expect(event?.['messageId']).toMatch(/^affluent-/)
    }
  }
  const after = await server.settle()
  expect(after.stored - before.stored).toBe(8)
  expect(after.quarantined).toBe(before.quarantined)
})

describe('a copy', () => {
  const event = '"userId":"u","event":"Order Completed","properties":{"revenue":50,"by":"é"}'

  async function countsOf(bodies: readonly (readonly [path: string, body: string])[]) {
    const before = await server.settle()
    for (const [path, body] of bodies) expect((await server.send(path, body)).status).toBe(200)
    const after = await server.settle()
    const { stored, duplicates, quarantined } = before
    return {
      stored: after.stored - stored,
      duplicates: after.duplicates - duplicates,
      quarantined: after.quarantined - quarantined,
    }
  }

  test('is told by what it means, however its JSON is written and whichever way it comes', async () => {
    const messageId = `"messageId":"${fresh('m')}"`
    const counts = await countsOf([
      ['/v1/track', `{${event},${messageId}}`],
      ['/v1/track', `{${messageId},${event}}`],
      ['/v1/track', `{ ${event.replace('50', '50.0').replace('é', '\\u00e9')}, ${messageId} }`],
      ['/v1/track', `{"type":"track","writeKey":"${server.keys.writeKey}",${event},${messageId}}`],
      ['/v1/track', `{"sentAt":"${isoAt(Date.now())}",${event},${messageId},"_metadata":{"retryCount":1}}`],
      ['/v1/batch', `{"batch":[{"type":"track",${event},${messageId}}]}`],
    ])
    expect(counts).toEqual({ stored: 1, duplicates: 5, quarantined: 0 })
  })

  test('is none with another meaning: that is quarantined', async () => {
    const messageId = `"messageId":"${fresh('m')}"`
    const counts = await countsOf([
      ['/v1/track', `{${event},${messageId}}`],
      ['/v1/track', `{${event.replace('50', '"50"')},${messageId}}`],
      ['/v1/page', `{${event},${messageId}}`],
    ])
    expect(counts).toEqual({ stored: 1, duplicates: 0, quarantined: 2 })
  })

  test('of an event that came before an upgrade is told by its bytes, and one with an address of its own is one', async () => {
    const bodies = [event, `"context":{"ip":"203.0.113.77"},${event}`].map(
      (content) => `{${content},"messageId":"${fresh('m')}"}`,
    )
    await countsOf(bodies.map((body) => ['/v1/track', body]))
    for (const body of bodies) {
      const { messageId } = JSON.parse(body) as { messageId: string }
      // what the version before had written
      const fingerprint = crc32(body) * 2 ** 16 + Buffer.byteLength(body)
      const { rowCount } = await server.database.query(
        'update message_id set fingerprint = $2 where id = md5($1)::uuid',
        [messageId, fingerprint],
      )
      expect(rowCount).toBe(1)
    }
    expect(await countsOf(bodies.map((body) => ['/v1/track', body]))).toMatchObject({ duplicates: 2 })
    const others = bodies.map((body) => body.replace('50', '51'))
    expect(await countsOf(others.map((body) => ['/v1/track', body]))).toMatchObject({ quarantined: 1 })
  })
})

test('an empty key is kept in the event, and the sender is told', async () => {
  const userId = fresh('nameless')
  const properties = { '': 1, a: { '': { b: 2 } }, b: 3 }
  const answer = await server.send('/v1/track', track(userId, { properties }))
  expect(answer.json).toMatchObject({
    success: true,
    warnings: [{ code: 'empty_key' }, { code: 'empty_key' }],
  })
  const [event] = await server.events('user_id', userId, { after: positionOf(answer) })
  expect(event?.['properties']).toEqual(properties)
})

describe('the time of an event', () => {
  async function timeOf(path: string, event: JsonObject): Promise<{ time: number; received: number }> {
    const userId = fresh('time')
    const answer = await server.send(path, { batch: [track(userId, event)] })
    const [seen] = await server.events('user_id', userId, { after: positionOf(answer) })
    return {
      time: Date.parse(String(seen?.['timestamp'])),
      received: Date.parse(String(seen?.['receivedAt'])),
    }
  }

  test('by a telephone of the Buddhist calendar is corrected by its time of sending', async () => {
    const ahead = (ms: number) =>
      isoAt(Date.now() + ms).replace(/^\d{4}/, (year) => String(Number(year) + 543))
    const { time, received } = await timeOf('/v1/batch', { timestamp: ahead(-MINUTE_MS), sentAt: ahead(0) })
    expect(Math.abs(received - MINUTE_MS - time)).toBeLessThan(1_000)
  })

  test('of an archive is as given, though it says when it was sent', async () => {
    const archived = {
      ...{ originalTimestamp: '2026-09-01T10:00:00.000Z', timestamp: '2026-09-01T10:00:00.100Z' },
      ...{ sentAt: '2026-09-01T10:00:01.000Z', receivedAt: '2026-09-01T10:00:01.100Z' },
    }
    expect((await timeOf('/v1/import', archived)).time).toBe(Date.parse(archived.timestamp))
    // also when it was refused and is repaired
    const userId = fresh('repaired')
    await server.send('/v1/import', { batch: [{ type: 'track', userId, ...archived }] })
    const [refused] = await server.outcomes('refused')
    const event = track(userId, archived)
    const answer = await server.write(`/v1/outcomes/${refused?.id}/replay`, 'POST', { event })
    const [seen] = await server.events('user_id', userId, { after: Number(answer.json['position']) })
    expect(seen?.['timestamp']).toBe(archived.timestamp)
  })
})

describe('history', () => {
  async function isHistory(path: string, event: JsonObject): Promise<unknown> {
    const answer = await server.send(path, { batch: [track(fresh('history'), event)] })
    const position = positionOf(answer)
    await server.read(`/v1/profiles/user_id:nobody?after=${position}`)
    const read = await server.read(`/v1/events/evt_${position}`)
    return (read.json['event'] as JsonObject)['isHistory']
  }

  test('is what is older than a day on every path, and all of a request that says so', async () => {
    const yesterday = { timestamp: isoAt(Date.now() - 25 * HOUR_MS) }
    expect(await isHistory('/v1/batch', {})).toBe(false)
    expect(await isHistory('/v1/batch', yesterday)).toBe(true)
    expect(await isHistory('/v1/import', {})).toBe(false)
    expect(await isHistory('/v1/import?history=false', {})).toBe(false)
    expect(await isHistory('/v1/import', yesterday)).toBe(true)
    expect(await isHistory('/v1/import?history=true', {})).toBe(true)
  })

  test('is asked for in so many words', async () => {
    const answer = await server.send('/v1/import?history=yes', { batch: [track('a')] })
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request', path: 'history' } })
  })
})
