import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../database/connect.ts'
import type { Log } from '../operations/log.ts'
import type { Command } from './command.ts'
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
const WAIT_MS = 1_000

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
    const { now, command, walked, log, workspace } = this.#options
    while (!signal.aborted) {
      try {
        const earliest = await this.#earliest()
        const at = now()
        this.#lagMs = earliest === undefined ? 0 : Math.max(0, at - earliest)
        if (earliest !== undefined && earliest <= at) {
          const position = await command({ kind: 'tick', at })
          while (!signal.aborted && !(await walked.reach(position, WAIT_MS))) continue
          continue
        }
      } catch (error) {
        if (signal.aborted) return
        log.warn('timekeeper_waits', { workspace, error })
      }
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
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
