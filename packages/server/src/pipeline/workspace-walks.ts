import { hostname } from 'node:os'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { COMMAND_RESULTS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Role } from '../config.ts'
import type { Client, Database } from '../database/connect.ts'
import type { DatabaseWriter } from '../database/database-writer.ts'
import type { Deliverer } from '../deliveries/deliverer.ts'
import { type Append, EventLog, WorkspaceClosed } from '../log/event-log.ts'
import type { LogSegments } from '../log/log-segments.ts'
import type { Log } from '../operations/log.ts'
import type { Metrics } from '../operations/metrics.ts'
import type { AnalyticalReads } from '../stores/analytical-reads.ts'
import { type Audiences, NO_AUDIENCES, readAudiences, withSweep } from '../stores/audience-store.ts'
import { type ConnectionSet, NO_CONNECTIONS, readConnections } from '../stores/connection-store.ts'
import type { DeliveryDays } from '../stores/delivery-table.ts'
import { MessageIds } from '../stores/message-ids.ts'
import { findRefusal } from '../stores/refused-commands.ts'
import type { StateCache } from '../stores/state-cache.ts'
import { ColdReader } from './cold-reader.ts'
import type { Command } from './command.ts'
import type { BatchDecision } from './decide-batch.ts'
import type { CommandDecision, CommandResult } from './decide-command.ts'
import { Inbox } from './inbox.ts'
import { Loader } from './load.ts'
import { commandToLoad } from './load-entry.ts'
import { MemberSender } from './member-sender.ts'
import { Walk } from './pipeline.ts'
import { Progress } from './progress.ts'
import { Respeller } from './respeller.ts'
import { Sweeper } from './sweeper.ts'
import { Timekeeper } from './timekeeper.ts'
import { LEASE_RENEW_MS, renewLeases, returnLease, takeLease } from './walk-lease.ts'

/** What all workspaces of a process share. */
export interface WalksOptions {
  readonly database: Database
  readonly writer: DatabaseWriter
  /** whose one connection holds the leases */
  readonly leasing: Database
  readonly clickhouse: ClickHouseClient
  readonly reads: AnalyticalReads
  readonly segments: LogSegments
  readonly cache: StateCache
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
interface WorkspaceWalk {
  readonly log: EventLog
  readonly inbox: Inbox
  readonly walked: Progress
  readonly loaded: Progress
  readonly loader: Loader
  /** receipt of the last event walked, milliseconds since the epoch */
  walkedReceivedAt: number
  rules: IdentityRules
  audiences: Audiences
  connections: ConnectionSet
  /** while this process walks */
  timekeeper: Timekeeper | undefined
  coldReader: ColdReader | undefined
  /** what became of the latest commands that this process walked, by position */
  readonly results: Map<number, CommandResult>
  readonly walking: AbortController
  readonly runs: Promise<unknown>[]
  readonly loading: AbortController
  readonly loads: Promise<unknown>[]
}

/** A command that stands in the log. */
export interface GivenCommand {
  readonly position: number
  /** what became of it, once it is walked; undefined when another process carried it out */
  result(): Promise<CommandResult | undefined>
}

const LEASE_RETRY_MS = 500
const FOLLOW_MS = 50
const ALONE_POLL_MS = 1_000
const SHARED_POLL_MS = 25
const LOADER_POLL_MS = 5_000

/** The walks of all workspaces in this process: their doors, leases, caches and loaders. */
export class WorkspaceWalks {
  readonly #options: WalksOptions
  readonly #walks = new Map<number, WorkspaceWalk>()
  readonly #held = new Map<number, number>()
  #isClosed = false
  #session: Promise<Client> | undefined
  #renewing: NodeJS.Timeout | undefined

  constructor(options: WalksOptions) {
    this.#options = options
    this.#renewing = setInterval(() => void this.#renew(), LEASE_RENEW_MS)
  }

  /** The identity rules in force. */
  rules(workspace: number): IdentityRules {
    return this.#walks.get(workspace)?.rules ?? DEFAULT_IDENTITY_RULES
  }

  /** The audiences, as this process last read them. */
  audiences(workspace: number): Audiences {
    return this.#walks.get(workspace)?.audiences ?? NO_AUDIENCES
  }

  progress(workspace: number): { readonly walked: Progress; readonly loaded: Progress } | undefined {
    return this.#walks.get(workspace)
  }

  /** Age of the oldest event that is accepted and not walked, in milliseconds. */
  lagMs(workspace: number): number {
    const walk = this.#walks.get(workspace)
    if (walk === undefined || walk.walked.position >= walk.inbox.end) return 0
    return Math.max(0, this.#options.now() - (walk.inbox.oldestReceivedAt ?? walk.walkedReceivedAt))
  }

  /** How long the first of the people whose moment has come has been waiting, in milliseconds; 0 where another process walks. */
  timersLagMs(workspace: number): number {
    return this.#walks.get(workspace)?.timekeeper?.lagMs ?? 0
  }

  /** The same, over all workspaces. */
  worstTimersLagMs(): number {
    return Math.max(0, ...[...this.#walks.keys()].map((workspace) => this.timersLagMs(workspace)))
  }

  /** Age of the oldest waiting event over all workspaces, in milliseconds. */
  worstLagMs(): number {
    return Math.max(0, ...[...this.#walks.keys()].map((workspace) => this.lagMs(workspace)))
  }

  append(workspace: number, append: Append): Promise<number> {
    const walk = this.#walks.get(workspace)
    if (walk === undefined)
      return Promise.reject(new WorkspaceClosed(`Workspace ${workspace} is not open here.`))
    return walk.log.append(append)
  }

  /** Puts a command into the log; it takes effect once its position is walked. */
  async command(workspace: number, command: Command): Promise<GivenCommand> {
    const walk = this.#walks.get(workspace)
    if (walk === undefined) throw new WorkspaceClosed(`Workspace ${workspace} is not open here.`)
    const position = await walk.log.command(command)
    return {
      position,
      result: async () =>
        walk.results.get(position) ?? findRefusal(this.#options.database, workspace, position),
    }
  }

  /** Begins to take in, walk and load a workspace, once. */
  open(workspace: number): void {
    if (this.#walks.has(workspace) || this.#isClosed) return
    const walk = this.#create(workspace)
    this.#walks.set(workspace, walk)
    const { roles } = this.#options
    if (!roles.has('walk') || !roles.has('load')) walk.runs.push(this.#follow(workspace, walk))
    if (roles.has('walk')) walk.runs.push(this.#keepWalking(workspace, walk))
    if (roles.has('load')) walk.loads.push(walk.loader.run(walk.loading.signal))
  }

  /** Reads the rules and audiences of a workspace that is open: before the first request is answered, and whenever they have changed. */
  async readSettings(workspace: number): Promise<void> {
    const walk = this.#walks.get(workspace)
    if (walk === undefined) return
    const { database, log } = this.#options
    const audiences = await readAudiences(database, workspace)
    walk.rules = (await readProgress(database, workspace)).rules
    walk.audiences = audiences
    const told = new Set(walk.connections.rows.flatMap(({ id, fault }) => (fault === null ? [] : [id])))
    walk.connections = await readConnections(database, workspace)
    for (const { id, fault } of walk.connections.rows)
      if (fault !== null && !told.has(id))
        log.error('connection_not_understood', { workspace, connection: id, error: fault })
    this.#options.deliverer.changed(workspace)
  }

  /** Ends the walk and the loader of a workspace that is being removed, and gives its lease back. */
  async closeWorkspace(workspace: number): Promise<void> {
    const walk = this.#walks.get(workspace)
    if (walk === undefined) return
    await endWalk(walk)
    await endLoad(walk)
    this.#walks.delete(workspace)
    const epoch = this.#held.get(workspace)
    const session = await this.#session?.catch(() => undefined)
    if (epoch === undefined || session === undefined) return
    this.#held.delete(workspace)
    await returnLease(session, workspace, epoch).catch(() => undefined)
  }

  /** Stops: what is being saved is saved, what is being loaded is loaded, leases are given back. Bounded by the caller. */
  async close(): Promise<void> {
    clearInterval(this.#renewing)
    this.#isClosed = true
    const walks = [...this.#walks.values()]
    await Promise.all(walks.map(endWalk))
    await Promise.all(walks.map(endLoad))
    const session = await this.#session?.catch(() => undefined)
    if (session === undefined) return
    for (const [workspace, epoch] of this.#held)
      await returnLease(session, workspace, epoch).catch(() => undefined)
    // one that broke meanwhile has been given back already
    if (this.#session === undefined) return
    this.#session = undefined
    session.release()
  }

  #create(workspace: number): WorkspaceWalk {
    const { database, writer, segments, now, clickhouse, log } = this.#options
    const inbox = new Inbox()
    const loaded = new Progress()
    return {
      inbox,
      walked: new Progress(),
      loaded,
      walkedReceivedAt: now(),
      rules: DEFAULT_IDENTITY_RULES,
      audiences: NO_AUDIENCES,
      connections: NO_CONNECTIONS,
      timekeeper: undefined,
      coldReader: undefined,
      results: new Map(),
      walking: new AbortController(),
      runs: [],
      loading: new AbortController(),
      loads: [],
      log: new EventLog({ writer, segments, workspace, now, onCommitted: (run) => inbox.offer(run) }),
      loader: new Loader({ workspace, database, clickhouse, log, loaded, pollMs: LOADER_POLL_MS }),
    }
  }

  /** A process that does not walk or load itself sees a little later how far others are, and under which rules. */
  async #follow(workspace: number, walk: WorkspaceWalk): Promise<void> {
    const { database, log, roles } = this.#options
    let generation = -1
    while (!walk.walking.signal.aborted) {
      try {
        const now = await readProgress(database, workspace)
        // whoever walks reads them when a command has changed them
        if (!roles.has('walk') && now.generation !== generation) {
          walk.rules = now.rules
          walk.audiences = await readAudiences(database, workspace)
          walk.connections = await readConnections(database, workspace)
          generation = now.generation
        }
        if (!roles.has('walk')) walk.walked.advance(now.walked)
        if (!roles.has('load')) walk.loaded.advance(now.loaded)
      } catch (error) {
        log.warn('progress_not_read', { workspace, error })
      }
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS))
    }
  }

  async #keepWalking(workspace: number, walk: WorkspaceWalk): Promise<void> {
    const { signal } = walk.walking
    while (!signal.aborted) {
      try {
        await this.#walkOnce(workspace, walk)
      } catch (error) {
        this.#options.log.warn('walk_waits', { workspace, error })
      }
      if (!signal.aborted) await walk.inbox.wait(LEASE_RETRY_MS)
    }
  }

  async #walkOnce(workspace: number, walk: WorkspaceWalk): Promise<void> {
    const { database, writer, cache, now, log, roles } = this.#options
    const session = await this.#leaseSession()
    const lease = await takeLease(session, workspace, `${hostname()}:${process.pid}`)
    if (lease === undefined) return
    this.#held.set(workspace, lease.epoch)
    log.info('walk_begins', { workspace, epoch: lease.epoch, position: lease.position })
    const messageIds = new MessageIds(database, workspace, log)
    const { deliveryDays, profileIdKey, slugOf } = this.#options
    const run = new Walk({
      ...{ workspace, database, writer, cache, messageIds, now, log },
      inbox: walk.inbox,
      rules: () => this.rules(workspace),
      audiences: () => walk.audiences,
      connections: () => walk.connections,
      ...{ deliveryDays, slugOf, profileIdKey: profileIdKey(workspace) },
      rereadSettings: () => this.readSettings(workspace),
      pollMs: roles.size === 4 ? ALONE_POLL_MS : SHARED_POLL_MS,
      isDoorBusy: () => !walk.log.isIdle,
      onBegin: (position) => walk.walked.advance(position),
      onWalked: (decision) => this.#noteWalked(workspace, walk, decision),
      onObeyed: (decision) => this.#noteObeyed(workspace, walk, decision),
    })
    const beside = this.#workBeside(workspace, walk, lease.epoch)
    const how = await run.run(lease, walk.walking.signal).finally(beside.end)
    if (how === 'stopped') return
    this.#held.delete(workspace)
    log.warn('walk_lost', { workspace, epoch: lease.epoch })
  }

  /** What whoever walks also does: delivering, and by commands preparing audiences, keeping time and sending current members. */
  #workBeside(workspace: number, walk: WorkspaceWalk, epoch: number): { end(): Promise<void> } {
    const { database, clickhouse, reads, log, now, deliverer } = this.#options
    const { walked, loaded } = walk
    const command = (what: Command) => walk.log.command(what)
    const shared = { workspace, log, walked, now, command }
    const audiences = () => walk.audiences
    const sweeper = new Sweeper({
      ...{ ...shared, database, clickhouse, reads, loaded, audiences, rules: () => this.rules(workspace) },
      loader: walk.loader,
    })
    walk.timekeeper = new Timekeeper({ ...shared, database })
    walk.coldReader = new ColdReader({
      ...{ ...shared, database, clickhouse, reads, loaded, audiences, rules: () => this.rules(workspace) },
    })
    const connections = () => walk.connections
    const memberSender = new MemberSender({ ...shared, reads, loaded, audiences, connections })
    const delivering = deliverer.open(workspace, epoch)
    const ending = new AbortController()
    const respeller = new Respeller({ ...shared, database })
    const runs = [sweeper, walk.timekeeper, walk.coldReader, memberSender, respeller].map((work) =>
      work.run(ending.signal),
    )
    return {
      end: async () => {
        ending.abort()
        await Promise.all([...runs, delivering.end()])
        walk.timekeeper = undefined
        walk.coldReader = undefined
      },
    }
  }

  #noteWalked(workspace: number, walk: WorkspaceWalk, decision: BatchDecision): void {
    const { metrics } = this.#options
    metrics.batchEvents.observe(decision.last - decision.first + 1)
    metrics.walked.inc({ outcome: 'processed' }, decision.processed.length)
    for (const { as } of decision.ended) metrics.walked.inc({ outcome: as })
    walk.walkedReceivedAt = decision.processed.at(-1)?.event.receivedAt ?? this.#options.now()
    if (decision.cold.length > 0) walk.coldReader?.wake()
    this.#wakeDeliveries(workspace, decision)
    walk.loader.offer(decision)
    walk.walked.advance(decision.last)
  }

  #noteObeyed(workspace: number, walk: WorkspaceWalk, decision: CommandDecision): void {
    this.#wakeDeliveries(workspace, decision)
    noteObeyed(walk, decision)
  }

  #wakeDeliveries(workspace: number, { deliveries }: Pick<BatchDecision, 'deliveries'>): void {
    if (deliveries.length === 0) return
    const destinations = [...new Set(deliveries.map(({ destination }) => destination))]
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

async function endWalk({ walking, inbox, runs }: WorkspaceWalk): Promise<void> {
  walking.abort()
  inbox.wake()
  await Promise.all(runs)
}

async function endLoad({ loading, loads }: WorkspaceWalk): Promise<void> {
  loading.abort()
  await Promise.all(loads)
}

function noteObeyed(walk: WorkspaceWalk, decision: CommandDecision): void {
  const { position, rules, moves, links, memberships, result, sweptTo } = decision
  const { sweep } = walk.audiences
  if (sweptTo !== undefined && sweep !== undefined)
    walk.audiences = withSweep(walk.audiences, { ...sweep, doneTo: sweptTo })
  walk.rules = rules ?? walk.rules
  if (decision.cold.length > 0) walk.coldReader?.wake()
  walk.results.set(position, result)
  const [oldest] = walk.results.keys()
  if (walk.results.size > COMMAND_RESULTS_MAX && oldest !== undefined) walk.results.delete(oldest)
  walk.loader.offer(commandToLoad(position, { moves, links, memberships }))
  walk.walked.advance(position)
}

async function readProgress(
  database: Database,
  workspace: number,
): Promise<{ walked: number; loaded: number; generation: number; rules: IdentityRules }> {
  const { rows } = await database.query<{
    walked: number
    loaded: number
    generation: number
    rules: IdentityRules | null
    country: string | null
  }>(
    `select w.position as walked, w.generation, c.position as loaded, r.rules, s.country
     from walk w join workspace s on s.id = w.workspace_id join load_cursor c using (workspace_id)
       left join identity_rules r using (workspace_id)
     where workspace_id = $1`,
    [workspace],
  )
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no walk.`)
  const { country, ...progress } = row
  return { ...progress, rules: { ...DEFAULT_IDENTITY_RULES, ...row.rules, country } }
}
