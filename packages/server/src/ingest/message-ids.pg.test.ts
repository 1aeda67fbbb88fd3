import { afterEach, expect, test } from 'vitest'
import { dayOf } from '../platform/database/day-of.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
afterEach(() => server.stop())

test('a day of messageIds that was dropped under a running processor is made again, and no event is quarantined for it', async () => {
  server = await startTestServer()
  await server.sendAll([{ type: 'page', userId: 'u1', messageId: 'before' }])
  await server.settle()
  await server.database.query(`drop table message_id_${dayOf(server.now()).replaceAll('-', '_')}`)
  await server.sendAll([{ type: 'page', userId: 'u1', messageId: 'after' }])
  await server.sendAll([{ type: 'page', userId: 'u1', messageId: 'after' }])
  expect(await server.settle()).toMatchObject({ stored: 2, duplicates: 1, quarantined: 0 })
})
