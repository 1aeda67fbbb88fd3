import { connectDatabase, type Database } from '../database/connect.ts'
import { DatabaseWriter } from '../database/database-writer.ts'
import { isSuperuser } from '../database/is-superuser.ts'
import { migrate } from '../database/migrate.ts'
import type { Log } from '../observability/log.ts'
import { within } from '../observability/within.ts'
import type { Engines } from './engines.ts'
import { checkDurability } from './postgres/check-durability.ts'

const POOL_MAX = 20
const POOLS_CLOSE_MS = 300
const MIGRATIONS = new URL('../../../migrations/', import.meta.url)

/** Connections to PostgreSQL, by what they are for. */
export interface Pools {
  readonly database: Database
  readonly writer: DatabaseWriter
  readonly leasing: Database
  readonly listening: Database
}

/**
 * Connects to PostgreSQL, checks that it keeps what it commits, and migrates it.
 * @param closers closes the connections when the server ends
 * @throws Error with one sentence when this PostgreSQL cannot keep what is acknowledged
 */
export async function openPools(
  address: Engines['database'],
  log: Log,
  closers: (() => unknown)[],
): Promise<Pools> {
  const onError = (error: Error) => log.warn('database_connection_lost', { error })
  const database = connectDatabase(address, POOL_MAX, onError)
  const writer = new DatabaseWriter(address)
  const leasing = connectDatabase(address, 1, onError)
  const listening = connectDatabase(address, 1, onError)
  // a pool waits for connections that are in use, and a stop must not
  closers.push(() =>
    within(POOLS_CLOSE_MS, Promise.all([database.end(), writer.close(), leasing.end(), listening.end()])),
  )
  const faults = await checkDurability(database)
  if (faults.length > 0)
    throw new Error(`This PostgreSQL cannot keep what is acknowledged: ${faults.join(' ')}`)
  if (await isSuperuser(database))
    log.warn('database_role_is_superuser', {
      message:
        'Give Affluent a role of its own that owns its database and is no superuser (docs/operate.md).',
    })
  const ran = await migrate(database, MIGRATIONS)
  if (ran.length > 0) log.info('database_migrated', { migrations: ran })
  return { database, writer, leasing, listening }
}
