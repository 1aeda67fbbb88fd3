import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { shortTemporaryRoot } from '../sockets/short-temporary-root.ts'

const PREFIX = 'affluent-ch-'

/**
 * Makes a private folder (mode 0700, random name) for the socket.
 * @returns its path, short enough for a unix socket
 */
export function makeSocketFolder(): string {
  return mkdtempSync(join(shortTemporaryRoot(), PREFIX))
}

/**
 * Remembers the socket folder in the data directory, and removes the one that a killed process left. Only for who
 * holds the data directory.
 */
export function noteSocketFolder(dataDir: string, folder: string): void {
  const note = join(dataDir, 'socket-folder')
  removeFormer(note)
  writeFileSync(note, folder, { mode: 0o600 })
}

function removeFormer(note: string): void {
  try {
    const folder = readFileSync(note, 'utf8')
    if (basename(folder).startsWith(PREFIX)) rmSync(folder, { recursive: true, force: true })
  } catch {
    // None, or not ours: a stale folder hurts nobody.
  }
}
