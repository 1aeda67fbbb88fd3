import { readdir, readFile } from 'node:fs/promises'
import type { Pool } from 'pg'

const MIGRATION_LOCK = 4_731_001
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

/** The database was made by a newer Affluent. */
class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
}

/**
 * Brings the database to this version: numbered SQL files, each in a transaction of its own, under one lock, so that
 * processes that start together do not run them twice.
 * @param folder of the numbered files
 * @returns the names of the files that ran
 * @throws DatabaseTooNew when the database has migrations that this version does not know
 */
export async function migrate(pool: Pool, folder: URL): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => FILE.test(name)).sort()
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists migration (number int primary key, name text not null, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ number: number }>('select number from migration order by number')
    const done = new Set(rows.map((row) => row.number))
    refuseUnknown(done, files)
    const ran: string[] = []
    for (const file of files) {
      if (done.has(numberOf(file))) continue
      const sql = await readFile(new URL(file, folder), 'utf8')
      await client.query('begin')
      await client.query(sql)
      await client.query('insert into migration (number, name) values ($1, $2)', [numberOf(file), file])
      await client.query('commit')
      ran.push(file)
    }
    return ran
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined)
    client.release()
  }
}

function refuseUnknown(done: ReadonlySet<number>, files: readonly string[]): void {
  const known = new Set(files.map(numberOf))
  const unknown = [...done].filter((number) => !known.has(number))
  if (unknown.length === 0) return
  throw new DatabaseTooNew(
    `The database was made by a newer Affluent (migration ${unknown.join(', ')}): start that version, or restore a backup of before.`,
  )
}

function numberOf(file: string): number {
  return Number(file.slice(0, 4))
}
