import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The narrow moments of a load into ClickHouse: its token has been noted, its rows have become a part. */
export const AIMS = ['token', 'part'] as const
export type Aim = (typeof AIMS)[number]

/** A part of `event` that an insert has just made; merges make others, and `profile_map` has no months. */
const NEW_PART = /^\d{6}_(\d+)_\1_0$/
const TOKENS = /^deduplication_log_\d+\.txt$/

/**
 * Does something at the very moment in which ClickHouse takes a block: random moments hit the few milliseconds between an insert and its mark too seldom.
 * @param dataDir of a running server
 * @param shoot must be quick
 * @returns false when no such moment came within `ms`
 */
export async function aimAtLoad(dataDir: string, aim: Aim, ms: number, shoot: () => void): Promise<boolean> {
  const folders = await tableFolders(join(dataDir, 'clickhouse', 'store', 'store'))
  const watchers: FSWatcher[] = []
  try {
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      let shot = false
      for (const folder of folders) {
        const place = aim === 'part' ? folder : join(folder, 'deduplication_logs')
        const wanted = aim === 'part' ? NEW_PART : TOKENS
        const watcher = watch(place, (_, name) => {
          if (shot || name === null || !wanted.test(name)) return
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
async function tableFolders(store: string): Promise<string[]> {
  const folders: string[] = []
  for (const prefix of await readdir(store)) {
    for (const table of await readdir(join(store, prefix))) {
      const folder = join(store, prefix, table)
      if ((await readdir(folder)).includes('deduplication_logs')) folders.push(folder)
    }
  }
  return folders
}
