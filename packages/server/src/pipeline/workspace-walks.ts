import { hostname } from 'node:os'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '@affluent/core/identity/namespaces'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Role } from '../config.ts'
import type { Client, Database } from '../database/connect.ts'
import type { DatabaseWriter } from '../database/database-writer.ts'
import { type Append, EventLog } from '../log/event-log.ts'
import type { LogSegments } from '../log/log-segments.ts'
import type { Log } from '../operations/log.ts'
import type { Metrics } from '../operations/metrics.ts'
import { MessageIds } from '../stores/message-ids.ts'
import type { StateCache } from '../stores/state-cache.ts'
import type { BatchDecision } from './decide-batch.ts'
import { Inbox } from './inbox.ts'
import { Loader } from './load.ts'
import { Walk } from './pipeline.ts'
import { Progress } from './progress.ts'
import { LEASE_RENEW_MS, renewLeases, returnLease, takeLease } from './walk-lease.ts'

/** What all workspaces of a process share. */
export interface WalksOptions {
  readonly database: Database
  readonly writer: DatabaseWriter
  /** whose one connection holds the leases */
  readonly leasing: Database
  readonly clickhouse: ClickHouseClient
  readonly segments: LogSegments
  readonly cache: StateCache
  readonly roles: ReadonlySet<Role>
  readonly now: () => number
  readonly log: Log
  readonly metrics: Metrics
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
}

const LEASE_RETRY_MS = 500
const ALONE_POLL_MS = 1_000
const SHARED_POLL_MS = 25
const LOADER_POLL_MS = 5_000

/** The walks of all workspaces in this process: their doors, leases, caches and loaders. */
export class WorkspaceWalks {
  readonly #options: WalksOptions
  readonly #walks = new Map<number, WorkspaceWalk>()
  readonly #held = new Map<number, number>()
  readonly #walking = new AbortController()
  readonly #loading = new AbortController()
  readonly #runs: Promise<unknown>[] = []
  readonly #loads: Promise<unknown>[] = []
  #session: Promise<Client> | undefined
  #renewing: NodeJS.Timeout | undefined

  constructor(options: WalksOptions) {
    this.#options = options
    this.#renewing = setInterval(() => void this.#renew(), LEASE_RENEW_MS)
  }

  rules(_workspace: number): IdentityRules {
    return DEFAULT_IDENTITY_RULES
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

  /** Age of the oldest waiting event over all workspaces, in milliseconds. */
  worstLagMs(): number {
    return Math.max(0, ...[...this.#walks.keys()].map((workspace) => this.lagMs(workspace)))
  }

  append(workspace: number, append: Append): Promise<number> {
    const walk = this.#walks.get(workspace)
    if (walk === undefined) return Promise.reject(new Error(`Workspace ${workspace} is not open here.`))
    return walk.log.append(append)
  }

  /** Begins to take in, walk and load a workspace, once. */
  open(workspace: number): void {
    if (this.#walks.has(workspace) || this.#walking.signal.aborted) return
    const walk = this.#create(workspace)
    this.#walks.set(workspace, walk)
    const { roles } = this.#options
    if (roles.has('walk')) this.#runs.push(this.#keepWalking(workspace, walk))
    if (roles.has('load')) this.#loads.push(walk.loader.run(this.#loading.signal))
  }

  /** Stops: what is being saved is saved, what is being loaded is loaded, leases are given back. Bounded by the caller. */
  async close(): Promise<void> {
    clearInterval(this.#renewing)
    this.#walking.abort()
    for (const { inbox } of this.#walks.values()) inbox.wake()
    await Promise.all(this.#runs)
    this.#loading.abort()
    await Promise.all(this.#loads)
    const session = await this.#session?.catch(() => undefined)
    if (session === undefined) return
    for (const [workspace, epoch] of this.#held)
      await returnLease(session, workspace, epoch).catch(() => undefined)
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
      log: new EventLog({ writer, segments, workspace, now, onCommitted: (run) => inbox.offer(run) }),
      loader: new Loader({ workspace, database, clickhouse, log, loaded, pollMs: LOADER_POLL_MS }),
    }
  }

  async #keepWalking(workspace: number, walk: WorkspaceWalk): Promise<void> {
    const { signal } = this.#walking
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
    walk.walked.advance(lease.position)
    log.info('walk_begins', { workspace, epoch: lease.epoch, position: lease.position })
    const messageIds = new MessageIds(database, workspace)
    const run = new Walk({
      ...{ workspace, database, writer, cache, messageIds, now, log },
      inbox: walk.inbox,
      rules: () => this.rules(workspace),
      pollMs: roles.size === 4 ? ALONE_POLL_MS : SHARED_POLL_MS,
      onWalked: (decision) => this.#noteWalked(walk, decision),
    })
    const how = await run.run(lease, this.#walking.signal)
    if (how === 'stopped') return
    this.#held.delete(workspace)
    log.warn('walk_lost', { workspace, epoch: lease.epoch })
  }

  #noteWalked(walk: WorkspaceWalk, decision: BatchDecision): void {
    const { metrics } = this.#options
    metrics.batchEvents.observe(decision.last - decision.first + 1)
    metrics.walked.inc({ outcome: 'processed' }, decision.processed.length)
    for (const { as } of decision.ended) metrics.walked.inc({ outcome: as })
    walk.walkedReceivedAt = decision.processed.at(-1)?.event.receivedAt ?? this.#options.now()
    walk.loader.offer(decision)
    walk.walked.advance(decision.last)
  }

  /** One connection holds the leases of the process: when it goes, they are free for others at once. */
  async #leaseSession(): Promise<Client> {
    this.#session ??= this.#options.leasing.connect().then((client) => {
      client.on('error', () => {
        this.#session = undefined
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
