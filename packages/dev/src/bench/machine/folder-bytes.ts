import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 512

/**
 * Bytes that a folder takes on its disk, with everything below it. What goes away while it is read counts as nothing.
 * @param skip names of folders that are left out
 */
export async function folderBytes(folder: string, skip: readonly string[] = []): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const bytes = entries.map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skip.includes(entry.name) ? 0 : folderBytes(path, skip)
    return entry.isFile() ? bytesOf(path) : 0
  })
  return (await Promise.all(bytes)).reduce((sum, each) => sum + each, 0)
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).blocks * BLOCK_BYTES
  } catch {
    return 0
  }
}
