import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataPlace } from './place-data.ts'
import { type Finished, runAs } from './run-identity.ts'
import { syncFolder } from './sync-folder.ts'

const DRAFT = 'draft-'

/** The superuser and the database that a cluster is made with. */
export const DATABASE_NAME = 'affluent'
/** The role that Affluent works as. */
export const APP_ROLE = 'affluent_app'

/**
 * Makes the cluster when there is none: as a draft, with its database, synced to disk, then renamed. A crash at any
 * moment leaves a draft, which the next start removes, or the whole.
 * @param binaries folder of the programs
 * @param progress told once when there is something to make
 * @throws Error when initdb fails, or the cluster is of another major version than the programs
 */
export async function createCluster(
  place: DataPlace,
  binaries: string,
  progress: (step: string) => void,
): Promise<void> {
  await removeDrafts(place.folder)
  const made = await readVersion(place.cluster)
  if (made === null) {
    progress('Making the database')
    await makeCluster(place, binaries)
  } else {
    await checkVersion(place, binaries, made)
  }
  await place.confirm()
}

async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // The initdb of a killed start may still write for a moment; what stays goes at the next start.
    if (name.startsWith(DRAFT)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

async function readVersion(cluster: string): Promise<string | null> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
  } catch {
    return null
  }
}

async function makeCluster({ identity, folder, cluster }: DataPlace, binaries: string): Promise<void> {
  const draft = join(folder, `${DRAFT}${randomBytes(6).toString('hex')}`)
  const program = (name: string) => join(binaries, 'bin', name)
  refuseFailure('initdb', await runAs(identity, program('initdb'), initdbArguments(draft)))
  const single = ['--single', '-j', '-D', draft, '-c', 'fsync=off', '-c', 'exit_on_error=on', 'template1']
  refuseFailure(
    'create database',
    await runAs(identity, program('postgres'), single, `create database ${DATABASE_NAME}\n`),
  )
  refuseFailure('initdb --sync-only', await runAs(identity, program('initdb'), ['--sync-only', '-D', draft]))
  await rename(draft, cluster)
  await syncFolder(folder)
}

// The built-in C.UTF-8 sorts by code point like C, and unlike C knows that É is the capital of é.
function initdbArguments(draft: string): string[] {
  return [
    ['-D', draft, '-U', DATABASE_NAME, '--encoding=UTF8', '--auth=trust', '--data-checksums'],
    ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--text-search-config=simple'],
    ['--no-sync', '--no-instructions'],
  ].flat()
}

function refuseFailure(step: string, { code, stderr }: Finished): void {
  if (code === 0) return
  const reason = stderr.trim().split('\n').slice(-2).join(' ')
  throw new Error(
    `PostgreSQL could not make its database (${step}: ${reason}): see that the data directory has space and is on a local disk.`,
  )
}

async function checkVersion({ identity, cluster }: DataPlace, binaries: string, made: string): Promise<void> {
  const { stdout } = await runAs(identity, join(binaries, 'bin', 'postgres'), ['--version'])
  const installed = /(\d+)/.exec(stdout)?.[1]
  if (installed === made) return
  throw new Error(
    `The database in ${cluster} was made by PostgreSQL ${made} and version ${installed} is installed: install the Affluent version that made it, export, and import into a new data directory.`,
  )
}
