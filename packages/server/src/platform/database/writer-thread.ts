import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { answerJobs } from '../threads/answer-jobs.ts'
import {
  type Client,
  connectDatabase,
  type Database,
  type DatabaseAddress,
  inTransaction,
} from './connect.ts'
import { packBytes } from './packed-bytes.ts'
import type { Rows, Statement, WriterJob } from './statement.ts'

// The thread that writes to PostgreSQL: transactions come as messages, so that their round trips do not wait for the
// thread that decides.

/** What every connection that saves batches needs, once. */
const SESSION_SQL = `
  create temporary table changed_fragment (id bigint not null, profile bigint not null, state text not null) on commit delete rows`
const CONNECTIONS_MAX = 6

let pool: Database | undefined
let address: DatabaseAddress | undefined

answerJobs(run)

async function run(job: WriterJob): Promise<Rows> {
  address = job.address
  pool ??= open()
  const [only] = job.statements
  if (job.statements.length === 1 && only?.kind === 'query') return runQuery(pool, only)
  return inTransaction(pool, async (client) => {
    let rows: Rows = []
    for (const statement of job.statements) {
      if (statement.kind === 'query') rows = await runQuery(client, statement)
      else await runCopy(client, statement)
    }
    return rows
  })
}

function open(): Database {
  // an idle connection that breaks is replaced at the next use
  return connectDatabase(
    () => address as DatabaseAddress,
    CONNECTIONS_MAX,
    () => {},
    SESSION_SQL,
  )
}

async function runQuery(
  on: Database | Client,
  statement: Extract<Statement, { kind: 'query' }>,
): Promise<Rows> {
  const { name, text, values, packed, mustChange } = statement
  const result = await on.query<Record<string, unknown>>({
    ...(name === undefined ? {} : { name }),
    text,
    values: values.map((value, index) =>
      asParameter(index === packed ? packBytes(value as Uint8Array) : value),
    ),
  })
  if (mustChange === true && result.rowCount === 0) {
    throw Object.assign(new Error('A statement that had to change a row changed none.'), {
      name: 'NothingChanged',
    })
  }
  return result.rows
}

/** Bytes lose their class on the way between threads. */
function asParameter(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? value.map(asParameter) : value
}

async function runCopy(
  client: pg.ClientBase,
  { target, rows }: Extract<Statement, { kind: 'copy' }>,
): Promise<void> {
  const stream = client.query(copyFrom(`copy ${target} from stdin`))
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject)
    stream.on('finish', resolve)
    stream.end(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
  })
}
