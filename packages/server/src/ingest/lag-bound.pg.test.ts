import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { AFFLUENT_LAG_MAX_SECONDS: '1' } })
})
afterAll(() => server.stop())

function send(userId: string, path = '/v1/track') {
  const event = { userId, type: 'track', event: 'Viewed', messageId: `m-${userId}` }
  return server.send(path, path === '/v1/batch' ? { batch: [event] } : event)
}

test('beyond the bound of lag events are answered with 429 until what waits is processed; then they are taken, and nothing is lost', async () => {
  const { json: before } = await server.read('/v1/pipeline')
  expect(before).toMatchObject({ lagMs: 0, lagMaxMs: 1_000 })
  // the processor cannot save
  const holder = await server.database.connect()
  try {
    await holder.query('begin; select from processor for update')
    expect((await send('first')).status).toBe(200)
    await expect
      .poll(async () => (await server.read('/v1/pipeline')).json['lagMs'], { timeout: 10_000 })
      .toBeGreaterThan(1_000)
    for (const path of ['/v1/track', '/v1/batch']) {
      const refused = await send('second', path)
      expect(refused.status).toBe(429)
      expect(refused.headers.get('retry-after')).toBe('5')
      expect(refused.json).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('wait') })
    }
    // what asks nothing of the processor goes on
    expect((await server.read('/v1/sources')).status).toBe(200)
    await holder.query('rollback')
  } finally {
    holder.release()
  }
  await expect.poll(async () => (await send('second')).status, { timeout: 10_000 }).toBe(200)
  await server.settle()
  for (const id of ['first', 'second']) expect((await server.profile('user_id', id))?.events).toBe(1)
  const { json: after } = await server.read('/v1/pipeline')
  expect(after).toMatchObject({ accepted: 2, processed: 2, refused: 0, lagMs: 0 })
})
