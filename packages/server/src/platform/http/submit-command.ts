import type { ErrorCode, Rejection } from '@affluent/protocol/codes'
import type { LoggedCommand } from '../processing/command.ts'
import type { Workspace } from '../workspace/registry.ts'
import { type ApiOptions, waitFor } from './api-context.ts'
import { ApiError } from './api-error.ts'

/**
 * Puts a command into the log and waits until it is processed.
 * @returns its position
 * @throws ApiError when it changed nothing: 400, 404 or 409 with the reason
 */
export async function submitCommand(
  options: ApiOptions,
  workspace: Workspace,
  command: LoggedCommand,
): Promise<number> {
  const { position, result } = await options.command(workspace.id, command)
  await waitFor(options, workspace.id, position, 'processed')
  const came = await result()
  if (came?.kind !== 'void') return position
  throw errorOfCommand(came.reason)
}

/** What a command would be refused with, as the caller reads it. */
export function errorOfCommand({ code, message, path, details }: Rejection): ApiError {
  return new ApiError(STATUS[code] ?? 409, code, message, {
    ...(path === undefined ? {} : { path }),
    ...(details === undefined ? {} : { details: { ...details } }),
  })
}

/** What is wrong with the command itself; the rest is in the way of it. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  not_found: 404,
  unknown_reference: 400,
  invalid_condition: 400,
  not_available: 400,
  condition_too_large: 400,
  condition_too_dear: 400,
}
