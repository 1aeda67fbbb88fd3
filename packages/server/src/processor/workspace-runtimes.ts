import { hostname } from 'node:os'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { COMMAND_RESULTS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import { AudienceBackfill } from '../audiences/audience-backfill.ts'
import { type Audiences, NO_AUDIENCES, readAudiences, withBackfill } from '../audiences/audience-store.ts'
import { OverflowRefresher } from '../audiences/overflow-refresher.ts'
import { TimerScheduler } from '../audiences/timer-scheduler.ts'
import { type ConnectionSet, NO_CONNECTIONS, readConnections } from '../delivery/connection-store.ts'
import { CurrentMembersExport } from '../delivery/current-members-export.ts'
import type { Deliverer } from '../delivery/deliverer.ts'
import type { DeliveryDays } from '../delivery/delivery-table.ts'
import { describeRefused } from '../explorer/outcome-table.ts'
import { Respeller } from '../identity/respeller.ts'
import { readRules } from '../identity/rules-store.ts'
import type { StateCache } from '../identity/state-cache.ts'
import { MessageIds } from '../ingest/message-ids.ts'
import { readGeneration } from '../log/cursors.ts'
import { type Append, EventLog } from '../log/event-log.ts'
import { Inbox } from '../log/inbox.ts'
import { LEASE_RENEW_MS, renewLeases, returnLease, takeLease } from '../log/lease.ts'
import type { LogSegments } from '../log/log-segments.ts'
import { Progress } from '../log/progress.ts'
import type { AnalyticalReads } from '../platform/clickhouse/analytical-reads.ts'
import type { RowInserter } from '../platform/clickhouse/row-inserter.ts'
import type { Client, Database } from '../platform/database/connect.ts'
import type { DatabaseWriter } from '../platform/database/database-writer.ts'
import type { Log } from '../platform/observability/log.ts'
import type { Metrics } from '../platform/observability/metrics.ts'
import type { LoggedCommand } from '../platform/processing/command.ts'
import type { CommandResult } from '../platform/processing/command-decision.ts'
import type { Role } from '../platform/processing/role.ts'
import type { ThreadShare } from '../platform/processing/thread-share.ts'
import { WorkspaceClosed } from '../platform/workspace/workspace-closed.ts'
import { readHome } from '../platform/workspace/workspace-home.ts'
import { Loader } from '../warehouse/load.ts'
import type { BatchDecision } from './decide-batch.ts'
import type { CommandDecision } from './decide-command.ts'
import { FACTS } from './facts.ts'
import { loadableBatch, loadableCommand } from './loadable.ts'
import { Processor } from './pipeline.ts'
import { findRejection } from './rejected-commands.ts'

/** What all workspaces of a process share. */
export interface RuntimesOptions {
  readonly database: Database
  readonly writer: DatabaseWriter
  /** whose one connection holds the leases */
  readonly leasing: Database
  readonly clickhouse: ClickHouseClient
  readonly inserter: RowInserter
  /** what collecting and processing share */
  readonly thread: ThreadShare
  readonly reads: AnalyticalReads
  readonly segments: LogSegments
  readonly cache: StateCache
  /** after how many milliseconds a block is loaded into ClickHouse, whatever it holds */
  readonly loadBlockMs: number
  readonly roles: ReadonlySet<Role>
  readonly now: () => number
  readonly log: Log
  readonly metrics: Metrics
  readonly deliverer: Deliverer
  readonly deliveryDays: DeliveryDays
  /** what shuffles the printable ids of a workspace */
  readonly profileIdKey: (workspace: number) => ProfileIdKey
  /** slug of a source */
  readonly slugOf: (source: number) => string
}

/** What runs for one workspace in this process. */
interface WorkspaceRuntime {
  readonly log: EventLog
  readonly inbox: Inbox
  readonly processed: Progress
  readonly loaded: Progress
  readonly loader: Loader
  /** receipt of the last event processed, milliseconds since the epoch */
  processedReceivedAt: number
  rules: IdentityRules
  audiences: Audiences
  connections: ConnectionSet
  /** ends when the latest reading of the three has ended, well or not */
  settingsRead: Promise<void>
  /** while this process processes it */
  timerScheduler: TimerScheduler | undefined
  overflowRefresher: OverflowRefresher | undefined
  /** what became of the latest commands that this process processed, by position */
  readonly results: Map<number, CommandResult>
  readonly processing: AbortController
  readonly runs: Promise<unknown>[]
  readonly loading: AbortController
  readonly loads: Promise<unknown>[]
}

/** A command that stands in the log. */
export interface SubmittedCommand {
  readonly position: number
  /** what became of it, once it is processed; undefined when another process carried it out */
  result(): Promise<CommandResult | undefined>
}

const LEASE_RETRY_MS = 500
const FOLLOW_MS = 50
const ALONE_POLL_MS = 1_000
const SHARED_POLL_MS = 25
const LOADER_POLL_MS = 5_000

/** The runtimes of all workspaces in this process: their collectors, leases, caches and loaders. */
export class WorkspaceRuntimes {
  readonly #options: RuntimesOptions
  readonly #runtimes = new Map<number, WorkspaceRuntime>()
  readonly #held = new Map<number, number>()
  #isClosed = false
  #session: Promise<Client> | undefined
  #renewing: NodeJS.Timeout | undefined

  constructor(options: RuntimesOptions) {
    this.#options = options
    this.#renewing = setInterval(() => void this.#renew(), LEASE_RENEW_MS)
  }

  /** The identity rules in force. */
  rules(workspace: number): IdentityRules {
    return this.#runtimes.get(workspace)?.rules ?? DEFAULT_IDENTITY_RULES
  }

  /** The audiences, as this process last read them. */
  audiences(workspace: number): Audiences {
    return this.#runtimes.get(workspace)?.audiences ?? NO_AUDIENCES
  }

  progress(workspace: number): { readonly processed: Progress; readonly loaded: Progress } | undefined {
    return this.#runtimes.get(workspace)
  }

  /** Age of the oldest event that is accepted and not processed, in milliseconds. */
  lagMs(workspace: number): number {
    const runtime = this.#runtimes.get(workspace)
    if (runtime === undefined || runtime.processed.position >= runtime.inbox.end) return 0
    return Math.max(0, this.#options.now() - (runtime.inbox.oldestReceivedAt ?? runtime.processedReceivedAt))
  }

  /**
   * How long the first of the people whose moment has come has been waiting, in milliseconds; 0 where another process
   * processes.
   */
  timersLagMs(workspace: number): number {
    return this.#runtimes.get(workspace)?.timerScheduler?.lagMs ?? 0
  }

  /** The same, over all workspaces. */
  worstTimersLagMs(): number {
    return Math.max(0, ...[...this.#runtimes.keys()].map((workspace) => this.timersLagMs(workspace)))
  }

  /** Age of the oldest waiting event over all workspaces, in milliseconds. */
  worstLagMs(): number {
    return Math.max(0, ...[...this.#runtimes.keys()].map((workspace) => this.lagMs(workspace)))
  }

  append(workspace: number, append: Append): Promise<number> {
    const runtime = this.#runtimes.get(workspace)
    if (runtime === undefined)
      return Promise.reject(new WorkspaceClosed(`Workspace ${workspace} is not open here.`))
    return runtime.log.append(append)
  }

  /** Puts a command into the log; it takes effect once its position is processed. */
  async command(workspace: number, command: LoggedCommand): Promise<SubmittedCommand> {
    const runtime = this.#runtimes.get(workspace)
    if (runtime === undefined) throw new WorkspaceClosed(`Workspace ${workspace} is not open here.`)
    const position = await runtime.log.command(command)
    return {
      position,
      result: async () =>
        runtime.results.get(position) ?? findRejection(this.#options.database, workspace, position),
    }
  }

  /** Begins to take in, process and load a workspace, once. */
  open(workspace: number): void {
    if (this.#runtimes.has(workspace) || this.#isClosed) return
    const runtime = this.#create(workspace)
    this.#runtimes.set(workspace, runtime)
    const { roles } = this.#options
    if (!roles.has('walk') || !roles.has('load')) runtime.runs.push(this.#follow(workspace, runtime))
    if (roles.has('walk')) runtime.runs.push(this.#keepProcessing(workspace, runtime))
    if (roles.has('load')) runtime.loads.push(runtime.loader.run(runtime.loading.signal))
  }

  /**
   * Reads the rules, audiences and connections of a workspace that is open: before the first request is answered, and
   * whenever they have changed. One reading ends before the next begins, so that an older one never takes the place of
   * a newer one.
   */
  async readSettings(workspace: number): Promise<void> {
    const runtime = this.#runtimes.get(workspace)
    if (runtime === undefined) return
    const reading = runtime.settingsRead.then(() => this.#readSettings(workspace, runtime))
    runtime.settingsRead = reading.catch(() => undefined)
    await reading
  }

  async #readSettings(workspace: number, runtime: WorkspaceRuntime): Promise<void> {
    const { database, log, deliverer } = this.#options
    const audiences = await readAudiences(database, workspace)
    runtime.rules = await readRules(database, workspace, (await readHome(database, workspace)).country)
    runtime.audiences = audiences
    const told = new Set(runtime.connections.rows.flatMap(({ id, fault }) => (fault === null ? [] : [id])))
    runtime.connections = await readConnections(database, workspace)
    for (const { id, fault } of runtime.connections.rows)
      if (fault !== null && !told.has(id))
        log.error('connection_not_understood', { workspace, connection: id, error: fault })
    deliverer.changed(workspace)
  }

  /** Ends the processor and the loader of a workspace that is being removed, and gives its lease back. */
  async closeWorkspace(workspace: number): Promise<void> {
    const runtime = this.#runtimes.get(workspace)
    if (runtime === undefined) return
    await endProcessing(runtime)
    await endLoad(runtime)
    this.#runtimes.delete(workspace)
    const epoch = this.#held.get(workspace)
    const session = await this.#session?.catch(() => undefined)
    if (epoch === undefined || session === undefined) return
    this.#held.delete(workspace)
    await returnLease(session, workspace, epoch).catch(() => undefined)
  }

  /**
   * Stops: what is being saved is saved, what is being loaded is loaded, leases are given back. Bounded by the caller.
   */
  async close(): Promise<void> {
    clearInterval(this.#renewing)
    this.#isClosed = true
    const runtimes = [...this.#runtimes.values()]
    await Promise.all(runtimes.map(endProcessing))
    await Promise.all(runtimes.map(endLoad))
    const session = await this.#session?.catch(() => undefined)
    if (session === undefined) return
    for (const [workspace, epoch] of this.#held)
      await returnLease(session, workspace, epoch).catch(() => undefined)
    // one that broke meanwhile has been given back already
    if (this.#session === undefined) return
    this.#session = undefined
    session.release()
  }

  #create(workspace: number): WorkspaceRuntime {
    const { database, writer, segments, now, clickhouse, inserter, log } = this.#options
    const inbox = new Inbox()
    const loaded = new Progress()
    return {
      inbox,
      processed: new Progress(),
      loaded,
      processedReceivedAt: now(),
      rules: DEFAULT_IDENTITY_RULES,
      audiences: NO_AUDIENCES,
      connections: NO_CONNECTIONS,
      settingsRead: Promise.resolve(),
      timerScheduler: undefined,
      overflowRefresher: undefined,
      results: new Map(),
      processing: new AbortController(),
      runs: [],
      loading: new AbortController(),
      loads: [],
      log: new EventLog({
        writer,
        segments,
        workspace,
        now,
        onCommitted: (run) => inbox.offer(run),
        describeRefused,
      }),
      loader: new Loader({
        workspace,
        database,
        clickhouse,
        inserter,
        log,
        facts: FACTS,
        loaded,
        pollMs: LOADER_POLL_MS,
        blockMs: this.#options.loadBlockMs,
      }),
    }
  }

  /** A process that does not process or load itself sees a little later how far others are, and under which rules. */
  async #follow(workspace: number, runtime: WorkspaceRuntime): Promise<void> {
    const { database, log, roles } = this.#options
    let generation = -1
    while (!runtime.processing.signal.aborted) {
      try {
        const now = await readGeneration(database, workspace)
        // whoever processes reads them when a command has changed them
        if (!roles.has('walk') && now.generation !== generation) {
          await this.readSettings(workspace)
          generation = now.generation
        }
        if (!roles.has('walk')) {
          runtime.inbox.forgetTo(now.processed)
          runtime.processed.advance(now.processed)
        }
        if (!roles.has('load')) runtime.loaded.advance(now.loaded)
      } catch (error) {
        log.warn('progress_not_read', { workspace, error })
      }
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS))
    }
  }

  async #keepProcessing(workspace: number, runtime: WorkspaceRuntime): Promise<void> {
    const { signal } = runtime.processing
    while (!signal.aborted) {
      try {
        await this.#processUntilLost(workspace, runtime)
      } catch (error) {
        this.#options.log.warn('processor_waits', { workspace, error })
      }
      if (!signal.aborted) await runtime.inbox.wait(LEASE_RETRY_MS)
    }
  }

  async #processUntilLost(workspace: number, runtime: WorkspaceRuntime): Promise<void> {
    const { database, writer, cache, now, log, roles } = this.#options
    const session = await this.#leaseSession()
    const lease = await takeLease(session, workspace, `${hostname()}:${process.pid}`)
    if (lease === undefined) return
    this.#held.set(workspace, lease.epoch)
    log.info('processor_begins', { workspace, epoch: lease.epoch, position: lease.position })
    const messageIds = new MessageIds(database, workspace, log)
    const { deliveryDays, profileIdKey, slugOf } = this.#options
    const run = new Processor({
      ...{ workspace, database, writer, cache, messageIds, now, log },
      inbox: runtime.inbox,
      rules: () => this.rules(workspace),
      audiences: () => runtime.audiences,
      connections: () => runtime.connections,
      ...{ deliveryDays, slugOf, profileIdKey: profileIdKey(workspace) },
      rereadSettings: () => this.readSettings(workspace),
      pollMs: roles.size === 4 ? ALONE_POLL_MS : SHARED_POLL_MS,
      thread: this.#options.thread,
      onBegin: (position) => runtime.processed.advance(position),
      onBatchProcessed: (decision) => this.#noteProcessed(workspace, runtime, decision),
      onCommandApplied: (decision) => this.#noteApplied(workspace, runtime, decision),
    })
    const beside = this.#startWorkers(workspace, runtime, lease.epoch)
    const how = await run.run(lease, runtime.processing.signal).finally(beside.end)
    if (how === 'stopped') return
    this.#held.delete(workspace)
    log.warn('processor_lost', { workspace, epoch: lease.epoch })
  }

  /**
   * What whoever processes also does: delivering, and by commands preparing audiences, keeping time and sending current
   * members.
   */
  #startWorkers(workspace: number, runtime: WorkspaceRuntime, epoch: number): { end(): Promise<void> } {
    const { database, clickhouse, reads, log, now, deliverer } = this.#options
    const { processed, loaded } = runtime
    const command = (what: LoggedCommand) => runtime.log.command(what)
    const shared = { workspace, log, processed, now, command }
    const audiences = () => runtime.audiences
    const audienceBackfill = new AudienceBackfill({
      ...{ ...shared, database, clickhouse, reads, loaded, audiences, rules: () => this.rules(workspace) },
      hurryTo: (position) => runtime.loader.hurryTo(position),
    })
    runtime.timerScheduler = new TimerScheduler({ ...shared, database })
    runtime.overflowRefresher = new OverflowRefresher({
      ...{ ...shared, database, clickhouse, reads, loaded, audiences, rules: () => this.rules(workspace) },
    })
    const connections = () => runtime.connections
    const currentMembersExport = new CurrentMembersExport({
      ...shared,
      reads,
      loaded,
      audiences,
      connections,
    })
    const delivering = deliverer.open(workspace, epoch)
    const ending = new AbortController()
    const respeller = new Respeller({ ...shared, database })
    const runs = [
      audienceBackfill,
      runtime.timerScheduler,
      runtime.overflowRefresher,
      currentMembersExport,
      respeller,
    ].map((work) => work.run(ending.signal))
    return {
      end: async () => {
        ending.abort()
        await Promise.all([...runs, delivering.end()])
        runtime.timerScheduler = undefined
        runtime.overflowRefresher = undefined
      },
    }
  }

  #noteProcessed(workspace: number, runtime: WorkspaceRuntime, decision: BatchDecision): void {
    const { metrics } = this.#options
    metrics.batchEvents.observe(decision.last - decision.first + 1)
    metrics.processed.inc({ outcome: 'processed' }, decision.processed.length)
    for (const { as } of decision.ended) metrics.processed.inc({ outcome: as })
    runtime.processedReceivedAt = decision.processed.at(-1)?.event.receivedAt ?? this.#options.now()
    if (decision.audiences.cold.length > 0) runtime.overflowRefresher?.wake()
    this.#wakeDeliveries(workspace, decision)
    runtime.loader.offer(loadableBatch(decision))
    runtime.processed.advance(decision.last)
  }

  #noteApplied(workspace: number, runtime: WorkspaceRuntime, decision: CommandDecision): void {
    this.#wakeDeliveries(workspace, decision)
    noteApplied(runtime, decision)
  }

  #wakeDeliveries(workspace: number, { delivery }: Pick<BatchDecision, 'delivery'>): void {
    if (delivery.deliveries.length === 0) return
    const destinations = [...new Set(delivery.deliveries.map(({ destination }) => destination))]
    this.#options.deliverer.wake(workspace, destinations)
  }

  /** One connection holds the leases of the process: when it goes, they are free for others at once. */
  async #leaseSession(): Promise<Client> {
    this.#session ??= this.#options.leasing.connect().then((client) => {
      client.once('error', (error) => {
        if (this.#session === undefined) return
        this.#session = undefined
        // the pool has this one connection only: it makes another once the broken one is given back
        client.release(error)
      })
      return client
    })
    try {
      return await this.#session
    } catch (error) {
      this.#session = undefined
      throw error
    }
  }

  async #renew(): Promise<void> {
    await renewLeases(this.#options.database, this.#held).catch((error: unknown) => {
      this.#options.log.warn('lease_not_renewed', { error })
    })
  }
}

async function endProcessing({ processing, inbox, runs }: WorkspaceRuntime): Promise<void> {
  processing.abort()
  inbox.wake()
  await Promise.all(runs)
}

async function endLoad({ loading, loads }: WorkspaceRuntime): Promise<void> {
  loading.abort()
  await Promise.all(loads)
}

function noteApplied(runtime: WorkspaceRuntime, decision: CommandDecision): void {
  const { position, rules, result, backfilledTo } = decision
  const { backfill } = runtime.audiences
  if (backfilledTo !== undefined && backfill !== undefined)
    runtime.audiences = withBackfill(runtime.audiences, { ...backfill, doneTo: backfilledTo })
  runtime.rules = rules ?? runtime.rules
  if (decision.audiences.cold.length > 0) runtime.overflowRefresher?.wake()
  runtime.results.set(position, result)
  const [oldest] = runtime.results.keys()
  if (runtime.results.size > COMMAND_RESULTS_MAX && oldest !== undefined) runtime.results.delete(oldest)
  runtime.loader.offer(loadableCommand(decision))
  runtime.processed.advance(position)
}
