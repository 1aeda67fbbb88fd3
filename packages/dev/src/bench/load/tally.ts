import { Histogram } from './histogram.ts'
import type { LoadReport } from './load-plan.ts'
import type { Outgoing, RequestSource } from './request-source.ts'
import type { Answer } from './response-parser.ts'

/** Counts what comes of requests, inside and outside of the measured time. */
export class Tally {
  readonly lateness = new Histogram()
  readonly #latency = new Histogram()
  readonly #errors: Record<string, number> = {}
  #requests = 0
  #events = 0
  #eventsInAll = 0
  #eventsInDoubt = 0

  /**
   * Notes the end of a request.
   * @param ms what is recorded as its latency
   * @param measured whether it falls into the measured time
   * @returns whether it went well
   */
  note(
    source: RequestSource,
    outgoing: Outgoing,
    answer: Answer | Error,
    ms: number,
    measured: boolean,
  ): boolean {
    if (answer instanceof Error || answer.status !== 200) {
      this.error(answer instanceof Error ? answer.message : String(answer.status))
      if (answer instanceof Error || answer.status >= 500) this.#eventsInDoubt += outgoing.events
      return false
    }
    const events = source.acknowledged(outgoing, answer)
    if (events < outgoing.events) this.error('200 with another content than expected')
    this.#eventsInAll += events
    if (measured) {
      this.#requests++
      this.#events += events
      this.#latency.record(ms)
    }
    return true
  }

  error(what: string): void {
    this.#errors[what] = (this.#errors[what] ?? 0) + 1
  }

  /** Events acknowledged by other ways than `note`. */
  addEvents(events: number): void {
    this.#eventsInAll += events
  }

  report(seconds: number): LoadReport {
    return {
      seconds,
      requests: this.#requests,
      events: this.#events,
      eventsInAll: this.#eventsInAll,
      eventsInDoubt: this.#eventsInDoubt,
      errors: this.#errors,
      latency: this.#latency.summary(),
      lateness: this.lateness.summary(),
    }
  }
}
