import { decideCountry } from '../identity/contract.ts'
import type { CommandInput, CommandOutcome, CommandTable } from '../platform/processing/command-decision.ts'
import { describeHome } from '../platform/workspace/workspace-store.ts'
import type { ChangeWorkspace, WorkspaceCommand } from './command.ts'

/** What commands about the workspace are decided from. */
export interface WorkspaceInput extends CommandInput {
  /** IANA name, as it was before */
  readonly zone: string
}

/** How commands about the workspace are decided. */
export const WORKSPACE_COMMANDS: CommandTable<WorkspaceCommand, WorkspaceInput> = {
  change_workspace: decideChangeWorkspace,
}

/** Decides a change of the workspace. */
async function decideChangeWorkspace(
  input: WorkspaceInput,
  { name, zone, currency, country }: ChangeWorkspace,
): Promise<CommandOutcome> {
  const { workspace } = input
  const change = describeHome(workspace, { name, zone, currency, country })
  const outcome = await decideCountry(input, country)
  return {
    ...outcome,
    statements: [change, ...(outcome.statements ?? [])],
    changesSettings: true,
    // windows that follow the calendar begin and end at other moments
    evaluatesEveryone: zone !== input.zone,
  }
}
