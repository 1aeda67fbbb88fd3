import { Connection } from './connection.ts'
import type { LoadTarget } from './load-plan.ts'
import type { LoadTimes } from './load-times.ts'
import type { RequestSource } from './request-source.ts'
import type { Tally } from './tally.ts'

const TICK_MS = 1

export interface OpenLoopOptions {
  readonly target: LoadTarget
  readonly source: RequestSource
  readonly tally: Tally
  readonly connections: number
  /** requests a second */
  readonly rate: number
}

/**
 * Sends at fixed times, whatever the answers do: when all connections are busy a request waits, and its latency runs on
 * from the time at which it should have gone. So a stall of the server costs every request that falls into it, as it
 * would cost real clients.
 */
export class OpenLoop {
  readonly #options: OpenLoopOptions
  readonly #open: Connection[]
  readonly #idle: Connection[]
  #times: LoadTimes = { start: 0, measureFrom: 0, end: 0 }
  #nextNumber = 0
  #unanswered = 0
  #finish: () => void = () => {}

  constructor(options: OpenLoopOptions) {
    this.#options = options
    this.#open = Array.from({ length: options.connections }, () => new Connection(options.target))
    this.#idle = [...this.#open]
  }

  /** Opens the connections. */
  async connect(): Promise<void> {
    await Promise.all(this.#open.map((connection) => connection.open()))
  }

  /**
   * Sends until the end, and waits for the last answer.
   * @returns seconds of the measured time
   */
  async run(times: LoadTimes): Promise<number> {
    this.#times = times
    await new Promise<void>((resolve) => {
      this.#finish = resolve
      this.#tick()
    })
    for (const connection of this.#open) connection.close()
    return (this.#times.end - times.measureFrom) / 1_000
  }

  /** Sends no more than is due now. */
  end(): void {
    this.#times = { ...this.#times, end: Math.min(this.#times.end, performance.now()) }
  }

  #tick(): void {
    this.#sendDue()
    if (this.#intended() < this.#times.end) setTimeout(() => this.#tick(), TICK_MS)
    else if (this.#unanswered === 0) this.#finish()
  }

  #intended(): number {
    return this.#times.start + (this.#nextNumber * 1_000) / this.#options.rate
  }

  #sendDue(): void {
    const { end } = this.#times
    for (;;) {
      const intended = this.#intended()
      if (intended >= end || intended > performance.now()) return
      const connection = this.#idle.pop()
      if (connection === undefined) return
      this.#nextNumber++
      this.#send(connection, intended)
    }
  }

  #send(connection: Connection, intended: number): void {
    const { source, tally } = this.#options
    const outgoing = source.take()
    if (outgoing === undefined) return
    const measured = intended >= this.#times.measureFrom
    if (measured) tally.lateness.record(performance.now() - intended)
    this.#unanswered++
    connection.send(outgoing.bytes, (answer) => {
      this.#unanswered--
      tally.note(source, outgoing, answer, performance.now() - intended, measured)
      source.give(outgoing)
      this.#idle.push(connection)
      this.#sendDue()
      if (this.#unanswered === 0 && this.#intended() >= this.#times.end) this.#finish()
    })
  }
}
