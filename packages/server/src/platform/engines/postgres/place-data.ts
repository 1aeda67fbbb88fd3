import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineLog } from './engine-log.ts'
import { makeReachableRoot } from './reachable-root.ts'
import { replaceFile } from './replace-file.ts'
import { canUseFolder, chooseIdentity, type RunIdentity } from './run-identity.ts'

export interface DataPlace {
  readonly identity: RunIdentity
  /** Holds the cluster, drafts of it and the log. Real path. */
  readonly folder: string
  /** PostgreSQL's own data directory; absent before the first start. */
  readonly cluster: string
  /** Records that the cluster now exists, so that its later absence is noticed. */
  confirm(): Promise<void>
}

interface Pointer {
  readonly folder: string
  readonly made: boolean
}

/**
 * Chooses who runs PostgreSQL and where its files lie: `<dataDir>/postgres`, or, when that identity cannot get there,
 * a folder below `reachableRoot` that `<dataDir>/postgres.json` points to.
 * @throws Error when existing data cannot be reached
 */
export async function placeData(
  dataDir: string,
  reachableRoot: string,
  forbidNamespace: boolean,
  log: EngineLog,
): Promise<DataPlace> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const pointerPath = join(dataDir, 'postgres.json')
  const pointer = await readPointer(pointerPath)
  const home = pointer?.folder ?? join(dataDir, 'postgres')
  const identity = await chooseIdentity(await ownerOf(join(home, 'cluster')), forbidNamespace)
  if (pointer !== null) return await placeMoved(pointer, pointerPath, identity)
  await prepareFolder(home, identity)
  const folder = await realpath(home)
  const reached = (await canUseFolder(identity, folder)) || (await openDoor(identity, dataDir, folder))
  if (reached) return await placeAt(home, identity, async () => {})
  await refuseToLeave(home)
  const moved = await moveOut(dataDir, pointerPath, reachableRoot)
  log({
    level: 'warn',
    msg: `The database is kept in ${moved.folder}: the account that runs it cannot enter ${dataDir}`,
  })
  return await placeMoved(moved, pointerPath, identity)
}

async function readPointer(path: string): Promise<Pointer | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Error(`${path} cannot be read: restore it from a backup, it says where the database is kept.`, {
      cause: error,
    })
  }
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(path).catch(() => null)
  return found === null ? null : { uid: found.uid, gid: found.gid }
}

async function prepareFolder(folder: string, identity: RunIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid } = await lstat(folder)
  if (identity.kind === 'account' && uid !== identity.uid) await chown(folder, identity.uid, identity.gid)
}

/** Lets the account pass through the data directory, which is closed to all others, and see nothing else there. */
async function openDoor(identity: RunIdentity, dataDir: string, folder: string): Promise<boolean> {
  const { uid, mode } = await stat(dataDir)
  if (identity.kind !== 'account' || uid !== 0) return false
  await chown(dataDir, uid, identity.gid)
  await chmod(dataDir, (mode & 0o777) | 0o010)
  return await canUseFolder(identity, folder)
}

async function placeAt(
  home: string,
  identity: RunIdentity,
  confirm: () => Promise<void>,
): Promise<DataPlace> {
  const folder = await realpath(home)
  const cluster = join(folder, 'cluster')
  const owner = await ownerOf(cluster)
  if (owner !== null && owner.uid !== identity.uid) {
    throw new Error(
      `The database in ${cluster} belongs to user ${owner.uid} and would run as user ${identity.uid}: start Affluent as its owner, or give it over with chown -R ${identity.uid} ${folder}.`,
    )
  }
  return { identity, folder, cluster, confirm }
}

async function placeMoved(pointer: Pointer, pointerPath: string, identity: RunIdentity): Promise<DataPlace> {
  if (pointer.made && (await ownerOf(join(pointer.folder, 'cluster'))) === null) {
    throw new Error(
      `The database was kept in ${pointer.folder} and is gone: restore that folder from a backup, or delete ${pointerPath} to begin with an empty database.`,
    )
  }
  await prepareFolder(pointer.folder, identity)
  const made = `${JSON.stringify({ folder: pointer.folder, made: true })}\n`
  return await placeAt(pointer.folder, identity, async () => {
    if (!pointer.made) await replaceFile(pointerPath, made)
  })
}

async function refuseToLeave(home: string): Promise<void> {
  if ((await ownerOf(join(home, 'cluster'))) === null) return
  throw new Error(
    `The database in ${home} cannot be reached by the account that has to run it: allow user namespaces, or move the data directory to a folder that every account may enter and set AFFLUENT_DATA_DIR to it.`,
  )
}

// A random part, so that a data directory made anew at the same path does not find the data of its forerunner.
async function moveOut(dataDir: string, pointerPath: string, reachableRoot: string): Promise<Pointer> {
  const hash = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 12)
  const pointer = { folder: join(reachableRoot, `${hash}-${randomBytes(4).toString('hex')}`), made: false }
  await makeReachableRoot(reachableRoot)
  await replaceFile(pointerPath, `${JSON.stringify(pointer)}\n`)
  return pointer
}
