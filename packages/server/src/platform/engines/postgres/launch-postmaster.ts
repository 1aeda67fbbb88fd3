import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clearCrash } from './clear-crash.ts'
import type { ClusterSettings } from './cluster-settings.ts'
import type { EngineLog } from './engine-log.ts'
import type { DataPlace } from './place-data.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { replaceFile } from './replace-file.ts'
import { spawnAs } from './run-identity.ts'
import { lastReason, logSize, readLogFrom } from './server-log.ts'
import { makeSocketFolder, removeSocketFolder, SOCKET_PORT } from './socket-folder.ts'
import { signalUntilGone } from './stop-postmaster.ts'

const POLL_MS = 10
const RETRY_MS = 200
const PROGRESS_EVERY_MS = 2000
const LONGEST_WAIT_FOR_ORPHANS_MS = 30_000
const LONGEST_RECOVERY_MS = 600_000

export interface Launch {
  readonly place: DataPlace
  readonly binaries: string
  readonly settings: ClusterSettings
  readonly logPath: string
  readonly log: EngineLog
  readonly progress: (step: string) => void
}

export interface Launched {
  readonly child: ChildProcess
  readonly pid: number
  readonly socketFolder: string
}

/**
 * Starts a server on the cluster and waits until it takes connections, however long its recovery after a crash takes
 * (up to ten minutes). Sessions of a killed server that still hold its memory are waited for up to 30 s.
 * @throws Error with PostgreSQL's own reason when it does not start
 */
export async function launchPostmaster(launch: Launch): Promise<Launched> {
  const { place, settings, logPath, progress } = launch
  const deadline = performance.now() + LONGEST_WAIT_FOR_ORPHANS_MS
  await writeSettings(place, settings)
  for (;;) {
    await clearCrash(place.cluster, place.identity)
    const from = await logSize(logPath)
    const launched = await tryLaunch(launch)
    if (launched !== null) return launched
    const said = await readLogFrom(logPath, from)
    const occupied = /shared memory block .* still in use|lock file ".*" already exists/.test(said)
    if (!occupied || performance.now() > deadline) throw doesNotStart(said, logPath)
    progress('Waiting for the last processes of a PostgreSQL that was killed')
    await pause(RETRY_MS)
  }
}

async function writeSettings({ cluster, identity }: DataPlace, { text }: ClusterSettings): Promise<void> {
  const owner = identity.kind === 'account' ? identity : undefined
  await replaceFile(join(cluster, 'postgresql.conf'), text, owner)
  await replaceFile(join(cluster, 'pg_hba.conf'), 'local all all trust\n', owner)
}

/** Null when it ended before it was ready. */
async function tryLaunch(launch: Launch): Promise<Launched | null> {
  const { identity } = launch.place
  const socketFolder = await makeSocketFolder(identity)
  const child = spawnPostmaster(launch, socketFolder)
  const state = { ended: false }
  child.once('error', () => {
    state.ended = true
  })
  child.once('exit', () => {
    state.ended = true
  })
  await waitUntilReady(launch, child, state)
  if (!state.ended && child.pid !== undefined) return { child, pid: child.pid, socketFolder }
  await removeSocketFolder(socketFolder, identity)
  return null
}

/** In a session of its own, so that Ctrl-C at the terminal reaches us alone and we decide; its log outlives us. */
function spawnPostmaster({ place, binaries, logPath }: Launch, socketFolder: string): ChildProcess {
  const log = openSync(logPath, 'a', 0o600)
  const args = ['-D', place.cluster, '-k', socketFolder, '-p', String(SOCKET_PORT)]
  try {
    const child = spawnAs(place.identity, join(binaries, 'bin', 'postgres'), args, {
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

async function waitUntilReady(launch: Launch, child: ChildProcess, state: { ended: boolean }): Promise<void> {
  const began = performance.now()
  let told = began
  while (!state.ended) {
    const file = await readPostmasterFile(launch.place.cluster)
    if (file?.pid === child.pid && file?.status === 'ready') return
    const now = performance.now()
    if (now - told > PROGRESS_EVERY_MS) {
      launch.progress(`PostgreSQL is recovering after a crash (${Math.round((now - began) / 1000)} s)`)
      told = now
    }
    if (now - began > LONGEST_RECOVERY_MS && child.pid !== undefined) await giveUp(child.pid)
    await pause(POLL_MS)
  }
}

async function giveUp(pid: number): Promise<void> {
  await signalUntilGone(pid, [
    ['SIGQUIT', 6000],
    ['SIGKILL', 2000],
  ])
}

function doesNotStart(said: string, logPath: string): Error {
  return new Error(`PostgreSQL does not start: ${lastReason(said)} (log: ${logPath})`)
}
