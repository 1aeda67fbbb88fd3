import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectDatabase } from '@affluent/server/platform/database/connect'
import { findStores } from './read-kept.ts'

/**
 * The narrow moments of a load into ClickHouse: its token is being noted; its rows are in, and PostgreSQL does not know
 * yet.
 */
export const AIMS = ['token', 'mark'] as const
export type Aim = (typeof AIMS)[number]

const TOKENS = /^deduplication_log_\d+\.txt$/
const POLL_MS = 2
const INSERT_MS = 400

/**
 * Does something at a narrow moment of a load: random moments hit the few milliseconds between an insert and its mark
 * too seldom.
 * @param dataDir of a running server
 * @param shoot must be quick
 * @returns false when no such moment came within `ms`
 */
export function aimAtLoad(dataDir: string, aim: Aim, ms: number, shoot: () => void): Promise<boolean> {
  return aim === 'token' ? aimAtToken(dataDir, ms, shoot) : aimAtMark(dataDir, ms, shoot)
}

/** Sees the file of tokens change: the part gets its name at once after that. */
async function aimAtToken(dataDir: string, ms: number, shoot: () => void): Promise<boolean> {
  const watchers: FSWatcher[] = []
  try {
    const folders = await tokenFolders(join(dataDir, 'clickhouse', 'store', 'store'))
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      let shot = false
      for (const folder of folders) {
        const watcher = watch(folder, (_, name) => {
          if (shot || name === null || !TOKENS.test(name)) return
          shot = true
          shoot()
          clearTimeout(timer)
          resolve(true)
        })
        watcher.on('error', () => {})
        watchers.push(watcher)
      }
    })
  } finally {
    for (const watcher of watchers) watcher.close()
  }
}

/** Folders of the tables that drop repeated blocks. */
async function tokenFolders(store: string): Promise<string[]> {
  const folders: string[] = []
  for (const prefix of await readdir(store)) {
    for (const table of await readdir(join(store, prefix))) {
      const folder = join(store, prefix, table)
      if ((await readdir(folder)).includes('deduplication_logs'))
        folders.push(join(folder, 'deduplication_logs'))
    }
  }
  return folders
}

/** Holds the row of the load cursor while a block is under way, so that the block is inserted and cannot be marked. */
async function aimAtMark(dataDir: string, ms: number, shoot: () => void): Promise<boolean> {
  const deadline = performance.now() + ms
  const { postgres } = await findStores(dataDir)
  const database = connectDatabase(
    () => postgres,
    1,
    () => {},
  )
  try {
    const session = await database.connect()
    session.on('error', () => {}) // it dies with the server
    try {
      while (performance.now() < deadline) {
        await session.query('begin')
        const { rowCount } = await session.query(
          'select 1 from load_cursor where workspace_id = 1 and block_to is not null for update skip locked',
        )
        if (rowCount === 1) {
          await pause(INSERT_MS)
          shoot()
          return true
        }
        await session.query('rollback')
        await pause(POLL_MS)
      }
      return false
    } finally {
      session.release(true)
    }
  } catch {
    return false // the server was not up
  } finally {
    void database.end().catch(() => {})
  }
}
