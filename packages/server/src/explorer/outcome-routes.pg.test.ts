import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import type { OutcomeAnswerEntry } from '@affluent/protocol/endpoints/outcomes'
import { REPLAY_OUTCOMES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const HOUR = 3_600_000
let numbers = 0
const unique = (what: string) => `${what}-${numbers++}`

const replay = (id: string, body: object = {}): Promise<Answer> =>
  server.write(`/v1/outcomes/${id}/replay`, 'POST', body)
const replayAll = (body: object): Promise<Answer> => server.write('/v1/outcomes/replay', 'POST', body)

async function newestOutcome(outcome: OutcomeAnswerEntry['outcome']): Promise<OutcomeAnswerEntry> {
  return (await server.outcomes(outcome))[0] as OutcomeAnswerEntry
}

async function eventAt(position: unknown): Promise<EventDetailAnswer['event']> {
  const answer = await server.read(`/v1/events/evt_${String(position)}`)
  expect(answer.status, answer.text).toBe(200)
  return (answer.json as unknown as EventDetailAnswer).event
}

test('a refused event is repaired and sent again, at the time when it happened', async () => {
  const userId = unique('u')
  await server.send('/v1/track', { userId, properties: { total: 5 } })
  const refused = await newestOutcome('refused')
  expect(refused).toMatchObject({ code: 'missing_event', replayedAt: null, replayedAs: null })

  const asItCame = await replay(refused.id)
  expect(asItCame).toMatchObject({ status: 400, json: { error: { code: 'missing_event', path: 'event' } } })
  expect((await newestOutcome('refused')).replayedAt).toBeNull()

  server.clockOffset += HOUR
  const repaired = await replay(refused.id, { event: { userId, event: 'Paid', properties: { total: 5 } } })
  expect(repaired.json).toMatchObject({ outcome: 'processed', events: 1, rejected: [], code: null })
  const { position } = repaired.json
  const event = await eventAt(position)
  expect(event).toMatchObject({
    ...{ type: 'track', name: 'Paid', source: 'website', isHistory: false, timestamp: refused.receivedAt },
    identifiers: [{ namespace: 'user_id', value: userId }],
  })
  expect(Date.parse(event.receivedAt)).toBeGreaterThanOrEqual(Date.parse(refused.receivedAt) + HOUR)
  expect(await server.profile('user_id', userId)).toMatchObject({ events: 1, lastSeen: refused.receivedAt })
  expect(await newestOutcome('refused')).toMatchObject({ replayedAs: position })

  const twice = await replay(refused.id, { event: { userId, event: 'Paid' } })
  expect(twice).toMatchObject({ status: 409, json: { error: { code: 'already_replayed' } } })
  expect(twice.text).toContain(String(position))
  const again = await replay(refused.id, { event: { userId, event: 'Paid' }, again: true })
  expect(again.json).toMatchObject({ outcome: 'processed' })
  await server.settle()
})

test('an event keeps its own time, whatever the clock of the client said; long ago is history', async () => {
  const sent = (hoursAgo: number) => ({
    ...{ type: 'track', userId: unique('u') },
    originalTimestamp: new Date(server.now() - (hoursAgo + 5) * HOUR).toISOString(),
    sentAt: new Date(server.now() - 5 * HOUR).toISOString(),
  })
  for (const [hoursAgo, isHistory] of [
    [2, false],
    [30, true],
  ] as const) {
    const event = sent(hoursAgo)
    const happened = server.now() - hoursAgo * HOUR
    await server.send('/v1/batch', { batch: [event] })
    const refused = await newestOutcome('refused')
    server.clockOffset += HOUR
    const answer = await replay(refused.id, { event: { ...event, event: 'Paid' } })
    const row = await eventAt(answer.json['position'])
    expect(Math.abs(Date.parse(row.timestamp) - happened)).toBeLessThan(5_000)
    expect(row.isHistory).toBe(isHistory)
  }
  // what came as history stays history
  await server.send('/v1/import?history=true', { batch: [{ type: 'track', userId: 'x' }] })
  const refused = await newestOutcome('refused')
  const answer = await replay(refused.id, { event: { type: 'track', userId: unique('u'), event: 'Paid' } })
  expect((await eventAt(answer.json['position'])).isHistory).toBe(true)
})

test('a conflict is quarantined again, unless the event has a messageId of its own; a copy cannot be sent again', async () => {
  const userId = unique('u')
  const messageId = unique('m')
  const event = (n: number) => ({ type: 'track', userId, event: 'Paid', messageId, properties: { n } })
  await server.sendAll([event(1)])
  await server.sendAll([event(2)])
  await server.sendAll([event(1)])
  await server.settle()
  const conflict = await newestOutcome('quarantined')
  const same = await replay(conflict.id)
  expect(same.json).toMatchObject({ outcome: 'quarantined', code: 'message_id_conflict', events: 1 })
  expect(same.json['message']).toContain('messageId of its own')
  const own = await replay(conflict.id, { event: { ...event(2), messageId: unique('m') }, again: true })
  expect(own.json).toMatchObject({ outcome: 'processed' })
  expect(await replay((await newestOutcome('duplicate')).id)).toMatchObject({
    status: 409,
    json: { error: { code: 'not_replayable' } },
  })
  expect((await server.settle()).quarantined).toBe(2)
})

test('a whole body is sent again: what is good of it is taken', async () => {
  const users = [unique('u'), unique('u')]
  const batch = [
    { type: 'track', userId: users[0], event: 'Paid' },
    { type: 'track', userId: 'x' },
    { type: 'track', userId: users[1], event: 'Paid', properties: { text: '🐝' } },
  ]
  const tooMany = Array.from({ length: 2_501 }, () => ({}))
  expect((await server.send('/v1/batch', { batch: tooMany })).status).toBe(413)
  const refused = await newestOutcome('refused')
  expect(refused.code).toBe('too_many_events')
  expect((await replay(refused.id)).json).toMatchObject({ error: { code: 'too_many_events' } })
  const answer = await replay(refused.id, { event: { batch, context: { app: 'till' } } })
  expect(answer.json).toMatchObject({ events: 2, rejected: [{ index: 1, code: 'missing_event' }] })
  const events = await server.events('user_id', users[1] as string, {
    after: answer.json['position'] as number,
  })
  expect(events).toMatchObject([
    { context: { app: 'till' }, properties: { text: '🐝' }, timestamp: refused.receivedAt },
  ])
})

test('many are sent again: tried first, in their order, once', async () => {
  const keys = await server.addWorkspace('many')
  const users = Array.from({ length: 20 }, () => unique('u'))
  for (const userId of users) await server.send('/v1/track', { userId, n: 1 }, { keys })
  for (let n = 0; n < 3; n++) await server.send('/v1/identify', { n }, { keys })
  await server.send('/v1/track', '{"half', { keys })
  const call = async (body: object) => (await server.write('/v1/outcomes/replay', 'POST', body, keys)).json
  // as if a rule that refused them had been wrong: they have a name now
  await server.database.query(
    `update outcome set raw = convert_to('{"event":"Paid",' || substr(convert_from(raw, 'UTF8'), 2), 'UTF8')
     where code = 'missing_event' and workspace_id = (select id from workspace where slug = 'many')`,
  )
  const filter = { code: 'missing_event', source: 'app' }
  expect(await call({ filter, dryRun: true })).toMatchObject({ matching: 20, replayed: 20, refusedAgain: 0 })
  expect(await server.pipeline(keys)).toMatchObject({ accepted: 0 })
  const [one, two] = await Promise.all([call({ filter }), call({ filter })])
  expect(Number(one['replayed']) + Number(two['replayed'])).toBe(20)
  expect(await call({ filter })).toMatchObject({ matching: 0, replayed: 0, refusedAgain: 0, cursor: null })
  expect(await call({ filter: {} })).toMatchObject({ matching: 4, replayed: 0, refusedAgain: 4 })
  expect(await server.settle(keys)).toMatchObject({ accepted: 20, stored: 20 })
  const feed = (await server.read('/v1/events?outcome=processed', { keys })).json['events'] as unknown as {
    identifiers: { value: string }[]
  }[]
  expect(feed.map(({ identifiers }) => identifiers[0]?.value)).toEqual(users.toReversed())
  const later = new Date(server.now() + HOUR).toISOString()
  expect(await call({ filter: { from: later } })).toMatchObject({ matching: 0 })
  expect(await call({ filter: { to: later } })).toMatchObject({ matching: 4 })
})

test('more than one part and one call takes are sent again by further calls', {
  timeout: 60_000,
}, async () => {
  const keys = await server.addWorkspace('lots')
  const count = REPLAY_OUTCOMES_MAX + 1
  await server.database.query(
    `insert into outcome (workspace_id, outcome, code, message, source_id, received_at, raw, type, after_position)
     select s.workspace_id, 'refused', 'missing_event', '', s.id, now(),
       convert_to('{"userId":"lots-' || n || '","event":"Paid","messageId":"lots-' || n || '"}', 'UTF8'), 'track', 0
     from source s, generate_series(1, $1) n where s.workspace_id = (select id from workspace where slug = 'lots')`,
    [count],
  )
  const call = async (body: object) => (await server.write('/v1/outcomes/replay', 'POST', body, keys)).json
  const first = await call({ filter: {} })
  expect(first).toMatchObject({ matching: count, replayed: REPLAY_OUTCOMES_MAX, refusedAgain: 0 })
  const second = await call({ filter: {}, cursor: first['cursor'] })
  expect(second).toMatchObject({ matching: 1, replayed: 1, cursor: null })
  expect(await server.settle(keys)).toMatchObject({ accepted: count, stored: count, duplicates: 0 })
})

test('outcomes are listed by code and source; what is not there is not', async () => {
  const list = async (query: string) =>
    (await server.read(`/v1/outcomes?${query}`)).json['outcomes'] as object[]
  const codes = (await list('code=missing_event')) as { code: string }[]
  expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(['missing_event']))
  expect((await list('source=website')).length).toBeGreaterThan(0)
  expect(await list('code=nothing')).toEqual([])
  expect((await server.read('/v1/outcomes?source=nowhere')).status).toBe(404)
  for (const id of ['0', '999999', 'x', '-1']) expect((await replay(id)).status).toBe(404)
  expect((await replayAll({ filter: { what: 1 } })).json).toMatchObject({ error: { code: 'unknown_field' } })
  expect((await replayAll({ filter: { from: 'yesterday' } })).json).toMatchObject({
    error: { path: 'filter.from' },
  })
  const keys = await server.addWorkspace('stranger')
  const refused = await newestOutcome('refused')
  expect((await server.write(`/v1/outcomes/${refused.id}/replay`, 'POST', {}, keys)).status).toBe(404)
})

test('nothing failed', () => {
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('what was repaired or dismissed is open no longer, in the list, the counts and a replay of all', async () => {
  const open = async () => (await server.read('/v1/outcomes/open')).json as Record<string, number>
  const listed = async (state: string) => {
    const { json } = await server.read(`/v1/events?handling=${state}&limit=100`)
    return (json as unknown as { events: EventDetailAnswer['event'][] }).events
  }
  const before = await open()
  const users = [unique('u'), unique('u'), unique('u')]
  for (const userId of users) await server.send('/v1/track', { userId })
  const [third, second, first] = (await server.outcomes('refused')).slice(0, 3) as OutcomeAnswerEntry[]
  expect(await open()).toEqual({ ...before, refused: Number(before['refused']) + 3 })
  expect(first?.handling).toEqual({ state: 'open', at: null, by: null, position: null })

  const event = { userId: users[0], event: 'Paid' }
  const { position } = (await replay(String(first?.id), { event })).json
  const aside = await server.write(`/v1/outcomes/${second?.id}/dismiss`, 'POST', {})
  expect(aside.json).toMatchObject({
    handling: { state: 'dismissed', by: 'AFFLUENT_API_KEY', position: null },
  })
  expect(await open()).toEqual({ ...before, refused: Number(before['refused']) + 1 })

  const states = new Map((await listed('open')).map(({ id, handling }) => [id, handling?.state]))
  expect(states.get(`out_${third?.id}`)).toBe('open')
  expect(states.has(`out_${first?.id}`) || states.has(`out_${second?.id}`)).toBe(false)
  expect((await listed('replayed')).find(({ id }) => id === `out_${first?.id}`)?.handling).toMatchObject({
    ...{ state: 'replayed', by: 'AFFLUENT_API_KEY', position },
  })
  expect((await listed('dismissed')).map(({ id }) => id)).toContain(`out_${second?.id}`)

  const dry = await replayAll({ filter: { code: 'missing_event' }, dryRun: true })
  const openNow = (await listed('open')).filter(({ code }) => code === 'missing_event')
  expect(dry.json).toMatchObject({ matching: openNow.length })

  await server.write(`/v1/outcomes/${second?.id}/dismiss`, 'POST', { dismissed: false })
  expect(await open()).toEqual({ ...before, refused: Number(before['refused']) + 2 })
  const unknown = await server.write('/v1/outcomes/999999999999/dismiss', 'POST', {})
  expect(unknown.status).toBe(404)
})

test('a copy has nothing to be done about', async () => {
  const body = { userId: unique('u'), event: 'Seen', messageId: unique('m') }
  await server.send('/v1/track', body)
  await server.send('/v1/track', body)
  await server.settle()
  const copy = await newestOutcome('duplicate')
  expect(copy.handling).toBeNull()
  expect((await server.write(`/v1/outcomes/${copy.id}/dismiss`, 'POST', {})).status).toBe(404)
})
