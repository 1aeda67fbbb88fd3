import { randomUUID } from 'node:crypto'
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
