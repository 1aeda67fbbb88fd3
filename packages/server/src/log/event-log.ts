import type { Refusal } from '@affluent/protocol/codes'
import { APPEND_FLUSH_BYTES_MAX, APPEND_QUEUE_BYTES_MAX } from '@affluent/protocol/limits'
import { type Client, type Database, inTransaction } from '../database/connect.ts'
import type { AcceptedEvent, EventRun } from '../pipeline/accepted-event.ts'
import { encodeFrame, type LogRequest } from './log-frame.ts'
import type { LogSegments } from './log-segments.ts'

/** What room 1 asks the log to keep: accepted events, and what it refused. */
export interface Append {
  readonly request: LogRequest
  readonly accepted: readonly AcceptedEvent[]
  readonly refused: readonly RefusedEvent[]
  /** raw bytes, all together */
  readonly bytes: number
}

/** Something that room 1 did not take, with its raw bytes. */
export interface RefusedEvent {
  readonly refusal: Refusal
  readonly source: number
  /** milliseconds since the epoch */
  readonly receivedAt: number
  readonly raw: Buffer
}

/** More waits for its commit than may wait: the sender should come back later. */
export class LogOverloaded extends Error {
  override readonly name = 'LogOverloaded'
}

interface Waiting {
  readonly append: Append
  resolve(lastPosition: number): void
  reject(error: unknown): void
}

/**
 * The event log of one workspace, append side. Group commit without a timer: what arrives while one commit is under way goes into the next.
 */
export class EventLog {
  readonly #database: Database
  readonly #segments: LogSegments
  readonly #workspace: number
  readonly #now: () => number
  readonly #onCommitted: (run: EventRun) => void
  #queue: Waiting[] = []
  #queuedBytes = 0
  #flushing = false

  /**
   * @param options.onCommitted told of every committed run, in the order of positions
   */
  constructor(options: {
    database: Database
    segments: LogSegments
    workspace: number
    now: () => number
    onCommitted: (run: EventRun) => void
  }) {
    this.#database = options.database
    this.#segments = options.segments
    this.#workspace = options.workspace
    this.#now = options.now
    this.#onCommitted = options.onCommitted
  }

  /**
   * Keeps events. Resolves once they are on disk.
   * @returns position of the last event; 0 when nothing was accepted
   * @throws LogOverloaded when too much is waiting; the database's error when it cannot keep them
   */
  append(append: Append): Promise<number> {
    if (this.#queuedBytes + append.bytes > APPEND_QUEUE_BYTES_MAX && this.#queuedBytes > 0) {
      return Promise.reject(new LogOverloaded('The event log is behind.'))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, resolve, reject })
      this.#queuedBytes += append.bytes
      if (!this.#flushing) void this.#flush()
    })
  }

  /** Whether everything that was given is committed or failed. */
  get isIdle(): boolean {
    return !this.#flushing && this.#queue.length === 0
  }

  async #flush(): Promise<void> {
    this.#flushing = true
    // a turn of the event loop, so that requests that came in together are committed together
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#commit(group)
      } catch (error) {
        for (const waiting of group) waiting.reject(error)
      }
    }
    this.#flushing = false
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { append } of this.#queue) {
      if (count > 0 && bytes + append.bytes > APPEND_FLUSH_BYTES_MAX) break
      bytes += append.bytes
      count++
    }
    this.#queuedBytes -= bytes
    if (count === this.#queue.length) {
      const all = this.#queue
      this.#queue = []
      return all
    }
    return this.#queue.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const accepted = group.flatMap(({ append }) => append.accepted)
    const refused = group.flatMap(({ append }) => append.refused)
    const body = encodeFrame(
      group.map(({ append }) => append.request).filter((request) => request.events.length > 0),
    )
    const segment = await this.#segments.current(this.#now())
    const last = await this.#write(segment, body, accepted.length, refused)
    this.#segments.noteBytes(body.length)
    let position = last - accepted.length
    for (const { append, resolve } of group) {
      position += append.accepted.length
      resolve(append.accepted.length === 0 ? 0 : position)
    }
    if (accepted.length > 0) {
      this.#onCommitted({ first: last - accepted.length + 1, events: accepted, bytes: body.length })
    }
  }

  async #write(
    segment: number,
    body: Buffer,
    accepted: number,
    refused: readonly RefusedEvent[],
  ): Promise<number> {
    if (refused.length === 0) return this.#writeEvents(this.#database, segment, body, accepted)
    return inTransaction(this.#database, async (client) => {
      await insertRefused(client, this.#workspace, refused)
      if (accepted > 0) {
        const last = await this.#writeEvents(client, segment, body, accepted)
        await client.query('update log_head set refused = refused + $2 where workspace_id = $1', [
          this.#workspace,
          refused.length,
        ])
        return last
      }
      await client.query('update log_head set refused = refused + $2 where workspace_id = $1', [
        this.#workspace,
        refused.length,
      ])
      return 0
    })
  }

  async #writeEvents(
    on: Database | Client,
    segment: number,
    body: Buffer,
    accepted: number,
  ): Promise<number> {
    const { rows } = await on.query<{ last: number }>({
      name: 'append',
      text: `with head as (
               update log_head set position = position + $3, accepted = accepted + $3
               where workspace_id = $1 returning position)
             insert into log (segment, workspace_id, first_position, last_position, body)
             select $2, $1, position - $3 + 1, position, $4 from head
             returning last_position as last`,
      values: [this.#workspace, segment, accepted, body],
    })
    const row = rows[0]
    if (row === undefined) throw new Error(`Workspace ${this.#workspace} has no log.`)
    return row.last
  }
}

async function insertRefused(
  client: Client,
  workspace: number,
  refused: readonly RefusedEvent[],
): Promise<void> {
  await client.query(
    `insert into outcome (workspace_id, outcome, code, message, path, source_id, received_at, raw)
     select $1, 'refused', code, message, path, source_id, to_timestamp(received_ms / 1000.0), raw
     from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::float8[], $7::bytea[])
       as r (code, message, path, source_id, received_ms, raw)`,
    [
      workspace,
      refused.map(({ refusal }) => refusal.code),
      refused.map(({ refusal }) => refusal.message),
      refused.map(({ refusal }) => refusal.path ?? null),
      refused.map((entry) => entry.source),
      refused.map((entry) => entry.receivedAt),
      refused.map((entry) => entry.raw),
    ],
  )
}
