import type { Progress } from '../log/progress.ts'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import { keepLooking } from '../platform/processing/keep-looking.ts'
import type { AudienceCommand } from './command.ts'

/** What keeping time needs. */
export interface TimerSchedulerOptions {
  readonly workspace: number
  readonly database: Database
  readonly log: Log
  readonly processed: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: AudienceCommand) => Promise<number>
}

/** Between two looks at the clock while nobody's moment has come. */
const LOOK_MS = 1_000

/**
 * Sends a timer command into the log when the moment of somebody has come; while many wait, one timer command after the
 * other, between events.
 */
export class TimerScheduler {
  readonly #options: TimerSchedulerOptions
  #lagMs = 0

  constructor(options: TimerSchedulerOptions) {
    this.#options = options
  }

  /** How long the earliest moment that has come has been waiting, in milliseconds. */
  get lagMs(): number {
    return this.#lagMs
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    await keepLooking(() => this.#fireTimers(signal), {
      ...{ signal, everyMs: LOOK_MS },
      onFault: (error) => log.warn('timer_scheduler_waits', { workspace, error }),
    })
  }

  /** @returns whether the moment of somebody had come */
  async #fireTimers(signal: AbortSignal): Promise<boolean> {
    const { now, command, processed } = this.#options
    const earliest = await this.#earliest()
    const at = now()
    this.#lagMs = earliest === undefined ? 0 : Math.max(0, at - earliest)
    if (earliest === undefined || earliest > at) return false
    await processed.wait(await command({ kind: 'fire_timers', at }), signal)
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
