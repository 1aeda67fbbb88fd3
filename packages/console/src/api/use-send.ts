import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import type { Request } from './call.ts'
import { change } from './change.ts'
import { readAgain } from './read-again.ts'
import { useWorkspace } from './use-workspace.ts'

/**
 * A call that changes something: `const create = useSend<Answer>(['/v1/audiences'])`, then
 * `create.mutate({ method: 'POST', path, body })`. Afterwards every answer of this workspace whose path begins
 * with one of `changes` is read again.
 */
export function useSend<Answer = unknown>(
  changes: readonly string[],
): UseMutationResult<Answer, ApiError, Request> {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  return useMutation<Answer, ApiError, Request>({
    mutationFn: (request) => change<Answer>(queries, request, { workspace }),
    onSuccess: () => readAgain(queries, workspace, changes),
  })
}
