import type { Command } from '../pipeline/command.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, waitFor } from './api-context.ts'
import { RefusalError } from './refusal-error.ts'

/**
 * Puts a command into the log and waits until it is walked.
 * @returns its position
 * @throws RefusalError when it changed nothing: 404 or 409 with the reason
 */
export async function giveCommand(
  options: ApiOptions,
  workspace: Workspace,
  command: Command,
): Promise<number> {
  const { position, result } = await options.command(workspace.id, command)
  await waitFor(options, workspace.id, position, 'walked')
  const came = result()
  if (came?.kind !== 'void') return position
  const { code, message, path } = came.reason
  throw new RefusalError(code === 'not_found' ? 404 : 409, code, message, path === undefined ? {} : { path })
}
