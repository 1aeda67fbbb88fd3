import { chmod, mkdir } from 'node:fs/promises'

/** Where files go that another account must reach when it cannot reach ours; root's own, so nobody can prepare it. */
export const REACHABLE_ROOT = '/var/lib/affluent'

/**
 * Makes that folder, open to enter for every account.
 * @throws Error when it cannot be made
 */
export async function makeReachableRoot(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await chmod(folder, 0o755) // whatever our umask
  } catch (error) {
    throw new Error(
      `PostgreSQL refuses to run as root, and its stand-in account cannot be given files in ${folder}: make that folder writable, or start Affluent as an ordinary user.`,
      { cause: error },
    )
  }
}
