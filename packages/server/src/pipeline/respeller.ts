import type { Log } from '../operations/log.ts'
import { findRespellingPass, type Reader } from '../stores/identity-store.ts'
import type { Command } from './command.ts'
import { keepLooking } from './keep-looking.ts'
import type { Progress } from './progress.ts'

/** What the pass over stored identifiers needs. */
export interface RespellerOptions {
  readonly workspace: number
  readonly database: Reader
  readonly log: Log
  readonly walked: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: Command) => Promise<number>
}

const LOOK_MS = 2_000

/** Brings stored identifiers to the form that their values have now, part by part: after an upgrade, and when the workspace's country is another. */
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
    const { workspace, database, walked, now, command } = this.#options
    const pass = await findRespellingPass(database, workspace)
    if (pass === undefined) return false
    const given = await command({ kind: 'respell_identifiers', at: now(), after: pass.after })
    await walked.wait(given, signal)
    return true
  }
}
