import { type AudienceCommand, currentAudienceCommand } from '../audiences/command.ts'
import type { DeliveryCommand } from '../delivery/command.ts'
import type { IdentityCommand } from '../identity/command.ts'
import type { LoggedCommand } from '../platform/processing/command.ts'
import type { WorkspaceCommand } from '../workspaces/command.ts'

/** Every command that may stand in the log, by the capability that owns it. */
export type Command = IdentityCommand | AudienceCommand | DeliveryCommand | WorkspaceCommand

/** A command as it was read from the log: what this version wrote or an earlier one did. */
export function asCommand(command: LoggedCommand): Command {
  return currentAudienceCommand(command) as Command
}
