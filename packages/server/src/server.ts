import { chmod, mkdir, stat } from 'node:fs/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Config } from './config.ts'
import type { DeliveryPace } from './delivery/destination-queue.ts'
import type { CacheBytes } from './identity/state-cache.ts'
import { openHttp } from './open-http.ts'
import { openWorkspaces } from './open-workspaces.ts'
import { createAnalyticalTables } from './platform/clickhouse/analytical-table.ts'
import { startEngines } from './platform/engines/engines.ts'
import { openPools } from './platform/engines/open-pools.ts'
import { claimDataDirectory } from './platform/engines/owner.ts'
import { listen } from './platform/http/listen.ts'
import type { Log } from './platform/observability/log.ts'
import type { NameSources } from './platform/outgoing/name-resolver.ts'
import { ANALYTICAL_TABLES } from './processor/facts.ts'
import { ensureMainWorkspace, type StartKeys } from './workspaces/make-workspace.ts'
import { ensureOwner, type NewOwner } from './workspaces/owner.ts'
import { PasswordHashes } from './workspaces/password-hashes.ts'

/** A running Affluent. */
export interface AffluentServer {
  /** such as `http://127.0.0.1:8080` */
  readonly url: string
  /** what this start has made or found of keys */
  readonly keys: StartKeys
  /** the first team member, made now */
  readonly newOwner: NewOwner | undefined
  /** the analytical store */
  readonly clickhouse: ClickHouseClient
  /** Resolves with one line why, when it cannot go on. */
  readonly failed: Promise<string>
  /** No new requests, hand back what is in hand, end the engines: within 5 s. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly config: Config
  readonly log: Log
  /** told of steps that take seconds */
  readonly progress?: (step: string) => void
  /** milliseconds since the epoch; tests hand in their own */
  readonly now?: () => number
  /** free bytes on disk below which nothing is taken; tests hand in their own */
  readonly diskFloor?: number
  /** bytes of the processor's caches; tests hand in small ones */
  readonly cacheBytes?: CacheBytes
  /** how quickly deliveries are tried again; tests hand in a quicker one */
  readonly deliveryPace?: DeliveryPace
  /** after how many milliseconds a block is loaded into ClickHouse, whatever it holds; tests hand in less */
  readonly loadBlockMs?: number
  /** where host names are looked up; tests hand in their own */
  readonly names?: NameSources
  /** how long a question may take that somebody waits for, in milliseconds; tests hand in less */
  readonly readMs?: number
}

/**
 * Starts everything: engines, tables, the processors, HTTP. The composition root: what is made here is handed to who
 * needs it.
 * @throws Error with one sentence that says what is wrong and how to fix it
 */
export async function startServer(options: ServerOptions): Promise<AffluentServer> {
  const { config, log, progress = () => {}, now = Date.now } = options
  const closers: (() => Promise<unknown> | unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    await makeDataDirectory(config.dataDir)
    const claim = await claimDataDirectory(config.dataDir)
    closers.push(() => claim.release())
    const engines = await startEngines(config, log, progress)
    closers.push(() => engines.stop())
    const pools = await openPools(engines.database, log, closers)
    const passwords = await PasswordHashes.create()
    // before the workspaces, whose owner they become
    const newOwner = await ensureOwner(pools.database, passwords, config)
    const keys = await ensureMainWorkspace(pools.database, config)
    for (const variable of keys.dead) log.warn('fixed_key_is_dead', { variable })
    await createAnalyticalTables(engines.clickhouse.client, ANALYTICAL_TABLES)
    const workspaces = await openWorkspaces(options, engines, pools, now, closers)
    const http = await openHttp(options, engines, pools, workspaces, passwords, now, closers)
    const url = await listen(http, config)
    await workspaces.demoFile.begin(config.demo ? url : undefined)
    return { url, keys, newOwner, clickhouse: engines.clickhouse.client, failed: engines.failed, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Nobody else on the machine sees that there are files; one that an earlier version left open is closed. */
async function makeDataDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const { uid } = await stat(path)
  if (uid === process.geteuid?.()) await chmod(path, 0o700)
}
