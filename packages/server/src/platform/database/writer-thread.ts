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
import { asInsert } from './small-copy.ts'
import type { Rows, Statement, WriterJob } from './statement.ts'

// The thread that writes to PostgreSQL: transactions come as messages, so that their round trips do not wait for the
// thread that decides.

/** What every connection that saves batches needs, once. */
const SESSION_SQL = `
  create temporary table changed_fragment (id bigint not null, profile bigint not null, state text not null) on commit delete rows`
const CONNECTIONS_MAX = 6
const DIVISION_BY_ZERO = '22012'

type Query = Extract<Statement, { kind: 'query' }>

let pool: Database | undefined
let pipelined: Database | undefined
let address: DatabaseAddress | undefined

answerJobs(run)

async function run(job: WriterJob): Promise<Rows> {
  address = job.address
  pool ??= open()
  const [only] = job.statements
  if (job.statements.length === 1 && only?.kind === 'query') return runQuery(pool, only)
  const queries = asQueries(job.statements)
  if (queries !== undefined) return runTogether((pipelined ??= openPipelined()), queries)
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
    { sessionSql: SESSION_SQL },
  )
}

function openPipelined(): Database {
  return connectDatabase(
    () => address as DatabaseAddress,
    CONNECTIONS_MAX,
    () => {},
    { pipeline: true },
  )
}

/** Undefined: one of them is a COPY of many rows. */
function asQueries(statements: readonly Statement[]): Query[] | undefined {
  const queries: Query[] = []
  for (const statement of statements) {
    const query = statement.kind === 'copy' ? asInsert(statement) : statement
    if (query === undefined) return undefined
    queries.push(query.mustChange === true ? failingUnlessItChanges(query) : query)
  }
  return queries
}

/**
 * A transaction in one round trip. When a statement fails, those behind it and the commit are on their way already:
 * PostgreSQL refuses them and rolls back.
 */
async function runTogether(on: Database, queries: readonly Query[]): Promise<Rows> {
  const client = await on.connect()
  const answers = await Promise.allSettled([
    client.query('begin'),
    ...queries.map((query) => runQuery(client, query)),
    client.query('commit'),
  ])
  const failed = answers.find((answer) => answer.status === 'rejected')
  client.release(failed !== undefined)
  if (failed !== undefined) throw isDivisionByZero(failed.reason) ? nothingChanged() : failed.reason
  const last = answers.at(-2) as PromiseFulfilledResult<Rows>
  return last.value
}

/** The commit does not wait for what a statement has changed, so that a statement that changed nothing must fail. */
function failingUnlessItChanges({ kind, name, text, values }: Query): Query {
  return {
    kind,
    ...(name === undefined ? {} : { name: `${name} or fail` }),
    text: `with changed as (${text} returning 1) select 1 / count(*) from changed`,
    values,
  }
}

function isDivisionByZero(error: unknown): boolean {
  return (error as { code?: unknown }).code === DIVISION_BY_ZERO
}

function nothingChanged(): Error {
  return Object.assign(new Error('A statement that had to change a row changed none.'), {
    name: 'NothingChanged',
  })
}

async function runQuery(
  on: Database | Client,
  { name, text, values, packed, mustChange }: Query,
): Promise<Rows> {
  const result = await on.query<Record<string, unknown>>({
    ...(name === undefined ? {} : { name }),
    text,
    values: values.map((value, index) =>
      asParameter(index === packed ? packBytes(value as Uint8Array) : value),
    ),
  })
  if (mustChange === true && result.rowCount === 0) {
    throw nothingChanged()
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
  { target, rows, isBinary }: Extract<Statement, { kind: 'copy' }>,
): Promise<void> {
  const format = isBinary === true ? ' with (format binary)' : ''
  const stream = client.query(copyFrom(`copy ${target} from stdin${format}`))
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject)
    stream.on('finish', resolve)
    stream.end(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
  })
}
