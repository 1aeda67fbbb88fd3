import { gzipSync } from 'node:zlib'
import type { JsonObject } from '@affluent/protocol/event'
import { BATCH_EVENTS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { positionOf, request, startTestServer, type TestServer } from '../testing/test-server.ts'

const IP = '203.0.113.77'
const CUT = '203.0.113.0'
const PROPERTIES = { amount: 1, seen: 'é' }

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

function track(anonymousId: string, more: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Seen', anonymousId, properties: PROPERTIES, ...more }
}

/** Everything that the server keeps of events, as text. */
async function kept(): Promise<string> {
  await server.settle()
  const [stored, outcomes, log] = [
    await server.askClickHouse<{ raw: string }>('select raw from event'),
    await server.database.query('select raw from outcome where raw is not null'),
    await server.database.query('select body from log'),
  ]
  const bytes = [...outcomes.rows, ...log.rows].map(({ raw, body }) =>
    ((raw ?? body) as Buffer).toString('latin1'),
  )
  return [...stored.map(({ raw }) => raw), ...bytes].join('\n')
}

test('the address in context.ip is cut on every way in, and is kept whole nowhere', async () => {
  const context = { ip: IP, locale: 'fr' }
  const single = await server.send('/v1/track', track('single', { context }))
  await server.send('/v1/batch', { batch: [track('item', { context }), track('plain')] })
  await server.send('/v1/batch', { batch: [track('common')], context })
  await server.send('/v1/import', { batch: [track('import', { context })] })
  const data = Buffer.from(JSON.stringify(track('pixel', { context }))).toString('base64')
  const query = `data=${encodeURIComponent(data)}&writeKey=${server.keys.writeKey}`
  expect((await request(`${server.url}/v1/pixel/track?${query}`)).status).toBe(200)
  // refused: an event, a body that is no JSON, one with too many events
  await server.send('/v1/batch', { batch: [{ type: 'nonsense', context }] })
  await server.send('/v1/batch', `{"batch":[{"context":{"ip" : "${IP}"}},`)
  const many = Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => ({ context }))
  await server.send('/v1/batch', gzipSync(JSON.stringify({ batch: many })), {
    headers: { 'content-encoding': 'gzip' },
  })
  const [refused] = (await server.outcomes('refused')).filter(({ code }) => code === 'unknown_type')
  const event = track('repaired', { context })
  const repaired = await server.write(`/v1/outcomes/${refused?.id}/replay`, 'POST', { event })
  expect(repaired.status, repaired.text).toBe(200)

  const after = Math.max(positionOf(single), Number(repaired.json['position']))
  for (const id of ['single', 'item', 'common', 'import', 'pixel', 'repaired']) {
    const [seen] = await server.events('anonymous_id', id, { after })
    expect(seen?.['context'], id).toEqual({ ip: CUT, locale: 'fr' })
    expect(seen?.['properties'], id).toEqual(PROPERTIES)
  }
  const all = await kept()
  expect(all).toContain(CUT)
  expect(all).not.toContain(IP)
})
