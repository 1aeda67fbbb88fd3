import { join } from 'node:path'
import { adoptPostmaster } from './adopt-postmaster.ts'
import { giveToAppRole } from './app-role.ts'
import { availableMemoryBytes, type ClusterSettings, clusterSettings } from './cluster-settings.ts'
import { APP_ROLE, createCluster, DATABASE_NAME } from './create-cluster.ts'
import type { EngineLog } from './engine-log.ts'
import { findBinaries } from './find-binaries.ts'
import { launchPostmaster } from './launch-postmaster.ts'
import { placeBinaries } from './place-binaries.ts'
import { type DataPlace, placeData } from './place-data.ts'
import { isAlive, titleOf } from './process-in-cluster.ts'
import { REACHABLE_ROOT } from './reachable-root.ts'
import { runAs } from './run-identity.ts'
import { boundLog, lastReason, logSize, readLogFrom } from './server-log.ts'
import { removeSocketFolder, SOCKET_PORT } from './socket-folder.ts'
import { signalUntilGone } from './stop-postmaster.ts'

const WATCH_EVERY_MS = 200
const STOP_STEPS = [
  ['SIGINT', 4000],
  ['SIGQUIT', 700],
] as const

export interface PostgresOptions {
  /** Affluent's data directory, already claimed by this process (`claimDataDirectory`). */
  readonly dataDir: string
  readonly log: EngineLog
  /** Told of steps that take seconds, in words for the terminal. */
  readonly progress?: (step: string) => void
  /** For tests of the ways around what a machine forbids. */
  readonly internal?: { readonly forbidNamespace?: boolean; readonly reachableRoot?: string }
}

export interface PostgresEngine {
  /** For `pg`: a client also needs `ssl: false`, or PGSSLMODE in the environment would ask for TLS on a socket. */
  readonly connection: { host: string; port: number; user: string; database: string; ssl: false }
  /** True when the server outlived an earlier process of ours and was taken over. */
  readonly adopted: boolean
  /** Resolves with one line that says why when the server ends without `stop`; otherwise never. */
  readonly exited: Promise<string>
  readonly pid: number
  /** Ends the server within 5 s: in order when 4 s suffice, else at once, and the next start recovers from its log. */
  stop(): Promise<void>
}

/**
 * Runs the PostgreSQL that npm installed on `<dataDir>/postgres`, made on the first start; takes over one that
 * outlived an earlier process, and recovers one that was killed. Only a private unix socket leads to it.
 * @throws Error, one sentence, when it cannot run here or does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  const { dataDir, log, progress = () => {}, internal = {} } = options
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL needs Linux or macOS: use WSL, or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
  const reachableRoot = internal.reachableRoot ?? REACHABLE_ROOT
  const found = await findBinaries()
  const place = await placeData(dataDir, reachableRoot, internal.forbidNamespace ?? false, log)
  const binaries = await placeBinaries(found, place.identity, reachableRoot, log)
  await createCluster(place, binaries, progress)
  const settings = clusterSettings({
    title: titleOf(place.cluster),
    version: found.version,
    walCompression: await walCompression(place, binaries),
    memoryBytes: availableMemoryBytes(),
  })
  return await run(place, binaries, settings, log, progress)
}

// Not every platform's build has lz4, and pglz takes five times the time of writing pages whole (measured).
async function walCompression({ identity, cluster }: DataPlace, binaries: string): Promise<'lz4' | 'off'> {
  const args = ['-D', cluster, '-c', 'wal_compression=lz4', '-C', 'wal_compression']
  const { code } = await runAs(identity, join(binaries, 'bin', 'postgres'), args)
  return code === 0 ? 'lz4' : 'off'
}

async function run(
  place: DataPlace,
  binaries: string,
  settings: ClusterSettings,
  log: EngineLog,
  progress: (step: string) => void,
): Promise<PostgresEngine> {
  const logPath = join(place.folder, 'postgres.log')
  const endLogWatch = await boundLog(logPath)
  const from = await logSize(logPath)
  const adoption = { cluster: place.cluster, fingerprint: settings.fingerprint, log, progress }
  const adopted = await adoptPostmaster(adoption)
  const launched =
    adopted === null ? await launchPostmaster({ place, binaries, settings, logPath, log, progress }) : null
  const { pid, socketFolder } = launched ?? adopted ?? neither()
  const state = { stopping: false, ended: false }
  const exited = watch(pid, state).then(async () => {
    const signal = launched?.child.signalCode
    const reason = signal ? `killed by ${signal}` : lastReason(await readLogFrom(logPath, from))
    return `PostgreSQL (pid ${pid}) ended on its own: ${reason}`
  })
  const stop = async () => {
    state.stopping = true
    endLogWatch()
    if (state.ended || (await signalUntilGone(pid, STOP_STEPS)))
      await removeSocketFolder(socketFolder, place.identity)
  }
  await giveToAppRole(socketFolder).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    connection: {
      host: socketFolder,
      port: SOCKET_PORT,
      user: APP_ROLE,
      database: DATABASE_NAME,
      ssl: false,
    },
    adopted: adopted !== null,
    exited,
    pid,
    stop,
  }
}

function neither(): never {
  throw new Error('PostgreSQL was neither adopted nor launched')
}

// Watched by its number, as an adopted server is nobody's child here.
function watch(pid: number, state: { stopping: boolean; ended: boolean }): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      state.ended = !(await isAlive(pid))
      if (state.ended || state.stopping) clearInterval(timer)
      if (state.ended && !state.stopping) resolve()
    }, WATCH_EVERY_MS)
    timer.unref()
  })
}
