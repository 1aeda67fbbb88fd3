import type { Database } from '../database/connect.ts'
import type { Log } from '../operations/log.ts'
import type { Command } from './command.ts'
import { keepLooking } from './keep-looking.ts'
import type { Progress } from './progress.ts'

/** What keeping time needs. */
export interface TimekeeperOptions {
  readonly workspace: number
  readonly database: Database
  readonly log: Log
  readonly walked: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: Command) => Promise<number>
}

/** Between two looks at the clock while nobody's moment has come. */
const LOOK_MS = 1_000

/** Sends a tick into the log when the moment of somebody has come; while many wait, one tick after the other, between events. */
export class Timekeeper {
  readonly #options: TimekeeperOptions
  #lagMs = 0

  constructor(options: TimekeeperOptions) {
    this.#options = options
  }

  /** How long the earliest moment that has come has been waiting, in milliseconds. */
  get lagMs(): number {
    return this.#lagMs
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    await keepLooking(() => this.#tick(signal), {
      ...{ signal, everyMs: LOOK_MS },
      onFault: (error) => log.warn('timekeeper_waits', { workspace, error }),
    })
  }

  /** @returns whether the moment of somebody had come */
  async #tick(signal: AbortSignal): Promise<boolean> {
    const { now, command, walked } = this.#options
    const earliest = await this.#earliest()
    const at = now()
    this.#lagMs = earliest === undefined ? 0 : Math.max(0, at - earliest)
    if (earliest === undefined || earliest > at) return false
    await walked.wait(await command({ kind: 'tick', at }), signal)
    return true
  }

  async #earliest(): Promise<number | undefined> {
    const { rows } = await this.#options.database.query<{ at: number }>({
      name: 'earliest_timer',
      text: 'select at from timer where workspace_id = $1 order by at limit 1',
      values: [this.#options.workspace],
    })
    return rows[0]?.at
  }
}
