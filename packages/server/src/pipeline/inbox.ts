import { INBOX_BYTES_MAX } from '@affluent/protocol/limits'
import type { EventRun } from './accepted-event.ts'

/**
 * Events on their way from the door to the walk, parsed, bounded in bytes. What does not fit is not kept: it stands in the log, and the walk reads
 * it there.
 */
export class Inbox {
  readonly #runs: EventRun[] = []
  #bytes = 0
  #end = 0
  #wake: (() => void) | undefined

  /** Position of the last event ever offered: when the inbox is empty before it, the rest is in the log. */
  get end(): number {
    return this.#end
  }

  /** Receipt of the event that has waited longest, milliseconds since the epoch. */
  get oldestReceivedAt(): number | undefined {
    return this.#runs[0]?.events[0]?.receivedAt
  }

  offer(run: EventRun): void {
    this.#end = run.first + run.events.length - 1
    if (this.#bytes + run.bytes <= INBOX_BYTES_MAX) {
      this.#runs.push(run)
      this.#bytes += run.bytes
    }
    this.#wake?.()
  }

  /**
   * The events from a position on, as many as one micro-batch takes.
   * @returns `behind` when later ones are here but this position is not, `empty` when nothing is
   */
  take(from: number, limit: { events: number; bytes: number }): EventRun | 'empty' | 'behind' {
    this.#dropBefore(from)
    const head = this.#runs[0]
    if (head === undefined) return 'empty'
    if (head.first > from) return 'behind'
    const events: EventRun['events'][number][] = []
    let bytes = 0
    let position = from
    for (const run of this.#runs) {
      if (run.first > position || bytes >= limit.bytes || events.length >= limit.events) break
      const skip = position - run.first
      const room = Math.min(run.events.length - skip, limit.events - events.length)
      for (let index = skip; index < skip + room; index++)
        events.push(run.events[index] as EventRun['events'][number])
      bytes += (run.bytes * room) / run.events.length
      position += room
    }
    return { first: from, events, bytes }
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
      if (run.first + run.events.length > position) break
      this.#bytes -= run.bytes
      spent++
    }
    if (spent > 0) this.#runs.splice(0, spent)
  }
}
