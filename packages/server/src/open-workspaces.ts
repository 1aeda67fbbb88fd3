import { LOAD_BLOCK_MS_MAX } from '@affluent/protocol/limits'
import { Deliverer } from './delivery/deliverer.ts'
import { countDeliveries } from './delivery/delivery-counts.ts'
import { DeliveryDays } from './delivery/delivery-table.ts'
import { sealAnew } from './delivery/destination-store.ts'
import { DemoFile } from './demo-file.ts'
import { housekeepingTasks } from './housekeeping-tasks.ts'
import { StateCache } from './identity/state-cache.ts'
import { LogSegments } from './log/log-segments.ts'
import { AnalyticalReads } from './platform/clickhouse/analytical-reads.ts'
import { RowInserter } from './platform/clickhouse/row-inserter.ts'
import type { Database } from './platform/database/connect.ts'
import type { Engines } from './platform/engines/engines.ts'
import type { Pools } from './platform/engines/open-pools.ts'
import { DiskWatch } from './platform/observability/disk-watch.ts'
import { Housekeeping } from './platform/observability/housekeeping.ts'
import type { Log } from './platform/observability/log.ts'
import { createMetrics, type Metrics } from './platform/observability/metrics.ts'
import { within } from './platform/observability/within.ts'
import { AddressGuard } from './platform/outgoing/address-guard.ts'
import { NameResolver } from './platform/outgoing/name-resolver.ts'
import { ThreadShare } from './platform/processing/thread-share.ts'
import { readSecretKeys, removeFormerKeys, SecretBox } from './platform/secrets/secret-box.ts'
import { Registry, type Workspace } from './platform/workspace/registry.ts'
import { RegistryWatch } from './platform/workspace/registry-watch.ts'
import { WorkspaceRuntimes } from './processor/workspace-runtimes.ts'
import type { ServerOptions } from './server.ts'
import { WorkspaceRemovals } from './workspaces/workspace-removals.ts'

const RUNTIMES_CLOSE_MS = 2_000
const REMOVALS_CLOSE_MS = 1_000

/** What processes the events of all workspaces, and what stands beside it. */
export interface OpenWorkspaces {
  readonly reads: AnalyticalReads
  readonly registry: Registry
  readonly metrics: Metrics
  readonly runtimes: WorkspaceRuntimes
  readonly watch: RegistryWatch
  readonly disk: DiskWatch
  readonly demoFile: DemoFile
  readonly deliverer: Deliverer
  readonly guard: AddressGuard
  readonly secrets: SecretBox
  readonly secretKeys: readonly Buffer[]
  /** what collecting and processing share */
  readonly thread: ThreadShare
}

/**
 * Opens every workspace: its log, processor and loader, the thread that delivers, and the work by the clock.
 * @param closers closes it all when the server ends
 */
export async function openWorkspaces(
  options: ServerOptions,
  engines: Engines,
  pools: Pools,
  now: () => number,
  closers: (() => unknown)[],
): Promise<OpenWorkspaces> {
  const { config, log } = options
  const { database, writer, leasing, listening } = pools
  const clickhouse = engines.clickhouse.client
  const reads = new AnalyticalReads(clickhouse, options.readMs)
  const inserter = new RowInserter(engines.clickhouse.address)
  closers.push(() => inserter.close())
  const registry = new Registry(database, now)
  await registry.refresh()
  const cache = new StateCache(options.cacheBytes)
  const metrics = createMetrics({
    cacheBytes: () => cache.bytes,
    lagMs: () => runtimes.worstLagMs(),
    timersLagMs: () => runtimes.worstTimersLagMs(),
    // a scrape says what can be said
    deliveries: () => countDeliveries(database).catch(() => ({})),
  })
  const thread: ThreadShare = new ThreadShare(() => runtimes.worstLagMs())
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
  const runtimes = new WorkspaceRuntimes({
    ...{
      database,
      writer,
      leasing,
      clickhouse,
      inserter,
      thread,
      reads,
      segments,
      cache,
      now,
      log,
      metrics,
      deliverer,
      deliveryDays,
    },
    loadBlockMs: options.loadBlockMs ?? LOAD_BLOCK_MS_MAX,
    roles: config.roles,
    profileIdKey: (workspace) => (registry.workspace(workspace) as Workspace).profileIdKey,
    slugOf: (source) => registry.source(source)?.slug ?? String(source),
  })
  closers.push(() => within(RUNTIMES_CLOSE_MS, runtimes.close()))
  const openAll = () => {
    for (const { id } of registry.workspaces()) runtimes.open(id)
  }
  const removals = new WorkspaceRemovals({
    ...{ database, clickhouse, log },
    closeWorkspace: (workspace) => runtimes.closeWorkspace(workspace),
    onRemoved: () => registry.refresh(),
  })
  closers.push(() => within(REMOVALS_CLOSE_MS, removals.stop()))
  openAll()
  await Promise.all(registry.workspaces().map(({ id }) => runtimes.readSettings(id)))
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
  const housekeeping = new Housekeeping(
    housekeepingTasks({ database, registry, segments, deliveryDays, log, now }),
    log,
  )
  housekeeping.start()
  closers.push(() => {
    disk.stop()
    return housekeeping.stop()
  })
  return {
    reads,
    registry,
    metrics,
    runtimes,
    watch,
    disk,
    demoFile,
    deliverer,
    guard,
    secrets,
    secretKeys,
    thread,
  }
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
