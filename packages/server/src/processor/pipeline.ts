import type { RoutingFacts } from '@affluent/core/delivery/router'
import type { Counters } from '@affluent/core/identity/identity-graph'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { MICRO_BATCH_BYTES_MAX, PROCESSING_TRIES_MAX } from '@affluent/protocol/limits'
import type { Audiences } from '../audiences/audience-store.ts'
import { HistoryTaker } from '../audiences/take-history.ts'
import type { ConnectionSet } from '../delivery/connection-store.ts'
import type { DeliveryDays } from '../delivery/delivery-table.ts'
import { extract, GraphLoader, identifiersOf } from '../identity/resolve.ts'
import type { StateCache } from '../identity/state-cache.ts'
import type { MessageIds, MessageMark } from '../ingest/message-ids.ts'
import { markMessage } from '../ingest/validate.ts'
import { type ProcessorCursor, readProcessorCursor } from '../log/cursors.ts'
import type { Inbox, Run } from '../log/inbox.ts'
import type { ProcessorLease } from '../log/lease.ts'
import { readLog } from '../log/read-log.ts'
import type { Database } from '../platform/database/connect.ts'
import type { DatabaseWriter } from '../platform/database/database-writer.ts'
import { isTransient } from '../platform/database/transient-error.ts'
import type { Log } from '../platform/observability/log.ts'
import type { EventRun } from '../platform/processing/accepted-event.ts'
import type { IdentityPart } from '../platform/processing/batch-decision.ts'
import type { CommandRun } from '../platform/processing/command.ts'
import type { ThreadShare } from '../platform/processing/thread-share.ts'
import { Turns } from '../platform/processing/turns.ts'
import { BatchSize } from './batch-size.ts'
import { type BatchDecision, decideBatch } from './decide-batch.ts'
import { type CommandDecision, decideCommand, giveUpCommand, settingsForCommands } from './decide-command.ts'
import { FACTS } from './facts.ts'
import { LeaseLost, saveBatch, saveCommand } from './save-batch.ts'

/** What a processor needs. */
export interface ProcessorOptions {
  readonly workspace: number
  readonly database: Database
  readonly writer: DatabaseWriter
  readonly cache: StateCache
  readonly inbox: Inbox
  readonly messageIds: MessageIds
  readonly rules: () => IdentityRules
  readonly audiences: () => Audiences
  readonly connections: () => ConnectionSet
  readonly deliveryDays: DeliveryDays
  readonly profileIdKey: ProfileIdKey
  /** slug of a source */
  readonly slugOf: (source: number) => string
  /** reads rules, audiences and connections anew: a command has changed them, or the processor begins again */
  readonly rereadSettings: () => Promise<void>
  /** what collecting and processing share */
  readonly thread: ThreadShare
  readonly now: () => number
  /** how long an idle processor waits before it looks into the log by itself, in milliseconds */
  readonly pollMs: number
  readonly log: Log
  /** told up to where everything is committed, whenever the processor begins (again) */
  readonly onBegin: (position: number) => void
  /** told of each batch once it is committed, in order */
  readonly onBatchProcessed: (decision: BatchDecision) => void
  /** told of each command once it is committed */
  readonly onCommandApplied: (decision: CommandDecision) => void
}

interface Failure {
  readonly error: unknown
  readonly events: number
  readonly first: number
}

/** Waiting events from which on a batch is decided while the one before is still being saved. */
const OVERLAP_EVENTS_MIN = 500
/** Waiting events from which on collecting leaves the processor its share of the thread. */
const BEHIND_EVENTS_MIN = 2_000
const RETRY_MS = 500
const FIRST_RETRY_MS = 20

/**
 * The processor of one workspace: stages 2 to 5 over micro-batches, in log order, by the one writer. A batch takes what
 * is waiting. While one batch is being saved, the next is loaded and decided.
 */
export class Processor {
  readonly #options: ProcessorOptions
  readonly #graphs: GraphLoader
  readonly #history: HistoryTaker
  readonly #poisoned = new Set<number>()
  readonly #daysReady = new Set<string>()
  /** where the next batch begins, and with which numbers */
  #position = 0
  #counters: Counters = { fragment: 1, identifier: 1, ledger: 1 }
  #nextDelivery = 1
  /** the workspace's time, milliseconds since the epoch */
  #clock = 0
  readonly #size = new BatchSize()
  #tries = 0
  #saving: Promise<void> = Promise.resolve()
  #failure: Failure | undefined
  /** whether the log may hold events that were never offered to the inbox */
  #searchLog = true

  constructor(options: ProcessorOptions) {
    this.#options = options
    const { database, cache, workspace, audiences } = options
    this.#history = new HistoryTaker(database, workspace, audiences)
    this.#graphs = new GraphLoader(database, cache, workspace, (graph) => this.#history.takeInto(graph))
  }

  /** Processes until `signal` says stop (what is under way is saved) or another process has taken over. */
  async run(lease: ProcessorLease, signal: AbortSignal): Promise<'stopped' | 'lost'> {
    const { thread, workspace } = this.#options
    return this.#run(lease, signal).finally(() => thread.setBehind(workspace, false))
  }

  async #run(lease: ProcessorLease, signal: AbortSignal): Promise<'stopped' | 'lost'> {
    await this.#restart(lease)
    while (!signal.aborted) {
      if (this.#failure !== undefined) {
        if ((await this.#recover(this.#failure, lease, signal)) === 'lost') return 'lost'
        continue
      }
      try {
        await this.#step(lease, signal)
      } catch (error) {
        await this.#saving
        this.#failure ??= { error, events: this.#size.events, first: this.#position + 1 }
      }
    }
    await this.#saving
    this.#options.messageIds.close()
    return 'stopped'
  }

  async #step(lease: ProcessorLease, signal: AbortSignal): Promise<void> {
    // under light load one batch after another makes fewer and larger ones; under heavy load the next is decided
    // meanwhile
    if (this.#options.inbox.waiting < OVERLAP_EVENTS_MIN) await this.#saving
    if (this.#failure !== undefined) return
    const run = await this.#next(signal)
    const { inbox, thread, workspace } = this.#options
    thread.setBehind(workspace, inbox.end - this.#position > BEHIND_EVENTS_MIN)
    if (run === undefined) return
    if ('command' in run) return this.#applyCommand(run, lease.epoch)
    const decision = await this.#decide(run)
    await this.#saving
    if (this.#failure !== undefined) return
    this.#position = decision.last
    this.#saving = this.#save(decision, lease.epoch)
  }

  /** The next events: from memory, or from the log where memory has a gap. */
  async #next(signal: AbortSignal): Promise<Run | undefined> {
    const { inbox, database, workspace, pollMs } = this.#options
    const from = this.#position + 1
    const limit = { events: this.#size.events, bytes: MICRO_BATCH_BYTES_MAX }
    const taken = inbox.take(from, limit)
    if (typeof taken === 'object') return taken
    if (taken === 'behind' || this.#searchLog || inbox.end >= from) {
      const found = await readLog(database, workspace, from, limit)
      if (found !== undefined) return 'command' in found ? found : cutRun(found, limit.events)
      this.#searchLog = false
      // what is in memory beyond a gap can only be reached once the gap is in the log
      if (taken === 'behind') await inbox.wait(FIRST_RETRY_MS)
      return undefined
    }
    if (signal.aborted) return undefined
    const waited = await inbox.wait(pollMs)
    if (waited === 'timeout') this.#searchLog = true
    return undefined
  }

  /** A command stands between batches: what came before it is saved first, and what comes after is decided under it. */
  async #applyCommand(run: CommandRun, epoch: number): Promise<void> {
    const { writer, workspace, onCommandApplied, rereadSettings } = this.#options
    await this.#saving
    if (this.#failure !== undefined) return
    try {
      const decision = await this.#decideCommand(run)
      this.#remember(decision.identity)
      // what was loaded for it may have taken history, which is not saved
      if (decision.result.kind === 'void') this.#graphs.reset()
      const now = await this.#readyForDeliveries(decision)
      await saveCommand(writer, { workspace, epoch, facts: FACTS, decision, now })
      if (decision.changesSettings) await rereadSettings()
      if (decision.identity.changes.respelled.size > 0) this.#forget()
      this.#position = run.first
      this.#clock = decision.clock
      this.#nextDelivery = decision.delivery.nextDelivery
      this.#tries = 0
      onCommandApplied(decision)
    } catch (error) {
      this.#failure = { error, events: 1, first: run.first }
    }
  }

  async #decideCommand(run: CommandRun): Promise<CommandDecision> {
    const { workspace, database, rules, audiences, connections } = this.#options
    const numbers = { counters: this.#counters, nextDelivery: this.#nextDelivery }
    const input = { run, rules: rules(), ...numbers, clock: this.#clock }
    if (this.#poisoned.has(run.first)) return giveUpCommand(input)
    const settings = settingsForCommands({ audiences: audiences(), connections: connections() })
    const takeCold = () => this.#history.takeCold()
    const routing = this.#routing()
    return decideCommand({
      ...input,
      ...settings,
      takeCold,
      routing,
      workspace,
      database,
      graphs: this.#graphs,
    })
  }

  async #decide(run: EventRun): Promise<BatchDecision> {
    const { messageIds, rules, audiences, now, thread } = this.#options
    const turns = new Turns((ms) => thread.noteProcessing(ms))
    const extracted = await turns.map(run.events, (event) => extract(event, rules()))
    const marks = await turns.map(run.events, markMessage)
    const present = marks.filter((mark): mark is MessageMark => mark !== undefined)
    const [graph, seen] = await turns.during(
      allEnded([
        this.#graphs.load({ identifiers: identifiersOf(extracted) }, rules(), this.#counters),
        messageIds.find(present, now()),
        messageIds.prepareDays(present, this.#daysReady),
      ]),
    )
    const { catalog } = audiences()
    const cold = this.#history.takeCold()
    const known = { marks, seen, graph, catalog, cold, clock: this.#clock, poisoned: this.#poisoned }
    const routing = { routing: this.#routing(), nextDelivery: this.#nextDelivery }
    const decision = await decideBatch({ run, extracted, ...known, ...routing }, turns)
    this.#clock = decision.clock
    this.#nextDelivery = decision.delivery.nextDelivery
    turns.end()
    messageIds.hold(decision.marks)
    this.#remember(decision.identity)
    this.#size.measure(run.events.length, {
      stateBytes: stateBytesOf(decision.identity),
      ms: turns.heldMs,
    })
    return decision
  }

  #routing(): RoutingFacts {
    const { workspace, connections, audiences, profileIdKey, slugOf } = this.#options
    return { workspace, routes: connections().routes, audienceKeys: audiences().keys, profileIdKey, slugOf }
  }

  /** @returns when the deliveries were queued; their day is there then */
  async #readyForDeliveries({ delivery }: Pick<BatchDecision, 'delivery'>): Promise<number> {
    const now = this.#options.now()
    if (delivery.deliveries.length > 0) await this.#options.deliveryDays.ensure(now)
    return now
  }

  /** The next decision sees this one through the cache, whether it is saved yet or not. */
  #remember({ changes, made, changed }: IdentityPart): void {
    const { cache, workspace } = this.#options
    for (const known of changes.newIdentifiers) cache.putIdentifier(workspace, known)
    for (const known of changes.adopted) cache.putIdentifier(workspace, known)
    for (const { fragment, state } of made) cache.putFragment(workspace, fragment, state)
    for (const { fragment, state } of changed) cache.putFragment(workspace, fragment, state)
  }

  async #save(decision: BatchDecision, epoch: number): Promise<void> {
    const { writer, workspace, messageIds, inbox, onBatchProcessed } = this.#options
    try {
      const now = await this.#readyForDeliveries(decision)
      await saveBatch(writer, { workspace, epoch, facts: FACTS, decision, messageIds, now })
      messageIds.settle(decision.marks)
      this.#size.grow()
      this.#tries = 0
      onBatchProcessed(decision)
    } catch (error) {
      this.#failure = { error, events: decision.last - decision.first + 1, first: decision.first }
      inbox.wake()
    }
  }

  /**
   * After a failure: begin again from what is committed. A batch that cannot be saved is halved until the bad event is
   * alone.
   */
  async #recover(failure: Failure, lease: ProcessorLease, signal: AbortSignal): Promise<'again' | 'lost'> {
    const { log, workspace } = this.#options
    await this.#saving
    if (failure.error instanceof LeaseLost) return 'lost'
    if (isTransient(failure.error)) {
      log.warn('processor_waits', { workspace, error: failure.error })
    } else if (failure.events > 1) {
      log.warn('processor_halves_batch', { workspace, events: failure.events, error: failure.error })
      this.#size.halve(failure.events)
    } else if (++this.#tries >= PROCESSING_TRIES_MAX) {
      log.error('event_quarantined', { workspace, position: failure.first, error: failure.error })
      this.#poisoned.add(failure.first)
      this.#tries = 0
    }
    await pause(isTransient(failure.error) ? RETRY_MS : FIRST_RETRY_MS, signal)
    let committed: ProcessorCursor | undefined
    try {
      committed = await readProcessorCursor(this.#options.database, workspace, lease.epoch)
    } catch {
      return 'again'
    }
    if (committed === undefined) return 'lost'
    await this.#restart(committed)
    return 'again'
  }

  /** What is held in memory under a value that an identifier no longer has. */
  #forget(): void {
    this.#graphs.reset()
    this.#options.cache.clear()
  }

  /** Forgets everything that is not committed. */
  async #restart(from: ProcessorCursor): Promise<void> {
    this.#forget()
    // a day that was ready may have been dropped since
    this.#daysReady.clear()
    this.#position = from.position
    this.#counters = { ...from.counters }
    this.#options.onBegin(from.position)
    this.#clock = from.clock
    this.#nextDelivery = from.nextDelivery
    this.#searchLog = true
    this.#failure = undefined
    await this.#options.rereadSettings()
    await this.#options.messageIds.open(this.#options.now())
  }
}

/**
 * Waits for all, also when one fails: what is still loading when the processor begins again would put the state of
 * before into memory.
 * @throws the first error
 */
async function allEnded<T extends readonly unknown[]>(
  work: {
    readonly [K in keyof T]: Promise<T[K]>
  },
): Promise<T> {
  await Promise.allSettled(work)
  return Promise.all(work) as Promise<unknown> as Promise<T>
}

function stateBytesOf({ made, changed }: IdentityPart): number {
  let bytes = 0
  for (const { state } of made) bytes += state.length
  for (const { state } of changed) bytes += state.length
  return bytes
}

function cutRun(run: EventRun, events: number): EventRun {
  if (run.events.length <= events) return run
  return {
    first: run.first,
    events: run.events.slice(0, events),
    bytes: (run.bytes * events) / run.events.length,
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
