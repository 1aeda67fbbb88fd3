import { chown, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './sync-folder.ts'

/**
 * Writes a small file so that after a crash either the old or the new content is there, on disk when this returns.
 * @param owner who shall own it; only root may name another
 */
export async function replaceFile(
  path: string,
  content: string,
  owner?: { uid: number; gid: number },
): Promise<void> {
  const draft = `${path}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (owner !== undefined) await chown(draft, owner.uid, owner.gid)
  await rename(draft, path)
  await syncFolder(dirname(path))
}
