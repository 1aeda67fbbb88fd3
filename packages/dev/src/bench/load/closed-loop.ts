import { Connection } from './connection.ts'
import type { LoadPlan, LoadReport } from './load-plan.ts'
import type { RequestSource } from './request-source.ts'
import { Tally } from './tally.ts'

type ClosedPlan = Extract<LoadPlan, { kind: 'closed' }>

const ERROR_PAUSE_MS = 20

/** Every connection sends its next request when the last one was answered, until time is up or there are no more. */
export class ClosedLoop {
  readonly #plan: ClosedPlan
  readonly #source: RequestSource
  readonly #tally = new Tally()
  #measureFrom = Number.POSITIVE_INFINITY
  #end = Number.POSITIVE_INFINITY
  #sent = 0
  #allowed: number
  #held: (() => void)[] = []

  constructor(plan: ClosedPlan, source: RequestSource) {
    this.#plan = plan
    this.#source = source
    this.#allowed = plan.paced ? 0 : Number.POSITIVE_INFINITY
  }

  /** Lets events go, up to this many since the beginning. */
  allow(upTo: number): void {
    this.#allowed = upTo
    const held = this.#held
    this.#held = []
    for (const go of held) go()
  }

  /**
   * @param onStart called when the first request goes
   * @param onMeasure called when the warm-up is over
   */
  async run(onStart: () => void, onMeasure: () => void): Promise<LoadReport> {
    const { connections, seconds, warmUp, target } = this.#plan
    const open = Array.from({ length: connections }, () => new Connection(target))
    await Promise.all(open.map((connection) => connection.open()))
    onStart()
    const start = performance.now()
    this.#measureFrom = start + warmUp * 1_000
    this.#end = this.#measureFrom + seconds * 1_000
    const timers = [
      setTimeout(onMeasure, warmUp * 1_000),
      // those that are held back must learn that time is up
      setTimeout(() => this.allow(this.#allowed), this.#end - start),
    ]
    await Promise.all(open.map((connection) => this.#drive(connection)))
    for (const timer of timers) clearTimeout(timer)
    const ended = Math.min(performance.now(), this.#end)
    for (const connection of open) connection.close()
    return this.#tally.report((ended - this.#measureFrom) / 1_000)
  }

  #drive(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const next = () => {
        const sentAt = performance.now()
        if (sentAt >= this.#end) return resolve()
        if (this.#sent >= this.#allowed) {
          this.#held.push(next)
          return
        }
        const outgoing = this.#source.take()
        if (outgoing === undefined) return resolve()
        this.#sent += outgoing.events
        connection.send(outgoing.bytes, (answer) => {
          const now = performance.now()
          const measured = now >= this.#measureFrom && now < this.#end
          const went = this.#tally.note(this.#source, outgoing, answer, now - sentAt, measured)
          this.#source.give(outgoing)
          if (went) next()
          else setTimeout(next, ERROR_PAUSE_MS)
        })
      }
      next()
    })
  }
}
