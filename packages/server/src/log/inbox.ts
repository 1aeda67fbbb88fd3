import { INBOX_BYTES_MAX } from '@affluent/protocol/limits'
import type { EventRun } from '../platform/processing/accepted-event.ts'
import type { CommandRun } from '../platform/processing/command.ts'

/** What follows each other in the log: events, or one command. */
export type Run = EventRun | CommandRun

/**
 * Events on their way from the collector to the processor, parsed, bounded in bytes. What does not fit is not kept: it
 * stands in the log, and the processor reads it there.
 */
export class Inbox {
  readonly #runs: Run[] = []
  #bytes = 0
  #end = 0
  #wake: (() => void) | undefined

  /** Position of the last event ever offered: when the inbox is empty before it, the rest is in the log. */
  get end(): number {
    return this.#end
  }

  /** Events that wait in memory, about. */
  get waiting(): number {
    let events = 0
    for (const run of this.#runs) events += 'command' in run ? 1 : run.events.length
    return events
  }

  /** Receipt of the event that has waited longest, milliseconds since the epoch. */
  get oldestReceivedAt(): number | undefined {
    const head = this.#runs[0]
    return head !== undefined && 'events' in head ? head.events[0]?.receivedAt : undefined
  }

  offer(run: Run): void {
    this.#end = endOf(run)
    if (this.#bytes + bytesOf(run) <= INBOX_BYTES_MAX) {
      this.#runs.push(run)
      this.#bytes += bytesOf(run)
    }
    this.#wake?.()
  }

  /**
   * The events from a position on, as many as one micro-batch takes and up to the next command, or the command that
   * stands there.
   * @returns `behind` when later ones are here but this position is not, `empty` when nothing is
   */
  take(from: number, limit: { events: number; bytes: number }): Run | 'empty' | 'behind' {
    this.#dropBefore(from)
    const head = this.#runs[0]
    if (head === undefined) return 'empty'
    if (head.first > from) return 'behind'
    if ('command' in head) return head
    const events: EventRun['events'][number][] = []
    let bytes = 0
    let position = from
    for (const run of this.#runs) {
      if ('command' in run || run.first > position || bytes >= limit.bytes || events.length >= limit.events)
        break
      const skip = position - run.first
      const room = Math.min(run.events.length - skip, limit.events - events.length)
      for (let index = skip; index < skip + room; index++)
        events.push(run.events[index] as EventRun['events'][number])
      bytes += (run.bytes * room) / run.events.length
      position += room
    }
    return { first: from, events, bytes }
  }

  /** Another process has processed up to a position: what is here of that is wanted by nobody. */
  forgetTo(position: number): void {
    this.#dropBefore(position + 1)
  }

  /** Resolves at the next offer, or after `ms`. */
  wait(ms: number): Promise<'woken' | 'timeout'> {
    return new Promise((resolve) => {
      const end = (how: 'woken' | 'timeout') => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve(how)
      }
      const timer = setTimeout(() => end('timeout'), ms)
      this.#wake = () => end('woken')
    })
  }

  wake(): void {
    this.#wake?.()
  }

  #dropBefore(position: number): void {
    let spent = 0
    for (const run of this.#runs) {
      if (endOf(run) >= position) break
      this.#bytes -= bytesOf(run)
      spent++
    }
    if (spent > 0) this.#runs.splice(0, spent)
  }
}

function endOf(run: Run): number {
  return 'command' in run ? run.first : run.first + run.events.length - 1
}

function bytesOf(run: Run): number {
  return 'command' in run ? 0 : run.bytes
}
