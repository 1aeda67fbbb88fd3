import { chown, lstat, mkdtemp, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { shortTemporaryRoot } from '../sockets/short-temporary-root.ts'
import type { RunIdentity } from './run-identity.ts'
import { canUseFolder } from './run-identity.ts'

/** The port that names the socket file; nothing listens on TCP. */
export const SOCKET_PORT = 5432

/**
 * Makes a new private folder (mode 0700, random name, so nobody can prepare it) for the socket.
 * @throws Error when the identity cannot use any temporary folder
 */
export async function makeSocketFolder(identity: RunIdentity): Promise<string> {
  for (const root of new Set([shortTemporaryRoot(), '/tmp', '/var/tmp'])) {
    const folder = await mkdtemp(join(root, 'affluent-')).catch(() => null)
    if (folder === null) continue
    if (identity.kind === 'account') await chown(folder, identity.uid, identity.gid)
    if (await canUseFolder(identity, folder)) return folder
    await rmdir(folder)
  }
  throw new Error('No temporary folder can hold a socket: make /tmp writable for every account (mode 1777).')
}

/**
 * Removes the socket folder of a server that is gone. Only what is certainly ours: a private folder of one of the
 * owners we run as, with the two files PostgreSQL makes.
 */
export async function removeSocketFolder(folder: string, identity: RunIdentity): Promise<void> {
  const found = await lstat(folder).catch(() => null)
  if (!found?.isDirectory() || found.uid !== identity.uid || (found.mode & 0o077) !== 0) return
  await rm(join(folder, `.s.PGSQL.${SOCKET_PORT}`), { force: true })
  await rm(join(folder, `.s.PGSQL.${SOCKET_PORT}.lock`), { force: true })
  await rmdir(folder).catch(() => {})
}
