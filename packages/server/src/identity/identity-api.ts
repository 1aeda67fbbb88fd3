import type { ApiOptions } from '../platform/http/api-context.ts'
import type { CommandResult } from '../platform/processing/command-decision.ts'
import type { IdentityCommand } from './command.ts'
import type { ReadCauses } from './ledger-view.ts'

/** What the calls about identity need. */
export interface IdentityApi extends ApiOptions {
  /** what events were that brought decisions about */
  readonly readCauses: ReadCauses
  /** what a command would do now; nothing is changed */
  readonly tryCommand: (workspace: number, command: IdentityCommand) => Promise<CommandResult>
  /** keys of audiences by the version whose members are shown */
  readonly audienceKeys: (workspace: number) => ReadonlyMap<number, string>
}
