import { realpath } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { DATABASE_NAME } from './create-cluster.ts'
import type { EngineLog } from './engine-log.ts'
import { findRunning, type PostmasterFile } from './postmaster-file.ts'
import { signalUntilGone } from './stop-postmaster.ts'

const POLL_MS = 50
const PROGRESS_EVERY_MS = 2000
const LONGEST_STOP_MS = 30_000
const LONGEST_RECOVERY_MS = 600_000
const CONNECT_TIMEOUT_MS = 5000
const LAST_CONNECTIONS_MS = 5000

export interface Adoption {
  readonly cluster: string
  /** Of the settings that a server started now would have. */
  readonly fingerprint: string
  readonly log: EngineLog
  readonly progress: (step: string) => void
}

/**
 * Looks for a server that outlived the process that started it, and waits while it starts or stops. One that is sound
 * and has our settings is taken over, after the connections of the dead process have ended; any other is stopped.
 * @returns the server taken over, or null when none is left
 */
export async function adoptPostmaster(adoption: Adoption): Promise<PostmasterFile | null> {
  const running = await waitUntilSettled(adoption)
  if (running === null) return null
  const fault = await takeOver(running, adoption)
  if (fault === null) return running
  adoption.log({
    level: 'info',
    msg: `The PostgreSQL left by an earlier start is restarted: ${fault}`,
    pid: running.pid,
  })
  await signalUntilGone(running.pid, [
    ['SIGINT', LONGEST_STOP_MS],
    ['SIGQUIT', 6000],
    ['SIGKILL', 2000],
  ])
  return null
}

async function waitUntilSettled({ cluster, progress }: Adoption): Promise<PostmasterFile | null> {
  const began = performance.now()
  let told = began
  for (;;) {
    const running = await findRunning(cluster)
    if (running === null || running.status === 'ready') return running
    const now = performance.now()
    if (now - began > (running.status === 'stopping' ? LONGEST_STOP_MS : LONGEST_RECOVERY_MS)) return running
    if (now - told > PROGRESS_EVERY_MS) {
      progress(`Waiting for the PostgreSQL of an earlier start, which is ${running.status || 'starting'}`)
      told = now
    }
    await pause(POLL_MS)
  }
}

/** Null when taken over, else what is wrong with it. */
async function takeOver(running: PostmasterFile, adoption: Adoption): Promise<string | null> {
  if (running.status !== 'ready') return `it has been ${running.status || 'starting'} for too long`
  const client = new Client({
    host: running.socketFolder,
    port: running.port,
    user: DATABASE_NAME,
    database: DATABASE_NAME,
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => {}) // the queries below fail and say so
  try {
    await client.connect()
    return (await compareSettings(client, adoption)) ?? (await endOldConnections(client))
  } catch (error) {
    return `it does not answer (${error instanceof Error ? error.message : error})`
  } finally {
    await client.end().catch(() => {})
  }
}

async function compareSettings(client: Client, { cluster, fingerprint }: Adoption): Promise<string | null> {
  const { rows } = await client.query<{ folder: string; fingerprint: string | null }>(
    `select current_setting('data_directory') as folder, current_setting('affluent.settings', true) as fingerprint`,
  )
  if ((await realpath(rows[0]?.folder ?? '')) !== cluster) return 'it serves another folder'
  return rows[0]?.fingerprint === fingerprint ? null : 'it runs with other settings or another version'
}

// What the dead process began is committed or rolled back before anything new reads.
async function endOldConnections(client: Client): Promise<string | null> {
  const others = `from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
  const deadline = performance.now() + LAST_CONNECTIONS_MS
  await client.query(`select pg_terminate_backend(pid) ${others}`)
  for (;;) {
    const { rowCount } = await client.query(`select 1 ${others}`)
    if (rowCount === 0) return null
    if (performance.now() > deadline) return 'connections of a dead process do not end'
    await pause(POLL_MS)
  }
}
