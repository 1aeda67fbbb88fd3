import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readPostmasterFile } from './postmaster-file.ts'
import { isPostmasterOf, numberIsTaken, sessionsOf } from './process-in-cluster.ts'
import type { RunIdentity } from './run-identity.ts'
import { removeSocketFolder } from './socket-folder.ts'
import { signalUntilGone } from './stop-postmaster.ts'

/**
 * Clears what a killed server leaves: sessions that still run without their postmaster, its socket folder, and a pid
 * file on which PostgreSQL would refuse to start, as its number belongs to another process by now, or to the dead
 * server that its parent has not collected yet. To be called only when no postmaster lives on the cluster.
 */
export async function clearCrash(cluster: string, identity: RunIdentity): Promise<void> {
  const left = await readPostmasterFile(cluster)
  if (left === null) return
  await endOrphans(cluster)
  await removeSocketFolder(left.socketFolder, identity)
  // PostgreSQL itself clears the file of a free number, and then also looks for its shared memory.
  if (numberIsTaken(left.pid) && !(await isPostmasterOf(left.pid, cluster))) {
    await rm(join(cluster, 'postmaster.pid'), { force: true })
  }
}

async function endOrphans(cluster: string): Promise<void> {
  const orphans = await sessionsOf(cluster)
  await Promise.all(
    orphans.map((pid) =>
      signalUntilGone(pid, [
        ['SIGQUIT', 5000],
        ['SIGKILL', 5000],
      ]),
    ),
  )
}
