import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('a filter that an older version took and this one does not understand stops its connection, and nothing else', async () => {
  const settings = { url: 'https://example.com/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'Shop', settings })
  const { id: destination } = made.json['destination'] as { id: string }
  const filter = { event: 'Order Completed' }
  const linked = await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination, filter })
  const { id } = linked.json['connection'] as { id: string }
  await server.database.query(`update connection set filter = '{"event":"Order Completed","where":null}'`)
  await server.halt()
  await server.start()
  await server.sendAll([{ type: 'track', event: 'Order Completed', userId: 'buyer' }])
  await server.settle()
  expect((await server.profile('user_id', 'buyer'))?.events).toBe(1)
  const { json } = await server.read('/v1/connections')
  expect(json['connections']).toMatchObject([
    { id, enabled: true, error: expect.stringContaining('"where"') },
  ])
  const told = server.log.filter(({ event }) => event === 'connection_not_understood')
  expect(told).not.toHaveLength(0)
  const mended = await server.write(`/v1/connections/${id}`, 'PUT', { filter })
  expect(mended.json['connection']).toMatchObject({ error: null })
})
