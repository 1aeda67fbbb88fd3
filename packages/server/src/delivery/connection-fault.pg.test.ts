import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

// longer than anything that looks for work waits
const REST_MS = 2_500

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function logged(): Promise<number> {
  const { rows } = await server.database.query<{ position: number }>(
    'select position from log_head where workspace_id = 1',
  )
  return Number(rows[0]?.position)
}

test('a filter that an older version took and this one does not understand stops its connection, and nothing else', async () => {
  const settings = { url: 'https://example.com/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'Shop', settings })
  const { id: destination } = made.json['destination'] as { id: string }
  const filter = { event: 'Order Completed' }
  const linked = await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination, filter })
  const { id } = linked.json['connection'] as { id: string }
  // one that still has current members to send
  await server.putAudience({ key: 'buyers', condition: { event: 'Order Completed' } })
  await server.audienceLive('buyers')
  const ofMembers = { from: { audience: 'buyers' }, destination, sendCurrentMembers: true, enabled: false }
  await server.write('/v1/connections', 'POST', ofMembers)
  await server.database.query(
    `update connection set filter = '{"event":"Order Completed","where":null}', enabled = true`,
  )
  // connections are read slowly, so that who reads them at the start does so at the same time
  await server.database.query('alter table connection rename to connection_kept')
  await server.database.query(
    'create view connection as select * from connection_kept where pg_sleep(0.2) is not null',
  )
  await server.halt()
  await server.start()
  await server.database.query('drop view connection; alter table connection_kept rename to connection')
  await server.sendAll([{ type: 'track', event: 'Order Completed', userId: 'buyer' }])
  await server.settle()
  expect((await server.profile('user_id', 'buyer'))?.events).toBe(1)
  const { json } = await server.read('/v1/connections')
  const error = expect.stringContaining('"where"')
  expect(json['connections']).toMatchObject([
    { id, enabled: true, error },
    { from: { audience: 'buyers' }, enabled: true, error },
  ])
  const told = () => server.log.filter(({ event }) => event === 'connection_not_understood')
  expect(told()).toHaveLength(2)
  // a command has the connections read anew, and what was said is not said again
  await server.putAudience({ key: 'others', condition: { event: 'Viewed' } })
  await server.audienceLive('others')
  expect(told()).toHaveLength(2)
  // of members that cannot be sent nothing is written into the log
  await pause(REST_MS)
  const before = await logged()
  await pause(REST_MS)
  expect(await logged()).toBe(before)
  const fixed = await server.write(`/v1/connections/${id}`, 'PUT', { filter })
  expect(fixed.json['connection']).toMatchObject({ error: null })
})
