import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import type { AddressGuard } from '../platform/outgoing/address-guard.ts'
import { OutgoingClient } from '../platform/outgoing/outgoing-client.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'
import { DeliveryQueueStore, QueueLost } from './delivery-queue-store.ts'
import { type DeliveryPace, DestinationQueue } from './destination-queue.ts'

/** What the queues of a workspace share. */
export interface WorkspaceQueuesOptions {
  readonly database: Database
  readonly workspace: number
  /** under which this process holds the processor */
  readonly epoch: number
  readonly box: SecretBox
  readonly guard: AddressGuard
  readonly log: Log
  readonly now: () => number
  readonly random: () => number
  readonly pace: DeliveryPace
}

interface Running {
  readonly queue: DestinationQueue
  readonly ending: AbortController
  readonly ended: Promise<void>
}

const RELOAD_MS = 5_000
const AGAIN_MS = 1_000

/** One queue for each destination of a workspace, each with sockets of its own: none waits for another. */
export class WorkspaceQueues {
  readonly #options: WorkspaceQueuesOptions
  readonly #store: DeliveryQueueStore
  readonly #running = new Map<number, Running>()
  #loading: Promise<void> = Promise.resolve()
  #signal: AbortSignal | undefined

  constructor(options: WorkspaceQueuesOptions) {
    this.#options = options
    this.#store = new DeliveryQueueStore(options.database, options.workspace, options.epoch)
  }

  /** Works until `signal` says stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    this.#signal = signal
    while (!signal.aborted) {
      await this.reload().catch((error: unknown) => log.warn('destinations_not_read', { workspace, error }))
      await pause(RELOAD_MS, undefined, { signal }).catch(() => undefined)
    }
    for (const { ending } of this.#running.values()) ending.abort()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  /** @param destinations undefined: all */
  wake(destinations: readonly number[] | undefined): void {
    for (const id of destinations ?? this.#running.keys()) {
      const running = this.#running.get(id)
      if (running === undefined) void this.reload().catch(() => undefined)
      else running.queue.wake()
    }
  }

  /** Begins with new destinations, ends those that are gone, tells the others what has changed. */
  reload(): Promise<void> {
    this.#loading = this.#loading.catch(() => undefined).then(() => this.#reload())
    return this.#loading
  }

  async #reload(): Promise<void> {
    if (this.#signal?.aborted !== false) return
    const targets = await this.#store.readTargets()
    const known = new Set(targets.map(({ destination }) => destination.id))
    for (const [id, { ending }] of this.#running) if (!known.has(id)) ending.abort()
    for (const target of targets) {
      const running = this.#running.get(target.destination.id)
      if (running === undefined) this.#start(target)
      else running.queue.update(target)
    }
  }

  #start(target: Awaited<ReturnType<DeliveryQueueStore['readTargets']>>[number]): void {
    const { box, guard, log, now, random, pace, workspace } = this.#options
    const { id } = target.destination
    const ending = new AbortController()
    const client = new OutgoingClient(guard, workspace)
    const queue = new DestinationQueue({ store: this.#store, target, box, client, log, now, random, pace })
    const keepRunning = async () => {
      try {
        await queue.run(ending.signal)
      } catch (error) {
        if (!(error instanceof QueueLost)) log.warn('queue_waits', { workspace, destination: id, error })
        await pause(AGAIN_MS, undefined, { signal: ending.signal }).catch(() => undefined)
      }
      this.#running.delete(id)
      await client.close()
    }
    this.#running.set(id, { queue, ending, ended: keepRunning() })
  }
}
