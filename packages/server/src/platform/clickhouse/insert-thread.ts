import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { openClient } from '../engines/clickhouse/open-client.ts'
import { answerJobs } from '../threads/answer-jobs.ts'
import type { InsertJob } from './row-inserter.ts'

// The thread that sends rows to ClickHouse.

let client: ClickHouseClient | undefined

answerJobs(async ({ address, target, rows, token }: InsertJob) => {
  client ??= openClient(address)
  const { stream } = await client.exec({
    query: `insert into ${target} format RowBinary`,
    // bytes lose their class on the way between threads
    values: Readable.from(
      rows.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)),
      { objectMode: false },
    ),
    clickhouse_settings: { insert_deduplication_token: token, insert_deduplicate: 1 },
  })
  // an answer that is not read keeps its connection
  for await (const _ of stream) continue
})
