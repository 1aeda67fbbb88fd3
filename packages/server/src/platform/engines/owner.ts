import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, realpath, rename, rm, rmdir, symlink, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { shortTemporaryRoot } from './sockets/short-temporary-root.ts'

const ANSWER_TIMEOUT_MS = 1000
const RIVAL_POLL_MS = 20

type ClaimState = 'claiming' | 'held'

/** Another live process, named by `pid`, holds the data directory. */
export class DataDirectoryTaken extends Error {
  readonly pid: number

  constructor(dataDir: string, pid: number) {
    super(
      `The data directory ${dataDir} is in use by process ${pid}: stop that process, or set AFFLUENT_DATA_DIR to another folder.`,
    )
    this.name = 'DataDirectoryTaken'
    this.pid = pid
  }
}

export interface DataDirectoryClaim {
  /** Gives the directory free for another process. Safe to call twice. */
  release(): Promise<void>
}

/**
 * Claims a data directory for this process, creating it when absent. The claim is a listening unix socket under
 * `<dataDir>/owner`, so the kernel ends it with the process, whatever ends that; what dead processes left is removed.
 * @param dataDir any depth; the socket is made by way of a short link
 * @throws DataDirectoryTaken when another live process holds it, or is about to
 */
export async function claimDataDirectory(dataDir: string): Promise<DataDirectoryClaim> {
  const folder = await makeOwnerFolder(dataDir)
  const alley = await openAlley(folder)
  try {
    return await claimThrough(alley, folder, dataDir)
  } finally {
    await unlink(join(alley, 'o'))
    await rmdir(alley)
  }
}

async function makeOwnerFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'owner')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return await realpath(folder)
  } catch (error) {
    throw new Error(
      `The data directory ${dataDir} cannot be written to (${codeOf(error)}): make it writable for this user, or set AFFLUENT_DATA_DIR to another folder.`,
      { cause: error },
    )
  }
}

/** A fresh private folder with a link to the real one: a name nobody can guess or prepare, and always short. */
async function openAlley(folder: string): Promise<string> {
  const alley = await mkdtemp(join(shortTemporaryRoot(), 'affluent-'))
  await symlink(folder, join(alley, 'o'))
  return alley
}

async function claimThrough(alley: string, folder: string, dataDir: string): Promise<DataDirectoryClaim> {
  const name = `${process.pid}-${randomBytes(6).toString('hex')}.sock`
  let state: ClaimState = 'claiming'
  const server = await listen(join(alley, 'o', `.${name}`), () => state, dataDir)
  // Renamed only once it listens: a visible socket that refuses is therefore always a dead one.
  await rename(join(folder, `.${name}`), join(folder, name))
  const release = () => endClaim(server, join(folder, name))
  try {
    await outlastRivals(join(alley, 'o'), name, dataDir)
  } catch (error) {
    await release()
    throw error
  }
  state = 'held'
  return { release }
}

function listen(path: string, state: () => ClaimState, dataDir: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(state())
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(
          `The data directory ${dataDir} cannot hold a unix socket (${codeOf(error)}): set AFFLUENT_DATA_DIR to a folder on a local disk.`,
          { cause: error },
        ),
      ),
    )
    server.listen(path, () => {
      server.unref()
      resolve(server)
    })
  })
}

async function endClaim(server: Server, path: string): Promise<void> {
  await rm(path, { force: true })
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/**
 * Of several that claim at once at least one of any two sees the other, as each is visible before it looks. The lowest
 * name waits until the others have given up or hold; the others give up.
 */
async function outlastRivals(folder: string, ownName: string, dataDir: string): Promise<void> {
  for (const rival of await rivalsOf(folder, ownName)) {
    let state = await askRival(join(folder, rival))
    while (state === 'claiming' && ownName < rival) {
      await pause(RIVAL_POLL_MS)
      state = await askRival(join(folder, rival))
    }
    if (state !== 'dead') throw new DataDirectoryTaken(dataDir, Number.parseInt(rival, 10))
    await rm(join(folder, rival), { force: true })
  }
}

async function rivalsOf(folder: string, ownName: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => /^\d+-[0-9a-f]+\.sock$/.test(name) && name !== ownName).sort()
}

/** A rival that is alive but too busy to answer counts as holding. */
function askRival(path: string): Promise<ClaimState | 'dead'> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(path)
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('error', (error) => {
      if (['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))) resolve('dead')
      else if (['EAGAIN', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))) resolve('held')
      else reject(error)
    })
    socket.on('close', () => resolve(answer === 'claiming' ? 'claiming' : 'held'))
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
