import type { EventDetailAnswer, FeedAnswer } from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'
import { FEED_RAW_BYTES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

let numbers = 0
const unique = (what: string) => `${what}-${numbers++}`
const track = <More extends object>(userId: string, more?: More) => ({
  type: 'track',
  userId,
  event: 'Seen',
  ...more,
})

async function feed(query: Record<string, string | number> = {}): Promise<FeedAnswer> {
  const text = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) text.set(key, String(value))
  const answer = await server.read(`/v1/events?${text}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as unknown as FeedAnswer
}

/** All pages, newest first. */
async function wholeFeed(query: Record<string, string | number> = {}): Promise<EventRow[]> {
  const rows: EventRow[] = []
  let before: string | null = ''
  for (let pages = 0; before !== null; pages++) {
    const page: FeedAnswer = await feed({ ...query, ...(before === '' ? {} : { before }) })
    rows.push(...page.events)
    before = page.nextBefore
    expect(pages).toBeLessThan(2_000)
  }
  return rows
}

async function detail(id: string): Promise<EventDetailAnswer> {
  const answer = await server.read(`/v1/events/${id}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as unknown as EventDetailAnswer
}

/** Drops what is loaded from the log, as housekeeping does when a segment is old. */
async function dropLog(): Promise<void> {
  await server.settle()
  const { rows } = await server.database.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'log'::regclass",
  )
  for (const { name } of rows) await server.database.query(`delete from ${name}`)
}

describe('the feed', () => {
  test('an event is there as soon as it is acknowledged, with what it carries', async () => {
    const userId = unique('u')
    for (let round = 0; round < 20; round++) {
      const answer = await server.send('/v1/track', {
        ...{ userId, event: 'Order Completed', properties: { email: `${userId}@Example.com`, n: round } },
        timestamp: '2026-01-01T10:00:00.000Z',
      })
      const [row] = (await feed({ limit: 1 })).events
      expect(row).toMatchObject({
        id: `evt_${positionOf(answer)}`,
        position: positionOf(answer),
        type: 'track',
        name: 'Order Completed',
        source: 'website',
        timestamp: '2026-01-01T10:00:00.000Z',
        code: null,
        isBot: false,
        isHistory: true,
        identifiers: [
          { namespace: 'user_id', value: userId },
          { namespace: 'email', value: `${userId}@example.com` },
        ],
      })
      expect(['accepted', 'processed']).toContain(row?.outcome)
    }
    await server.settle()
    const { events } = await feed({ limit: 20 })
    const profile = await server.profile('user_id', userId)
    expect(events.every((row) => row.outcome === 'processed' && row.profileId === profile?.id)).toBe(true)
  })

  test('an event looks the same in the log and in ClickHouse', async () => {
    const userId = unique('u')
    const batch = [
      track(userId, { messageId: unique('m'), timestamp: '2026-02-01T10:00:00Z' }),
      { type: 'identify', userId, traits: { email: `${userId}@example.com` } },
      track(userId, { context: { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' } }),
      { type: 'page', anonymousId: unique('a'), name: 'Home' },
      track('null'),
    ]
    const position = await server.sendAll(batch)
    await server.profile('user_id', userId, { after: position })
    const early = await feed({ limit: batch.length })
    await server.settle()
    const late = await feed({ limit: batch.length })
    expect(late.events).toEqual(early.events)
    expect(late.events.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4].map((n) => position - n))
    expect(late.events.map(({ isBot }) => isBot)).toEqual([false, false, true, false, false])
    expect(late.events[0]?.profileId).toBeNull()
    expect(late.events[0]?.identifiers).toEqual([])
  })

  test('every outcome is there with its reason, before and after it is loaded', async () => {
    const userId = unique('u')
    const messageId = unique('m')
    const original = track(userId, { messageId })
    await server.sendAll([original])
    await server.send('/v1/track', { userId })
    await server.sendAll([original])
    await server.sendAll([track(userId, { messageId, properties: { n: 2 } })])
    await server.send('/v1/batch', { batch: [{ type: 'nothing', userId }, track(userId)] })
    await server.send('/v1/track', '{"userId":')
    const expected = [
      { outcome: 'refused', code: 'invalid_json', type: 'track', position: null, identifiers: [] },
      { outcome: 'processed', code: null, type: 'track' },
      {
        outcome: 'refused',
        code: 'unknown_type',
        type: null,
        identifiers: [{ namespace: 'user_id', value: userId }],
      },
      { outcome: 'quarantined', code: 'message_id_conflict', messageId },
      {
        outcome: 'duplicate',
        code: 'message_id_conflict',
        messageId,
        name: 'Seen',
        identifiers: [{ value: userId }],
      },
      { outcome: 'refused', code: 'missing_event', type: 'track' },
      { outcome: 'processed', code: null, messageId },
    ]
    const [, processed] = (await feed({ limit: 2 })).events
    await server.profile('user_id', userId, { after: processed?.position as number })
    expect((await feed({ limit: 7 })).events).toMatchObject(expected)
    await server.settle()
    expect((await feed({ limit: 7 })).events).toMatchObject(expected)
    for (const outcome of ['refused', 'quarantined', 'duplicate', 'processed'] as const) {
      const own = (await feed({ limit: 7, outcome, identifier: userId })).events
      const wanted = expected.filter((row) => row.outcome === outcome)
      // nothing but bytes that are no JSON came last: whose it was cannot be told
      const readable = wanted.filter(({ code }) => code !== 'invalid_json')
      expect(own.map(({ code }) => code)).toEqual(readable.map(({ code }) => code))
    }
    expect((await feed({ outcome: 'accepted' })).events).toEqual([])
  })

  test('pages go on without gap or double, over log and ClickHouse', async () => {
    const before = await feed({ limit: 1 })
    const sent: string[] = []
    for (let round = 0; round < 12; round++) {
      const batch = Array.from({ length: 7 }, () => ({ ...track(unique('u')), messageId: unique('m') }))
      await server.sendAll(batch)
      sent.push(...batch.map((event) => event.messageId))
      await server.send('/v1/track', { userId: unique('u') })
      await server.send('/v1/track', { userId: unique('u') })
      if (round === 5) await server.settle()
      if (round === 8) await server.sendAll(batch)
      const rows = await wholeFeed({ after: before.nextAfter, limit: 4 })
      const ids = rows.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      const own = rows.filter(({ outcome }) => outcome === 'processed' || outcome === 'accepted')
      const copies = rows.filter(({ outcome }) => outcome === 'duplicate').length
      const maybe = own.map(({ messageId }) => messageId as string).reverse()
      expect(new Set(maybe)).toEqual(new Set(sent))
      expect(maybe.length + copies).toBe(sent.length + (round >= 8 ? 7 : 0))
      expect(rows.filter(({ outcome }) => outcome === 'refused')).toHaveLength(2 * (round + 1))
    }
    await dropLog()
    const rows = await wholeFeed({ after: before.nextAfter, limit: 5 })
    expect(rows.filter(({ outcome }) => outcome === 'processed')).toHaveLength(84)
    expect(rows.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(7)
    expect(rows.filter(({ outcome }) => outcome === 'refused')).toHaveLength(24)
  })

  test('whoever follows sees each event once, refused ones too', async () => {
    let { nextAfter } = await feed({ limit: 1 })
    const seen: string[] = []
    const look = async () => {
      const page = await feed({ after: nextAfter })
      nextAfter = page.nextAfter
      expect(page.nextBefore).toBeNull()
      seen.push(...page.events.map(({ id }) => id).reverse())
      return page.events
    }
    expect(await look()).toEqual([])
    await server.send('/v1/track', { userId: 'x' })
    expect(await look()).toMatchObject([{ outcome: 'refused' }])
    expect(await look()).toEqual([])
    await server.send('/v1/track', { userId: 'x' })
    const position = await server.sendAll([track(unique('u')), track(unique('u'))])
    expect((await look()).map(({ position }) => position)).toEqual([position, position - 1, null])
    await server.settle()
    expect(await look()).toEqual([])
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('filters find in log and ClickHouse', async () => {
    const userId = unique('u')
    const name = unique('Opened')
    await server.sendAll([
      track(userId, { event: name }),
      track(unique('u'), { event: name }),
      { type: 'identify', userId, traits: { email: `Ann.${userId}@Example.com`, phone: '06 12 34 56 78' } },
      { type: 'screen', userId, name },
    ])
    const questions = [
      [{ name }, 3],
      [{ name, type: 'track' }, 2],
      [{ identifier: userId }, 3],
      [{ identifier: `user_id:${userId}`, type: 'identify' }, 1],
      [{ identifier: `ANN.${userId}@example.com` }, 1],
      [{ identifier: '06.12.34.56.78', type: 'identify' }, 1],
      [{ identifier: `email:${userId}` }, 0],
      [{ name, source: 'website' }, 3],
      [{ name: `${name}x` }, 0],
    ] as const
    for (const [query, count] of questions)
      expect((await wholeFeed({ ...query })).length, JSON.stringify(query)).toBe(count)
    await server.settle()
    for (const [query, count] of questions)
      expect((await wholeFeed({ ...query, limit: 1 })).length, JSON.stringify(query)).toBe(count)
    expect((await server.read('/v1/events?source=nowhere')).status).toBe(404)
    expect((await server.read('/v1/events?outcome=lost')).status).toBe(400)
    expect((await server.read('/v1/events?before=abc')).status).toBe(400)
    expect((await server.read('/v1/events?limit=0')).json).toMatchObject({ error: { code: 'invalid_limit' } })
  })

  test('of a large refused body the list shows the head, and the event all of it', async () => {
    const userId = unique('u')
    const body = JSON.stringify(track(userId, { properties: { text: 'x'.repeat(FEED_RAW_BYTES_MAX) } }))
    expect((await server.send('/v1/track', body)).status).toBe(413)
    const [row] = (await feed({ limit: 1 })).events
    expect(row).toMatchObject({
      ...{ outcome: 'refused', code: 'event_too_large', name: 'Seen', type: 'track' },
      ...{ identifiers: [], bytes: body.length },
    })
    expect(await detail(row?.id as string)).toMatchObject({
      event: { raw: body, identifiers: [{ value: userId }] },
    })
  })

  test('another workspace sees nothing of it', async () => {
    const keys = await server.addWorkspace('other')
    const answer = await server.read('/v1/events', { keys })
    expect(answer.json).toMatchObject({ events: [], head: 0, nextBefore: null })
    const [row] = (await feed({ limit: 1, outcome: 'processed' })).events
    expect((await server.read(`/v1/events/${row?.id}`, { keys })).status).toBe(404)
    const [refused] = (await feed({ limit: 1, outcome: 'refused' })).events
    expect((await server.read(`/v1/events/${refused?.id}`, { keys })).status).toBe(404)
  })
})

describe('one event', () => {
  test('tells what it caused: a merge, a membership, a profile', async () => {
    const anonymousId = unique('a')
    const userId = unique('u')
    const key = unique('vip')
    await server.putAudience({ key, name: 'VIP', condition: { trait: 'plan', op: 'equals', value: 'vip' } })
    await server.audienceLive(key)
    await server.sendAll([{ type: 'page', anonymousId }])
    await server.sendAll([track(userId)])
    const event = {
      ...{ type: 'identify', anonymousId, userId },
      traits: { plan: 'vip', firstName: 'Ann', lastName: 'Dupont' },
    }
    const position = await server.sendAll([event])
    await server.profile('user_id', userId, { after: position })
    const early = await detail(`evt_${position}`)
    await server.settle()
    const late = await detail(`evt_${position}`)
    for (const { event: row, ledger, audiences, deliveries, profile } of [early, late]) {
      expect(row).toMatchObject({ outcome: 'processed', position, outcomeId: null })
      expect(JSON.parse(row.raw as string)).toEqual(event)
      expect(ledger).toMatchObject([{ kind: 'merged', event: { position } }])
      expect(audiences).toMatchObject([{ audience: key, name: 'VIP', entered: true }])
      expect(deliveries).toEqual([])
      expect(profile).toMatchObject({ title: 'Ann Dupont', kind: 'known', id: row.profileId })
    }
    expect(late.event.isLoaded).toBe(true)
    await dropLog()
    expect(await detail(`evt_${position}`)).toEqual(late)
  })

  test('tells of one that was refused, quarantined or a copy', async () => {
    const userId = unique('u')
    const messageId = unique('m')
    await server.send('/v1/track', { userId })
    const original = await server.sendAll([track(userId, { messageId })])
    const copy = await server.sendAll([track(userId, { messageId })])
    const other = await server.sendAll([track(userId, { messageId, properties: { n: 1 } })])
    await server.settle()
    const refused = (await feed({ limit: 4 })).events.at(-1)
    expect(await detail(refused?.id as string)).toMatchObject({
      event: { outcome: 'refused', code: 'missing_event', raw: JSON.stringify({ userId }), position: null },
      ledger: [],
      profile: null,
    })
    expect((await detail(`evt_${original}`)).event.outcome).toBe('processed')
    expect((await detail(`evt_${copy}`)).event).toMatchObject({ outcome: 'duplicate', name: 'Seen' })
    const quarantined = (await detail(`evt_${other}`)).event
    expect(quarantined).toMatchObject({ outcome: 'quarantined', code: 'message_id_conflict' })
    const [outcome] = await server.outcomes('quarantined')
    expect(quarantined.outcomeId).toBe(outcome?.id)
    await dropLog()
    expect((await detail(`evt_${copy}`)).event).toMatchObject({
      outcome: 'duplicate',
      name: 'Seen',
      raw: null,
    })
    expect(JSON.parse((await detail(`evt_${other}`)).event.raw as string)).toMatchObject({
      properties: { n: 1 },
    })
  })

  test('is not there', async () => {
    for (const id of ['evt_999999', 'out_999999', 'evt_x', 'nothing', 'evt_0'])
      expect((await server.read(`/v1/events/${id}`)).json).toMatchObject({ error: { code: 'not_found' } })
    // a command has a position and is no event
    const put = await server.write('/v1/audiences', 'POST', {
      key: unique('vip'),
      condition: { trait: 'plan', op: 'equals', value: 'x' },
    })
    expect((await server.read(`/v1/events/evt_${positionOf(put)}`)).status).toBe(404)
  })

  test('nothing failed', () => {
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
