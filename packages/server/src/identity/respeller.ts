import type { Progress } from '../log/progress.ts'
import type { Reader } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import { keepLooking } from '../platform/processing/keep-looking.ts'
import type { IdentityCommand } from './command.ts'
import { findRespellingPass } from './identity-store.ts'

/** What the pass over stored identifiers needs. */
export interface RespellerOptions {
  readonly workspace: number
  readonly database: Reader
  readonly log: Log
  readonly processed: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: IdentityCommand) => Promise<number>
}

const LOOK_MS = 2_000

/**
 * Brings stored identifiers to the form that their values have now, part by part: after an upgrade, and when the
 * workspace's country is another.
 */
export class Respeller {
  readonly #options: RespellerOptions

  constructor(options: RespellerOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    await keepLooking(() => this.#respellPart(signal), {
      ...{ signal, everyMs: LOOK_MS },
      onFault: (error) => log.warn('respeller_waits', { workspace, error }),
    })
  }

  /** @returns whether there was something to do */
  async #respellPart(signal: AbortSignal): Promise<boolean> {
    const { workspace, database, processed, now, command } = this.#options
    const pass = await findRespellingPass(database, workspace)
    if (pass === undefined) return false
    const given = await command({ kind: 'respell_identifiers', at: now(), after: pass.after })
    await processed.wait(given, signal)
    return true
  }
}
