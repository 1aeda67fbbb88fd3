import type { Rejection } from '@affluent/protocol/codes'
import type { EventType } from '@affluent/protocol/event'
import { APPEND_FLUSH_BYTES_MAX, APPEND_QUEUE_BYTES_MAX } from '@affluent/protocol/limits'
import type { DatabaseWriter } from '../platform/database/database-writer.ts'
import type { Statement } from '../platform/database/statement.ts'
import type { AcceptedEvent, EventRun } from '../platform/processing/accepted-event.ts'
import type { CommandRun, LoggedCommand } from '../platform/processing/command.ts'
import { WorkspaceClosed } from '../platform/workspace/workspace-closed.ts'
import { encodeCommand, encodeFrame, type LogRequest } from './log-frame.ts'
import type { LogSegments } from './log-segments.ts'

/** What stage 1 asks the log to keep: accepted events, and what it refused. */
export interface Append {
  readonly request: LogRequest
  readonly accepted: readonly AcceptedEvent[]
  readonly refused: readonly RefusedEvent[]
  /** raw bytes, all together */
  readonly bytes: number
}

interface CommandAppend {
  readonly command: LoggedCommand
  readonly bytes: 0
}

/** Something that stage 1 did not take, with its raw bytes. */
export interface RefusedEvent {
  readonly rejection: Rejection
  readonly source: number
  /** milliseconds since the epoch */
  readonly receivedAt: number
  readonly raw: Buffer
  /** as far as it could be told */
  readonly type: EventType | undefined
  readonly name: string | undefined
  /** sent as history */
  readonly history: boolean
  /** sent by the way of archives */
  readonly timesAsGiven: boolean
}

/** More waits for its commit than may wait: the sender should come back later. */
export class LogOverloaded extends Error {
  override readonly name = 'LogOverloaded'
}

interface Waiting {
  readonly append: Append | CommandAppend
  resolve(lastPosition: number): void
  reject(error: unknown): void
}

/**
 * The event log of one workspace, append side. Group commit without a timer: what arrives while one commit is under way
 * goes into the next.
 */
export class EventLog {
  readonly #writer: DatabaseWriter
  readonly #segments: LogSegments
  readonly #workspace: number
  readonly #now: () => number
  readonly #onCommitted: (run: EventRun | CommandRun) => void
  readonly #describeRefused: (workspace: number, refused: readonly RefusedEvent[]) => readonly Statement[]
  #queue: Waiting[] = []
  #queuedBytes = 0
  #flushing = false

  /**
   * @param options.onCommitted told of every committed run, in the order of positions
   * @param options.describeRefused keeps what was refused, in the append's transaction, which holds the lock of the
   * head
   */
  constructor(options: {
    writer: DatabaseWriter
    segments: LogSegments
    workspace: number
    now: () => number
    onCommitted: (run: EventRun | CommandRun) => void
    describeRefused: (workspace: number, refused: readonly RefusedEvent[]) => readonly Statement[]
  }) {
    this.#writer = options.writer
    this.#segments = options.segments
    this.#workspace = options.workspace
    this.#now = options.now
    this.#onCommitted = options.onCommitted
    this.#describeRefused = options.describeRefused
  }

  /**
   * Keeps events. Resolves once they are on disk.
   * @returns position of the last event; 0 when nothing was accepted
   * @throws LogOverloaded when too much is waiting; WorkspaceClosed; the database's error when it cannot keep them
   */
  append(append: Append | CommandAppend): Promise<number> {
    if (this.#queuedBytes + append.bytes > APPEND_QUEUE_BYTES_MAX && this.#queuedBytes > 0) {
      return Promise.reject(new LogOverloaded('The event log is behind.'))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, resolve, reject })
      this.#queuedBytes += append.bytes
      if (!this.#flushing) void this.#flush()
    })
  }

  /**
   * Keeps a command, in one order with the events.
   * @returns its position
   */
  command(command: LoggedCommand): Promise<number> {
    return this.append({ command, bytes: 0 })
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

  /** What is committed together: events up to a size, or one command. */
  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { append } of this.#queue) {
      if (count > 0 && ('command' in append || bytes + append.bytes > APPEND_FLUSH_BYTES_MAX)) break
      bytes += append.bytes
      count++
      if ('command' in append) break
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
    const [first] = group
    if (first !== undefined && 'command' in first.append)
      return this.#commitCommand(first, first.append.command)
    const appends = group.map(({ append }) => append as Append)
    const accepted = appends.flatMap((append) => append.accepted)
    const refused = appends.flatMap((append) => append.refused)
    const body = encodeFrame(
      appends.map(({ request }) => request).filter((request) => request.events.length > 0),
    )
    const last = await this.#write(body, { accepted: accepted.length, refused })
    let position = last - accepted.length
    for (const [index, { resolve }] of group.entries()) {
      const own = (appends[index] as Append).accepted.length
      position += own
      resolve(own === 0 ? 0 : position)
    }
    if (accepted.length > 0) {
      this.#onCommitted({ first: last - accepted.length + 1, events: accepted, bytes: body.length })
    }
  }

  async #commitCommand(waiting: Waiting, command: LoggedCommand): Promise<void> {
    const position = await this.#write(encodeCommand(command), { accepted: 0, refused: [] })
    this.#onCommitted({ first: position, command })
    waiting.resolve(position)
  }

  /** @returns the last position written; 0 when there was nothing to write but rejections */
  async #write(body: Buffer, group: { accepted: number; refused: readonly RefusedEvent[] }): Promise<number> {
    const segment = await this.#segments.current(this.#now())
    const { accepted, refused } = group
    const isCommand = accepted === 0 && refused.length === 0
    const rows = await this.#writer.run([
      ...(refused.length === 0
        ? []
        : [
            countRefused(this.#workspace, refused.length),
            ...this.#describeRefused(this.#workspace, refused),
          ]),
      ...(accepted === 0 && !isCommand ? [] : [describeAppend(this.#workspace, segment, body, accepted)]),
    ])
    this.#segments.noteBytes(body.length)
    if (accepted === 0 && !isCommand) return 0
    const last = rows[0]?.['last']
    if (typeof last !== 'number') throw new WorkspaceClosed(`Workspace ${this.#workspace} has no log.`)
    return last
  }
}

/**
 * Position and rows in one statement: the lock of the head row makes the order of commits the order of positions.
 * @param accepted events; 0 for a command, which takes one position
 */
function describeAppend(workspace: number, segment: number, body: Buffer, accepted: number): Statement {
  return {
    kind: 'query',
    name: 'append',
    text: `with head as (
             update log_head set position = position + greatest($3, 1), accepted = accepted + $3
             where workspace_id = $1 returning position)
           insert into log (segment, workspace_id, first_position, last_position, body, bytes)
           select $2, $1, position - greatest($3, 1) + 1, position, $4, $5 from head
           returning last_position as last`,
    values: [workspace, segment, accepted, body, body.length],
    packed: 3,
  }
}

function countRefused(workspace: number, refused: number): Statement {
  return {
    kind: 'query',
    name: 'count_refused',
    text: 'update log_head set refused = refused + $2 where workspace_id = $1',
    values: [workspace, refused],
  }
}
