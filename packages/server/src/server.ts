import { chmod, mkdir, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import type { PipelineAnswer } from '@affluent/protocol/api'
import type { ClickHouseClient } from '@clickhouse/client'
import { KnownDevices } from './access/known-devices.ts'
import { ensureOwner, type NewOwner } from './access/owner.ts'
import { PasswordHashes } from './access/password-hashes.ts'
import { Sessions } from './access/sessions.ts'
import type { Config } from './config.ts'
import { connectDatabase, type Database } from './database/connect.ts'
import { DatabaseWriter } from './database/database-writer.ts'
import { isSuperuser } from './database/is-superuser.ts'
import { migrate } from './database/migrate.ts'
import { Deliverer } from './deliveries/deliverer.ts'
import type { DeliveryPace } from './deliveries/destination-queue.ts'
import { DemoFile } from './demo-file.ts'
import { type Engines, startEngines } from './engines/engines.ts'
import { claimDataDirectory } from './engines/owner.ts'
import { checkDurability } from './engines/postgres/check-durability.ts'
import { createHostCheck } from './http/allowed-hosts.ts'
import { registerApi } from './http/api.ts'
import { Clients } from './http/clients.ts'
import { CollectDoor } from './http/collect-door.ts'
import { registerConsole } from './http/console-files.ts'
import { createHttpServer, type HttpServer } from './http/http-server.ts'
import { registerOperations } from './http/operations-routes.ts'
import { createRateLimits, unlimited } from './http/rate-limits.ts'
import type { Append } from './log/event-log.ts'
import { LogSegments } from './log/log-segments.ts'
import { DiskWatch } from './operations/disk-watch.ts'
import { Housekeeping } from './operations/housekeeping.ts'
import type { Log } from './operations/log.ts'
import { createMetrics } from './operations/metrics.ts'
import { WorkspaceRemovals } from './operations/workspace-removals.ts'
import { AddressGuard } from './outgoing/address-guard.ts'
import { NameResolver, type NameSources } from './outgoing/name-resolver.ts'
import type { Command } from './pipeline/command.ts'
import { WorkspaceWalks } from './pipeline/workspace-walks.ts'
import { AnalyticalReads, type WorkspaceReads } from './stores/analytical-reads.ts'
import { createAnalyticalTables } from './stores/analytical-tables.ts'
import { DeliveryDays } from './stores/delivery-table.ts'
import { sealAnew } from './stores/destination-store.ts'
import { countEvents } from './stores/event-view.ts'
import { ensureMainWorkspace, type StartKeys } from './stores/make-workspace.ts'
import { countDeliveries, viewPipeline } from './stores/pipeline-view.ts'
import { Registry, type Workspace } from './stores/registry.ts'
import { RegistryWatch } from './stores/registry-watch.ts'
import { readSecretKeys, removeFormerKeys, SecretBox } from './stores/secret-box.ts'
import { type CacheBytes, StateCache } from './stores/state-cache.ts'

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
  /** bytes of the walk's caches; tests hand in small ones */
  readonly cacheBytes?: CacheBytes
  /** how quickly deliveries are tried again; tests hand in a quicker one */
  readonly deliveryPace?: DeliveryPace
  /** where host names are looked up; tests hand in their own */
  readonly names?: NameSources
  /** how long a question may take that somebody waits for, in milliseconds; tests hand in less */
  readonly readMs?: number
}

const POOL_MAX = 20
const HTTP_CLOSE_MS = 1_000
const WALKS_CLOSE_MS = 2_000
const POOLS_CLOSE_MS = 300
const REMOVALS_CLOSE_MS = 1_000
const MIGRATIONS = new URL('../migrations/', import.meta.url)

/**
 * Starts everything: engines, tables, the walks, HTTP. The composition root: what is made here is handed to who needs it.
 * @throws Error with one sentence that says what is wrong and how to mend it
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
    const pools = await openDatabase(engines, log, closers)
    const keys = await ensureMainWorkspace(pools.database, config)
    for (const variable of keys.dead) log.warn('fixed_key_is_dead', { variable })
    const passwords = await PasswordHashes.create()
    const newOwner = await ensureOwner(pools.database, passwords, config)
    await createAnalyticalTables(engines.clickhouse.client)
    const running = await open(options, engines, pools, passwords, now, closers)
    const url = await listen(running.http, config)
    await running.demoFile.begin(config.demo ? url : undefined)
    return { url, keys, newOwner, clickhouse: engines.clickhouse.client, failed: engines.failed, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Pools {
  readonly database: Database
  readonly writer: DatabaseWriter
  readonly leasing: Database
  readonly listening: Database
}

async function openDatabase(engines: Engines, log: Log, closers: (() => unknown)[]): Promise<Pools> {
  const onError = (error: Error) => log.warn('database_connection_lost', { error })
  const database = connectDatabase(engines.database, POOL_MAX, onError)
  const writer = new DatabaseWriter(engines.database)
  const leasing = connectDatabase(engines.database, 1, onError)
  const listening = connectDatabase(engines.database, 1, onError)
  // a pool waits for connections that are in use, and a stop must not
  closers.push(() =>
    within(POOLS_CLOSE_MS, Promise.all([database.end(), writer.close(), leasing.end(), listening.end()])),
  )
  const faults = await checkDurability(database)
  if (faults.length > 0)
    throw new Error(`This PostgreSQL cannot keep what is acknowledged: ${faults.join(' ')}`)
  if (await isSuperuser(database))
    log.warn('database_role_is_superuser', {
      message:
        'Give Affluent a role of its own that owns its database and is no superuser (docs/operate.md).',
    })
  const ran = await migrate(database, MIGRATIONS)
  if (ran.length > 0) log.info('database_migrated', { migrations: ran })
  return { database, writer, leasing, listening }
}

/** Nobody else on the machine sees that there are files; one that an earlier version left open is closed. */
async function makeDataDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const { uid } = await stat(path)
  if (uid === process.geteuid?.()) await chmod(path, 0o700)
}

async function sealSecretsAnew(
  database: Database,
  box: SecretBox,
  { dataDir, hasFormer, log }: { readonly dataDir: string; readonly hasFormer: boolean; readonly log: Log },
): Promise<void> {
  const { sealed, unreadable } = await sealAnew(database, box)
  if (sealed + unreadable > 0) log.info('secrets_sealed_anew', { sealed, unreadable })
  if (hasFormer && unreadable === 0) await removeFormerKeys(dataDir)
}

async function open(
  options: ServerOptions,
  engines: Engines,
  pools: Pools,
  passwords: PasswordHashes,
  now: () => number,
  closers: (() => unknown)[],
): Promise<{ http: HttpServer; demoFile: DemoFile }> {
  const { config, log } = options
  const { database, writer, leasing, listening } = pools
  const clickhouse = engines.clickhouse.client
  const reads = new AnalyticalReads(clickhouse, options.readMs)
  const registry = new Registry(database, now)
  await registry.refresh()
  const cache = new StateCache(options.cacheBytes)
  const metrics = createMetrics({
    cacheBytes: () => cache.bytes,
    lagMs: () => walks.worstLagMs(),
    timersLagMs: () => walks.worstTimersLagMs(),
    // a scrape says what can be said
    deliveries: () => countDeliveries(database).catch(() => ({})),
  })
  const segments = new LogSegments(database)
  const secretKeys = await readSecretKeys(config.dataDir)
  const secrets = new SecretBox(secretKeys)
  await sealSecretsAnew(database, secrets, { dataDir: config.dataDir, hasFormer: secretKeys.length > 1, log })
  const names = options.names ?? {}
  const resolver = new NameResolver(names)
  const guard = new AddressGuard(config.allowedPrivateNetworks, (host, workspace) =>
    resolver.resolve(host, workspace),
  )
  const deliverer = new Deliverer({
    ...{ address: engines.database, log, now, secretKeys, names, networks: config.allowedPrivateNetworks },
    pace: options.deliveryPace,
  })
  closers.push(() => deliverer.close())
  const deliveryDays = new DeliveryDays(database)
  const walks = new WorkspaceWalks({
    ...{
      database,
      writer,
      leasing,
      clickhouse,
      reads,
      segments,
      cache,
      now,
      log,
      metrics,
      deliverer,
      deliveryDays,
    },
    roles: config.roles,
    profileIdKey: (workspace) => (registry.workspace(workspace) as Workspace).profileIdKey,
    slugOf: (source) => registry.source(source)?.slug ?? String(source),
  })
  closers.push(() => within(WALKS_CLOSE_MS, walks.close()))
  const openAll = () => {
    for (const { id } of registry.workspaces()) walks.open(id)
  }
  const removals = new WorkspaceRemovals({
    ...{ database, clickhouse, log },
    closeWorkspace: (workspace) => walks.closeWorkspace(workspace),
    onRemoved: () => registry.refresh(),
  })
  closers.push(() => within(REMOVALS_CLOSE_MS, removals.stop()))
  openAll()
  await Promise.all(registry.workspaces().map(({ id }) => walks.readSettings(id)))
  const demoFile = new DemoFile(config.dataDir, registry, database)
  const onRefreshed = async () => {
    openAll()
    removals.begin(registry.allWorkspaces().flatMap(({ id, status }) => (status === 'removing' ? [id] : [])))
    await demoFile.update()
  }
  const watch = new RegistryWatch({ registry, database, listening, log, onRefreshed })
  await watch.start()
  closers.push(() => watch.stop())
  const disk = new DiskWatch(config.dataDir, log, options.diskFloor)
  await disk.start()
  const housekeeping = new Housekeeping({ database, registry, segments, deliveryDays, log, now })
  housekeeping.start()
  closers.push(() => {
    disk.stop()
    return housekeeping.stop()
  })
  const limits = config.rateLimits ? createRateLimits() : unlimited
  const clients = new Clients(config.trustedProxies)
  const door = new CollectDoor({
    ...{ registry, limits, metrics, log, now },
    addressOf: (request) => clients.addressOf(request),
    append: (workspace, append) => walks.append(workspace, append),
    refusesWork: () => (disk.isFull ? 'the disk is full' : undefined),
  })
  const http = await createHttpServer(
    config.roles.has('collect') ? door : undefined,
    log,
    createHostCheck(config.host, config.allowedHosts),
  )
  closers.push(() => within(HTTP_CLOSE_MS, closeHttp(http)))
  const pipeline = async (workspace: number, own: WorkspaceReads): Promise<PipelineAnswer> => {
    const [counts, stored] = await Promise.all([
      viewPipeline(database, workspace, now()),
      countEvents(own, workspace),
    ])
    return { ...counts, stored, lagMs: walks.lagMs(workspace), timersLagMs: walks.timersLagMs(workspace) }
  }
  const rules = (workspace: number) => walks.rules(workspace)
  const audiences = (workspace: number) => walks.audiences(workspace)
  const progress = (workspace: number) => walks.progress(workspace)
  const command = (workspace: number, what: Command) => walks.command(workspace, what)
  const append = async (workspace: number, what: Append) => {
    const position = await door.append(workspace, what)
    metrics.accepted.inc(what.accepted.length)
    return position
  }
  if (config.roles.has('api')) {
    await registerApi(http.app, {
      registry,
      database,
      reads,
      sessions: new Sessions({ database, passwords, now }),
      ...{ deliverer, guard, secrets },
      devices: new KnownDevices(secretKeys[0] as Buffer),
      ...{ clients, passwordIsFixed: config.ownerPassword !== undefined },
      limits,
      log,
      now,
      rules,
      audiences,
      progress,
      pipeline,
      registryChanged: () => watch.changed(),
      append,
      command,
    })
  }
  await registerConsole(http.app)
  await registerOperations(http.app, {
    metrics,
    faults: async () => {
      const faults: string[] = []
      if (door.hasJustFailed) faults.push('PostgreSQL could not keep events a moment ago; the log says why.')
      if (disk.isFull) faults.push('The disk is full: make room, or raise its size.')
      await database.query('select 1').catch(() => faults.push('PostgreSQL does not answer.'))
      if (config.roles.has('load') && !(await engines.clickhouse.ping()))
        faults.push('ClickHouse does not answer.')
      return faults
    },
  })
  return { http, demoFile }
}

async function listen(http: HttpServer, config: Config): Promise<string> {
  await http.app.ready()
  await http.app.listen({ port: config.port, host: config.host })
  const { port } = http.server.address() as AddressInfo
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
}

async function closeHttp(http: HttpServer): Promise<void> {
  http.server.closeIdleConnections()
  const idle = setInterval(() => http.server.closeIdleConnections(), 50)
  await http.app.close()
  clearInterval(idle)
}

/** Waits for something, but not longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work.catch(() => undefined),
    new Promise((resolve) => (timer = setTimeout(resolve, ms))),
  ])
  clearTimeout(timer)
}
