import type { Log } from './log.ts'

/** One thing that is kept in order by the clock. */
export interface HousekeepingTask {
  /** names it in the log */
  readonly name: string
  readonly run: () => Promise<void>
}

const TIDY_MS = 30_000

/**
 * Work by the clock, one task after the other: each capability brings its own. A task that fails is told, and comes
 * again.
 */
export class Housekeeping {
  readonly #tasks: readonly HousekeepingTask[]
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined
  #busy: Promise<void> = Promise.resolve()

  constructor(tasks: readonly HousekeepingTask[], log: Log) {
    this.#tasks = tasks
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => (this.#busy = this.#busy.then(() => this.#tidy())), TIDY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#busy
  }

  async #tidy(): Promise<void> {
    for (const { name, run } of this.#tasks)
      await run().catch((error: unknown) => this.#log.warn('housekeeping_failed', { task: name, error }))
  }
}
