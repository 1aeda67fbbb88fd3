import { hostname } from 'node:os'
import pg from 'pg'

export type Database = pg.Pool
export type Client = pg.PoolClient
/** What reads: the pool, or one connection where several queries must see the same state. */
export type Reader = Pick<Client, 'query'>

/** bigint columns are positions and dense numbers, all below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const TEXT_ARRAY = 1009
const BIGINT_ARRAY = 1016
const { getTypeParser, setTypeParser } = pg.types as unknown as {
  getTypeParser(oid: number): (text: string) => string[]
  setTypeParser(oid: number, parse: (text: string) => unknown): void
}
const parseTextArray = getTypeParser(TEXT_ARRAY)
setTypeParser(BIGINT_ARRAY, (text) => parseTextArray(text).map(Number))

/** Where PostgreSQL is: an embedded one by its socket folder, or a customer's by URL. */
export type DatabaseAddress =
  | {
      readonly host: string
      readonly port: number
      readonly user: string
      readonly database: string
      readonly ssl: false
    }
  | { readonly url: string }

/**
 * Said when connecting, so that every session has it from its first statement. What a processor reads and writes are
 * rows by key, thousands among millions; a plan made while tables were small would read them whole for ever.
 */
const SESSION_OPTIONS = [
  '-c synchronous_commit=on',
  '-c timezone=UTC',
  // a process that is put to sleep in the middle of a transaction must not hold up the others with its locks
  '-c idle_in_transaction_session_timeout=10000',
  '-c enable_seqscan=off',
  '-c enable_hashjoin=off',
  '-c enable_mergejoin=off',
  '-c enable_material=off',
].join(' ')

/**
 * What the sessions of one process are called in PostgreSQL, all the same: so that another can end them when this one
 * sleeps.
 */
const PROCESS_NAME = `affluent ${process.pid} ${hostname()}`

/**
 * A pool of connections. An idle connection that breaks is reported and replaced; without that listener it would end
 * the process.
 * @param address asked for each new connection: an embedded PostgreSQL that was started again has another socket
 * @param max connections at most
 * @param onError told of idle connections that broke
 * @param options.sessionSql run once on each new connection, before its first use
 * @param options.pipeline whether statements are sent before those before them are answered
 */
export function connectDatabase(
  address: () => DatabaseAddress,
  max: number,
  onError: (error: Error) => void,
  { sessionSql, pipeline = false }: { readonly sessionSql?: string; readonly pipeline?: boolean } = {},
): Database {
  class AddressedClient extends pg.Client {
    constructor(config: pg.ClientConfig) {
      const now = address()
      super({ ...config, ...('url' in now ? { connectionString: now.url } : now) })
    }
  }
  const pool = new pg.Pool({
    Client: AddressedClient as unknown as NonNullable<pg.PoolConfig['Client']>,
    max,
    application_name: PROCESS_NAME,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    options: SESSION_OPTIONS,
    pipeline,
    ...(sessionSql === undefined ? {} : { onConnect: (client: pg.ClientBase) => client.query(sessionSql) }),
  } as pg.PoolConfig)
  // a connection that breaks while it is lent out tells its query, or the next one; without a listener it would end the
  // process
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', (error) => {
    // a pool that is being closed does not wait for its connections
    if (!pool.ending) onError(error)
  })
  return pool
}

/**
 * Runs `work` in one transaction on one connection; a connection that broke is thrown away.
 * @throws what `work` threw, after the rollback
 */
export async function inTransaction<T>(pool: Database, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
