import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APP_ROLE, DATABASE_NAME } from './create-cluster.ts'
import { findRunning } from './postmaster-file.ts'
import type { PostgresEngine } from './start-postgres.ts'

/**
 * How to reach the PostgreSQL that another process of ours runs on a data directory.
 * @param dataDir Affluent's data directory
 * @returns undefined when none runs
 */
export async function findRunningPostgres(
  dataDir: string,
): Promise<PostgresEngine['connection'] | undefined> {
  const pointer = await readFile(join(dataDir, 'postgres.json'), 'utf8').catch(() => undefined)
  const folder =
    pointer === undefined ? join(dataDir, 'postgres') : (JSON.parse(pointer) as { folder: string }).folder
  const running = await findRunning(join(folder, 'cluster'))
  if (running === null) return undefined
  return {
    host: running.socketFolder,
    port: running.port,
    user: APP_ROLE,
    database: DATABASE_NAME,
    ssl: false,
  }
}
