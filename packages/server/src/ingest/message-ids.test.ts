import { afterEach, expect, test, vi } from 'vitest'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import { MessageIds } from './message-ids.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const MARK = { id: '0123456789abcdef0123456789abcdef', fingerprint: 7, day: '2026-11-20' }
const LOST = new Error('connection lost')

const warned = vi.fn()
const log = { warn: warned } as unknown as Log

afterEach(() => warned.mockClear())

/** One day of ids, which no filter can be filled from; an id is found by looking it up. */
const database = {
  query: async (asked: string | { readonly name: string }) => {
    if (typeof asked !== 'string') return { rows: [{ id: MARK.id, fingerprint: MARK.fingerprint }] }
    if (asked.includes('pg_inherits')) return { rows: [{ name: 'message_id_2026_11_20' }] }
    throw LOST
  },
} as unknown as Database

test('a filter that cannot be filled is told, and its ids are looked up', async () => {
  const ids = new MessageIds(database, 3, log)
  await ids.open(NOW)
  await vi.waitFor(() => expect(warned).toHaveBeenCalled())
  expect(warned.mock.calls).toEqual([['message_ids_not_read', { workspace: 3, error: LOST }]])
  expect(await ids.find([MARK], NOW)).toEqual(new Map([[MARK.id, MARK.fingerprint]]))
})

test('a filter that is not wanted any more is not told of', async () => {
  const ids = new MessageIds(database, 3, log)
  await ids.open(NOW)
  ids.close()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(warned).not.toHaveBeenCalled()
})
