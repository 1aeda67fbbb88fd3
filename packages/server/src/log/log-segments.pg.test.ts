import { LOG_SEGMENT_MS_MAX } from '@affluent/protocol/limits'
import { afterEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { LogSegments } from './log-segments.ts'

let server: TestServer
afterEach(() => server.stop())

const countRows = async () =>
  (await server.database.query<{ rows: number }>('select count(*)::int as rows from log')).rows[0]?.rows

test('a spent segment is dropped whole, and one that is still needed stays', async () => {
  server = await startTestServer()
  const others = new LogSegments(server.database)
  await server.sendAll([{ type: 'track', event: 'First', userId: 'u1', messageId: 'm1' }])
  await server.settle()
  expect(await others.dropSpent()).toEqual([])

  server.clockOffset += LOG_SEGMENT_MS_MAX + 1
  await server.sendAll([{ type: 'track', event: 'Second', userId: 'u1', messageId: 'm2' }])
  await server.settle()
  expect(await countRows()).toBe(2)
  expect(await others.dropSpent()).toHaveLength(1)
  expect(await countRows()).toBe(1)

  // not loaded yet: must stay
  await server.database.query('update load_cursor set position = position - 1')
  await server.database.query('update log_segment set closed_at = now()')
  expect(await others.dropSpent()).toEqual([])
  await server.database.query('update load_cursor set position = position + 1')

  await server.halt()
  await server.start()
  await server.sendAll([{ type: 'track', event: 'Third', userId: 'u1', messageId: 'm3' }])
  expect(await server.settle()).toMatchObject({ accepted: 3, stored: 3 })
  expect(await server.events('user_id', 'u1')).toHaveLength(3)
})

test('after a restart copies are still known, before and after the filters are filled', async () => {
  server = await startTestServer()
  const events = Array.from({ length: 300 }, (_, index) => ({
    type: 'page',
    userId: 'u1',
    messageId: `m${index}`,
  }))
  await server.sendAll(events)
  await server.settle()
  await server.halt()
  await server.start()
  await server.sendAll(events.slice(0, 100))
  await server.settle()
  await server.sendAll(events.slice(100))
  expect(await server.settle()).toMatchObject({ accepted: 600, stored: 300, duplicates: 300 })
})
