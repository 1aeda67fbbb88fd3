import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Database } from '../platform/database/connect.ts'
import { viewPipeline } from './pipeline-view.ts'

test('rows in ClickHouse are counted after the cursors are read: what is called loaded is among those stored', async () => {
  let rows = 0
  const query = async () => {
    // the loader brings a block in while PostgreSQL is being asked, and writes down that it did
    await pause(5)
    rows = 3
    return { rows: [{ accepted: 3, processed: 3, loaded: rows }] }
  }
  const database = { query } as unknown as Database
  const counts = await viewPipeline(database, 1, 0, async () => rows)
  expect(counts).toMatchObject({ loaded: 3, stored: 3 })
})
