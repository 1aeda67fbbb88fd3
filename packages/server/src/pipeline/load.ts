import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { ROW_FLAGS } from '@affluent/core/condition/sql/row-flags'
import { personTraits } from '@affluent/core/event/event-traits'
import { flattenProperties } from '@affluent/core/event/flatten-properties'
import {
  INBOX_BYTES_MAX,
  LOAD_BLOCK_BYTES_MAX,
  LOAD_BLOCK_MS_MAX,
  LOAD_BLOCK_ROWS_MAX,
} from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import { type Database, inTransaction } from '../database/connect.ts'
import { readLog } from '../log/read-log.ts'
import type { Log } from '../operations/log.ts'
import { EVENT_COLUMNS, EventRows } from '../stores/event-table.ts'
import { IDENTIFIER_COLUMNS, IdentifierRows } from '../stores/identifier-table.ts'
import { findLoadedPositions } from '../stores/loaded-positions.ts'
import { MEMBERSHIP_COLUMNS, MembershipRows } from '../stores/membership-table.ts'
import { PROFILE_MAP_COLUMNS, ProfileMapRows } from '../stores/profile-map-table.ts'
import { TRAIT_COLUMNS, TraitRows } from '../stores/trait-table.ts'
import type { AcceptedEvent } from './accepted-event.ts'
import { decodeLoadEntry, type LoadableDecision } from './load-entry.ts'
import { messageIdOf } from './message-id-of.ts'
import type { Progress } from './progress.ts'

/** What the loader needs. */
export interface LoaderOptions {
  readonly workspace: number
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly log: Log
  /** how far everything is in ClickHouse */
  readonly loaded: Progress
  /** how long an idle loader waits before it looks for work by itself, in milliseconds */
  readonly pollMs: number
}

/** A micro-batch as the loader needs it. */
interface LoadBatch extends LoadableDecision {
  /** raw bytes of its events */
  readonly bytes: number
}

const RETRY_MS = 1_000

/**
 * Room 7 for one workspace: brings what is walked into ClickHouse, once. A block's end is committed before it is inserted, its rows
 * carry a token made of its bounds, and it is marked after ClickHouse has it on disk. Whatever dies in between, the same block comes again. ClickHouse's
 * word for what it had is not enough then: it notes a token before the rows have their name, and does not sync the note, so a crash may leave a token without
 * rows, a power cut rows without a token. A block that comes again is compared with the rows that are there.
 */
export class Loader {
  readonly #options: LoaderOptions
  #waiting: LoadBatch[] = []
  #waitingBytes = 0
  #position = 0
  #blockTo: number | undefined
  #epoch = 0
  #wake: (() => void) | undefined
  /** up to here a block is closed as soon as it can be */
  #hurriedTo = 0

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /** Offers a committed batch; one that does not fit into memory is read back from the doors later. */
  offer(decision: LoadableDecision): void {
    const bytes = decision.processed.reduce((sum, { event }) => sum + event.raw.length, 0)
    if (this.#waitingBytes + bytes <= INBOX_BYTES_MAX) {
      const { first, last, processed, moves, links, refusedTraits, memberships } = decision
      this.#waiting.push({ first, last, processed, moves, links, refusedTraits, memberships, bytes })
      this.#waitingBytes += bytes
    }
    this.#wake?.()
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
    const { rows } = await this.#options.database.query<{
      position: number
      block_to: number | null
      epoch: number
    }>('select position, block_to, erasure_epoch as epoch from load_cursor where workspace_id = $1', [
      this.#options.workspace,
    ])
    const row = rows[0]
    if (row === undefined) throw new Error(`Workspace ${this.#options.workspace} has no load cursor.`)
    this.#position = row.position
    this.#blockTo = row.block_to ?? undefined
    this.#epoch = row.epoch
    this.#options.loaded.advance(row.position)
  }

  /** The batches of the next block; empty when there is nothing to load yet. */
  async #nextBlock(signal: AbortSignal): Promise<readonly LoadBatch[]> {
    if (this.#blockTo !== undefined) return this.#readBack(this.#blockTo)
    this.#dropLoaded()
    if (this.#waiting.length === 0) {
      const how = await this.#wait(this.#options.pollMs)
      if (how === 'timeout') return this.#readBack(undefined)
      return []
    }
    if (this.#waiting[0]?.first !== this.#position + 1) return this.#readBack(undefined)
    const closesAt = Date.now() + LOAD_BLOCK_MS_MAX
    while (!signal.aborted && !this.#isFull() && !this.#isHurried() && Date.now() < closesAt)
      await this.#wait(closesAt - Date.now())
    return this.#takeWaiting()
  }

  #isHurried(): boolean {
    return this.#position < this.#hurriedTo && (this.#waiting.at(-1)?.last ?? 0) >= this.#hurriedTo
  }

  #isFull(): boolean {
    let rows = 0
    for (const batch of this.#waiting) rows += rowsOf(batch)
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
      const overflows = rows + rowsOf(head) > LOAD_BLOCK_ROWS_MAX || bytes + head.bytes > LOAD_BLOCK_BYTES_MAX
      if (block.length > 0 && overflows) break
      block.push(this.#shift())
      rows += rowsOf(head)
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

  /**
   * Batches from the doors: after a restart, or what did not fit into memory.
   * @param to end of a block that was begun; undefined for as many as make a block
   */
  async #readBack(to: number | undefined): Promise<LoadBatch[]> {
    const { rows } = await this.#options.database.query<{ first: number; last: number; body: Buffer }>(
      `select first_position as first, last_position as last, body from load_entry
       where workspace_id = $1 and last_position > $2 and ($3::bigint is null or last_position <= $3)
       order by last_position limit $4`,
      [this.#options.workspace, this.#position, to ?? null, to === undefined ? 100 : LOAD_BLOCK_ROWS_MAX],
    )
    const block: LoadBatch[] = []
    let total = 0
    let bytes = 0
    for (const row of rows) {
      const overflows = total + row.last - row.first >= LOAD_BLOCK_ROWS_MAX || bytes > LOAD_BLOCK_BYTES_MAX
      if (to === undefined && block.length > 0 && overflows) break
      const batch = await this.#readBatch(row)
      block.push(batch)
      total += row.last - row.first + 1
      bytes += batch.bytes
    }
    return block
  }

  async #readBatch(row: { first: number; last: number; body: Buffer }): Promise<LoadBatch> {
    const { marks, ...rest } = decodeLoadEntry(row.body)
    const { first, last } = row
    // a command, or copies only: no event to read
    if (marks.length === 0) return { first, last, processed: [], ...rest, bytes: 0 }
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
    const bytes = processed.reduce((sum, { event }) => sum + event.raw.length, 0)
    return { first, last, processed, ...rest, bytes }
  }

  async #loadBlock(block: readonly LoadBatch[]): Promise<void> {
    const { workspace } = this.#options
    const from = this.#position + 1
    const to = (block.at(-1) as LoadBatch).last
    const isRepeated = this.#blockTo !== undefined
    if (!isRepeated) await this.#announce(to)
    const token = `${workspace}-${from}-${to}-${this.#epoch}`
    // the map first: rows are never visible under a person who is not known yet
    await this.#insertFacts(`profile_map ${PROFILE_MAP_COLUMNS}`, encodeMoves(workspace, block), token)
    await this.#insertFacts(`identifier ${IDENTIFIER_COLUMNS}`, encodeLinks(workspace, block), token)
    await this.#insertFacts(`trait ${TRAIT_COLUMNS}`, encodeTraits(workspace, block), token)
    await this.#insertFacts(`membership ${MEMBERSHIP_COLUMNS}`, encodeMemberships(workspace, block), token)
    if (isRepeated) await this.#insertMissing(block, from, to, token)
    else await this.#insertRows(await encodeRows(workspace, block), `${token}-event`)
    await this.#mark(to)
  }

  /** What is said twice is the same fact: it needs no token of the block's, and must not be taken for one that was said. */
  async #insertFacts(target: string, rows: Buffer, token: string): Promise<void> {
    if (rows.length === 0) return
    await insert(this.#options.clickhouse, target, rows, `${token}-${randomUUID()}`)
  }

  async #insertRows(rows: EventRows, token: string): Promise<void> {
    if (rows.count > 0) await insert(this.#options.clickhouse, `event ${EVENT_COLUMNS}`, rows.finish(), token)
  }

  /** First under the block's own token, in case its first insert is still running somewhere; what is then missing, under a new one. */
  async #insertMissing(block: readonly LoadBatch[], from: number, to: number, token: string): Promise<void> {
    const { workspace, clickhouse } = this.#options
    let own = `${token}-event`
    for (;;) {
      const present = await findLoadedPositions(clickhouse, workspace, from, to)
      const missing = await encodeRows(workspace, block, present)
      if (missing.count === 0) return
      if (present.size > 0) own = `${token}-event-${randomUUID()}`
      await this.#insertRows(missing, own)
      if ((await findLoadedPositions(clickhouse, workspace, from, to)).size === present.size + missing.count)
        return
      own = `${token}-event-${randomUUID()}`
      await pause(RETRY_MS)
    }
  }

  /** Fixes the end of a block before anything of it is inserted; of two processes only one gets to say it. */
  async #announce(to: number): Promise<void> {
    const { workspace, database } = this.#options
    const { rowCount } = await database.query(
      'update load_cursor set block_to = $3 where workspace_id = $1 and position = $2 and block_to is null',
      [workspace, this.#position, to],
    )
    if (rowCount !== 1) throw new Error(`Workspace ${workspace} is loaded by another process.`)
    this.#blockTo = to
  }

  async #mark(to: number): Promise<void> {
    const { workspace, database, loaded } = this.#options
    await inTransaction(database, async (client) => {
      const { rowCount } = await client.query(
        'update load_cursor set position = $3, block_to = null where workspace_id = $1 and position = $2 and block_to = $3',
        [workspace, this.#position, to],
      )
      if (rowCount !== 1) throw new Error(`Workspace ${workspace} is loaded by another process.`)
      await client.query(
        `with spent as (delete from load_entry where workspace_id = $1 and last_position <= $2 returning events)
         update load_cursor set loaded = loaded + (select coalesce(sum(events), 0) from spent) where workspace_id = $1`,
        [workspace, to],
      )
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

function rowsOf({ processed, memberships }: LoadBatch): number {
  return processed.length + memberships.length
}

/** A block of events with thousands of keys takes more than a second to encode: others have their turn meanwhile. */
const ENCODE_TURN_MS = 10

/** @param present positions that are there already */
async function encodeRows(
  workspace: number,
  block: readonly LoadBatch[],
  present: ReadonlySet<number> = new Set(),
): Promise<EventRows> {
  const rows = new EventRows()
  let begun = performance.now()
  for (const batch of block) {
    for (const { position, event, fragment, anchor, flags } of batch.processed) {
      if (present.has(position)) continue
      if (performance.now() - begun > ENCODE_TURN_MS) {
        await turn()
        begun = performance.now()
      }
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
  }
  return rows
}

function encodeMoves(workspace: number, block: readonly LoadBatch[]): Buffer {
  const rows = new ProfileMapRows()
  for (const { moves, last } of block) {
    for (const { fragment, profile } of moves) rows.add({ workspace, fragment, profile, position: last })
  }
  return rows.finish()
}

function encodeLinks(workspace: number, block: readonly LoadBatch[]): Buffer {
  const rows = new IdentifierRows()
  for (const { links, last } of block) {
    for (const link of links) rows.add({ workspace, ...link, position: last })
  }
  return rows.finish()
}

function encodeTraits(workspace: number, block: readonly LoadBatch[]): Buffer {
  const rows = new TraitRows()
  for (const { processed, refusedTraits } of block) {
    const refused = new Map(refusedTraits.map(({ position, names }) => [position, new Set(names)]))
    for (const { position, fragment, event } of processed) {
      if (fragment === 0) continue
      const { type, json, time } = event.checked
      const traits = personTraits(type, json)
      if (traits === undefined) continue
      for (const kind of ['set', 'once'] as const) {
        for (const [name, value] of Object.entries(traits[kind])) {
          if (refused.get(position)?.has(name) === true) continue
          rows.add({ workspace, name, fragment, time, position, value, isOnce: kind === 'once' })
        }
      }
    }
  }
  return rows.finish()
}

function encodeMemberships(workspace: number, block: readonly LoadBatch[]): Buffer {
  const rows = new MembershipRows()
  for (const { memberships } of block) {
    for (const change of memberships) rows.add({ workspace, ...change })
  }
  return rows.finish()
}

async function insert(
  clickhouse: ClickHouseClient,
  target: string,
  rows: Buffer,
  token: string,
): Promise<void> {
  const { stream } = await clickhouse.exec({
    query: `insert into ${target} format RowBinary`,
    values: Readable.from([rows], { objectMode: false }),
    clickhouse_settings: { insert_deduplication_token: token, insert_deduplicate: 1 },
  })
  // an answer that is not read keeps its connection
  for await (const _ of stream) continue
}
