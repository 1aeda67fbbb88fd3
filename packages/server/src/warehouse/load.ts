import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ROW_FLAGS } from '@affluent/core/condition/sql/row-flags'
import { flattenProperties } from '@affluent/core/event/flatten-properties'
import { messageIdOf } from '@affluent/core/event/message-id-of'
import { INBOX_BYTES_MAX, LOAD_BLOCK_BYTES_MAX, LOAD_BLOCK_ROWS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import { beginBlock, endBlock, readLoadCursor } from '../log/load-cursor.ts'
import type { Progress } from '../log/progress.ts'
import { readLog } from '../log/read-log.ts'
import type { RowInserter } from '../platform/clickhouse/row-inserter.ts'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'
import type { FactRows, FactSource } from '../platform/processing/fact-source.ts'
import { Turns } from '../platform/processing/turns.ts'
import { EVENT_COLUMNS, EventRows } from './event-table.ts'
import { decodeLoadEntry, type LoadableDecision } from './load-entry.ts'
import { findWaitingEntries, takeLoaded } from './load-entry-table.ts'
import { findLoadedPositions } from './loaded-positions.ts'

/** What the loader needs. */
export interface LoaderOptions {
  readonly workspace: number
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly inserter: RowInserter
  readonly log: Log
  /** what capabilities bring beside the events, in the order in which it is inserted: the map of profiles first */
  readonly facts: readonly FactSource<unknown>[]
  /** how far everything is in ClickHouse */
  readonly loaded: Progress
  /** how long an idle loader waits before it looks for work by itself, in milliseconds */
  readonly pollMs: number
  /** after how many milliseconds a block is closed, whatever it holds */
  readonly blockMs: number
}

/** A micro-batch that waits for its block: its rows, so that its events need not be held. */
interface LoadBatch {
  readonly first: number
  readonly last: number
  /** raw bytes of its events */
  readonly bytes: number
  /** that count for the size of a block */
  readonly rowCount: number
  readonly rows: Promise<BatchRows>
}

interface BatchRows {
  /** of each capability, one after the other */
  readonly facts: readonly FactRows[]
  readonly events: EventRows
}

const RETRY_MS = 1_000
/** Entries that are read back at once, while it is not known how many make a block. */
const READ_BACK_MAX = 100

/**
 * Stage 7 for one workspace: brings what is processed into ClickHouse, once. A block's end is committed before it is
 * inserted, its rows carry a token made of its bounds, and it is marked after ClickHouse has it on disk. Whatever dies
 * in between, the same block comes again. ClickHouse's word for what it had is not enough then: it notes a token before
 * the rows have their name, and does not sync the note, so a crash may leave a token without rows, a power cut rows
 * without a token. A block that comes again is compared with the rows that are there.
 */
export class Loader {
  readonly #options: LoaderOptions
  #waiting: LoadBatch[] = []
  #waitingBytes = 0
  #encoding: Promise<unknown> = Promise.resolve()
  #position = 0
  #blockTo: number | undefined
  #epoch = 0
  #wake: (() => void) | undefined
  /** up to here a block is closed as soon as it can be */
  #hurriedTo = 0

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /** Offers a committed batch; one that does not fit into memory is read back from the load queue later. */
  offer(decision: LoadableDecision): void {
    const bytes = bytesOf(decision)
    if (this.#waitingBytes + bytes <= INBOX_BYTES_MAX) {
      this.#waiting.push(this.#toBatch(decision, bytes))
      this.#waitingBytes += bytes
    }
    this.#wake?.()
  }

  /** Its rows are made as soon as those of the batches before it are. */
  #toBatch(decision: LoadableDecision, bytes = bytesOf(decision)): LoadBatch {
    const { workspace, facts } = this.#options
    const { first, last, processed, parts } = decision
    let rowCount = processed.length
    for (const { key, nothing, countRows } of facts) rowCount += countRows?.(parts[key] ?? nothing) ?? 0
    const rows = this.#encoding.then(async () => ({
      facts: encodeFacts(workspace, facts, decision),
      events: await encodeEvents(workspace, decision),
    }))
    this.#encoding = rows.catch(() => undefined)
    return { first, last, bytes, rowCount, rows }
  }

  /** Somebody waits for a position: the block that has it is not held back until it is full. */
  hurryTo(position: number): void {
    this.#hurriedTo = Math.max(this.#hurriedTo, position)
    this.#wake?.()
  }

  /** Loads until `signal` says stop; a block under way is finished. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
    let opened = false
    while (!signal.aborted) {
      try {
        if (!opened) {
          await this.#open()
          opened = true
        }
        if (this.#blockTo !== undefined) await this.#repeatBlock(this.#blockTo)
        const block = await this.#nextBlock(signal)
        if (block.length > 0) await this.#loadBlock(block)
      } catch (error) {
        opened = false
        this.#options.log.warn('load_waits', { workspace: this.#options.workspace, error })
        await this.#wait(RETRY_MS)
      }
    }
  }

  async #open(): Promise<void> {
    const { database, workspace, loaded } = this.#options
    const { position, blockTo, epoch } = await readLoadCursor(database, workspace)
    this.#position = position
    this.#blockTo = blockTo ?? undefined
    this.#epoch = epoch
    loaded.advance(position)
  }

  /** The batches of the next block; empty when there is nothing to load yet. */
  async #nextBlock(signal: AbortSignal): Promise<readonly LoadBatch[]> {
    this.#dropLoaded()
    if (this.#waiting.length === 0) {
      const how = await this.#wait(this.#options.pollMs)
      if (how === 'timeout') return this.#readBackBlock()
      return []
    }
    if (this.#waiting[0]?.first !== this.#position + 1) return this.#readBackBlock()
    const closesAt = Date.now() + this.#options.blockMs
    while (!signal.aborted && !this.#isFull() && !this.#isHurried() && Date.now() < closesAt)
      await this.#wait(closesAt - Date.now())
    return this.#takeWaiting()
  }

  #isHurried(): boolean {
    return this.#position < this.#hurriedTo && (this.#waiting.at(-1)?.last ?? 0) >= this.#hurriedTo
  }

  #isFull(): boolean {
    let rows = 0
    for (const { rowCount } of this.#waiting) rows += rowCount
    return rows >= LOAD_BLOCK_ROWS_MAX || this.#waitingBytes >= LOAD_BLOCK_BYTES_MAX
  }

  #dropLoaded(): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].last <= this.#position) this.#shift()
  }

  #takeWaiting(): LoadBatch[] {
    const block: LoadBatch[] = []
    let rows = 0
    let bytes = 0
    let next = this.#position + 1
    while (this.#waiting[0]?.first === next) {
      const head = this.#waiting[0]
      const overflows =
        rows + head.rowCount > LOAD_BLOCK_ROWS_MAX || bytes + head.bytes > LOAD_BLOCK_BYTES_MAX
      if (block.length > 0 && overflows) break
      block.push(this.#shift())
      rows += head.rowCount
      bytes += head.bytes
      next = head.last + 1
    }
    return block
  }

  #shift(): LoadBatch {
    const batch = this.#waiting.shift() as LoadBatch
    this.#waitingBytes -= batch.bytes
    return batch
  }

  async #readBackBlock(): Promise<LoadBatch[]> {
    return (await this.#readBack(undefined)).map((decision) => this.#toBatch(decision))
  }

  /**
   * Decisions from the load queue: after a restart, or what did not fit into memory.
   * @param to end of a block that was begun; undefined for as many as make a block
   */
  async #readBack(to: number | undefined): Promise<LoadableDecision[]> {
    const { database, workspace } = this.#options
    const after = this.#position
    const limit = to === undefined ? READ_BACK_MAX : LOAD_BLOCK_ROWS_MAX
    const rows = await findWaitingEntries(database, workspace, { after, to, limit })
    const block: LoadableDecision[] = []
    let total = 0
    let bytes = 0
    for (const row of rows) {
      const overflows = total + row.last - row.first >= LOAD_BLOCK_ROWS_MAX || bytes > LOAD_BLOCK_BYTES_MAX
      if (to === undefined && block.length > 0 && overflows) break
      const decision = await this.#readDecision(row)
      block.push(decision)
      total += row.last - row.first + 1
      bytes += bytesOf(decision)
    }
    return block
  }

  async #readDecision(row: { first: number; last: number; body: Buffer }): Promise<LoadableDecision> {
    const { marks, parts } = decodeLoadEntry(row.body, this.#options.facts)
    const { first, last } = row
    // a command, or copies only: no event to read
    if (marks.length === 0) return { first, last, processed: [], parts }
    const events = new Map<number, AcceptedEvent>()
    let next = first
    while (next <= last) {
      const limit = { events: last - next + 1, bytes: Number.MAX_SAFE_INTEGER }
      const run = await readLog(this.#options.database, this.#options.workspace, next, limit)
      if (run === undefined || 'command' in run)
        throw new Error(`The log of workspace ${this.#options.workspace} ends before position ${last}.`)
      for (const [index, event] of run.events.entries()) events.set(next + index, event)
      next += run.events.length
    }
    const processed = marks.map((mark) => ({
      ...mark,
      event: events.get(mark.position) as AcceptedEvent,
    }))
    return { first, last, processed, parts }
  }

  async #loadBlock(block: readonly LoadBatch[]): Promise<void> {
    const to = (block.at(-1) as LoadBatch).last
    const rows = await Promise.all(block.map((batch) => batch.rows))
    await this.#begin(to)
    const token = this.#token(to)
    await this.#insertFacts(
      rows.map(({ facts }) => facts),
      token,
    )
    await this.#insertEvents(
      rows.map(({ events }) => events),
      `${token}-event`,
    )
    await this.#end(to)
  }

  /** A block whose end is fixed already: some of it may be in ClickHouse. */
  async #repeatBlock(to: number): Promise<void> {
    const { workspace, facts } = this.#options
    const decisions = await this.#readBack(to)
    const token = this.#token(to)
    await this.#insertFacts(
      decisions.map((decision) => encodeFacts(workspace, facts, decision)),
      token,
    )
    await this.#insertMissing(decisions, to, token)
    await this.#end(to)
  }

  #token(to: number): string {
    return `${this.#options.workspace}-${this.#position + 1}-${to}-${this.#epoch}`
  }

  /**
   * The map first: rows are never visible under a person who is not known yet. What is said twice is the same fact: it
   * needs no token of the block's, and must not be taken for one that was said.
   * @param batches rows of each batch, for the same tables in the same order
   */
  async #insertFacts(batches: readonly (readonly FactRows[])[], token: string): Promise<void> {
    for (const [index, { target }] of (batches[0] ?? []).entries()) {
      const rows = batches.map((facts) => (facts[index] as FactRows).rows)
      await this.#options.inserter.insert(target, rows, `${token}-${randomUUID()}`)
    }
  }

  #insertEvents(events: readonly EventRows[], token: string): Promise<void> {
    const rows = events.map((each) => each.finish())
    return this.#options.inserter.insert(`event ${EVENT_COLUMNS}`, rows, token)
  }

  /**
   * First under the block's own token, in case its first insert is still running somewhere; what is then missing, under
   * a new one.
   */
  async #insertMissing(decisions: readonly LoadableDecision[], to: number, token: string): Promise<void> {
    const { workspace, clickhouse } = this.#options
    const from = this.#position + 1
    let own = `${token}-event`
    for (;;) {
      const present = await findLoadedPositions(clickhouse, workspace, from, to)
      const missing: EventRows[] = []
      for (const decision of decisions) missing.push(await encodeEvents(workspace, decision, present))
      const count = missing.reduce((sum, events) => sum + events.count, 0)
      if (count === 0) return
      if (present.size > 0) own = `${token}-event-${randomUUID()}`
      await this.#insertEvents(missing, own)
      if ((await findLoadedPositions(clickhouse, workspace, from, to)).size === present.size + count) return
      own = `${token}-event-${randomUUID()}`
      await pause(RETRY_MS)
    }
  }

  async #begin(to: number): Promise<void> {
    const { workspace, database } = this.#options
    await beginBlock(database, workspace, { from: this.#position, to })
    this.#blockTo = to
  }

  async #end(to: number): Promise<void> {
    const { workspace, database, loaded } = this.#options
    await inTransaction(database, async (client) => {
      const events = await takeLoaded(client, workspace, to)
      await endBlock(client, workspace, { from: this.#position, to, events })
    })
    this.#position = to
    this.#blockTo = undefined
    loaded.advance(to)
  }

  #wait(ms: number): Promise<'woken' | 'timeout'> {
    return new Promise((resolve) => {
      const end = (how: 'woken' | 'timeout') => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve(how)
      }
      const timer = setTimeout(() => end('timeout'), Math.max(0, ms))
      this.#wake = () => end('woken')
    })
  }
}

function bytesOf({ processed }: LoadableDecision): number {
  return processed.reduce((sum, { event }) => sum + event.raw.length, 0)
}

function encodeFacts(
  workspace: number,
  sources: readonly FactSource<unknown>[],
  { last, processed, parts }: LoadableDecision,
): FactRows[] {
  return sources.flatMap(({ key, nothing, rows }) =>
    rows(workspace, { last, processed, part: parts[key] ?? nothing }),
  )
}

/**
 * Events with thousands of keys take more than a second: others have their turn meanwhile.
 * @param present positions that are there already
 */
async function encodeEvents(
  workspace: number,
  { processed }: LoadableDecision,
  present: ReadonlySet<number> = new Set(),
): Promise<EventRows> {
  const rows = new EventRows()
  const turns = new Turns()
  for (const { position, event, fragment, anchor, flags } of processed) {
    if (present.has(position)) continue
    if (turns.isOver) await turns.give()
    const { checked, receivedAt, source, ip, raw } = event
    const properties = flattenProperties(checked.type, checked.json)
    const read = (checked.isPlain ? ROW_FLAGS.plain : 0) | (properties.isWhole ? ROW_FLAGS.whole : 0)
    rows.add({
      workspace,
      fragment,
      anchor,
      time: checked.time,
      position,
      received: receivedAt,
      type: checked.type,
      name: checked.name,
      source,
      messageId: checked.messageId ?? messageIdOf(workspace, position),
      flags: flags | read,
      ip,
      raw: checked.rewritten ? JSON.stringify(checked.json) : raw,
      properties,
    })
  }
  return rows
}
