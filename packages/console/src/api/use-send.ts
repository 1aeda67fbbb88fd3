import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { change } from './change.ts'
import { readAgain } from './read-again.ts'
import type { Request } from './request.ts'
import { useWorkspace } from './use-workspace.ts'

/**
 * A call that changes something: `const create = useSend(['/v1/audiences'])`, then `create.mutate(api('POST
 * /v1/audiences', { body }))`. Afterwards every answer of this workspace whose path begins with one of `changes` is
 * read again. Whoever reads the answer names its type, `useSend<ApiAnswer<'POST /v1/audiences'>>`, and can send nothing
 * that is answered otherwise.
 */
export function useSend<Answer = unknown>(
  changes: readonly string[],
): UseMutationResult<Answer, ApiError, Request<Answer>> {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  return useMutation<Answer, ApiError, Request<Answer>>({
    mutationFn: (request) => change(queries, request, { workspace }),
    onSuccess: () => readAgain(queries, workspace, changes),
  })
}
