import type { Role } from '@affluent/protocol/role'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { change } from './change.ts'
import { api } from './request.ts'
import { sessionQuery } from './session.ts'

/** Looks at the own workspaces as another role; null: as what the member is again. All that was read is read anew. */
export function useViewAs(): UseMutationResult<void, ApiError, Role | null> {
  const queries = useQueryClient()
  return useMutation<void, ApiError, Role | null>({
    mutationFn: async (role) => {
      const { session } = await change(queries, api('POST /v1/session/view-as', { body: { role } }))
      queries.setQueryData(sessionQuery.queryKey, session)
      await queries.invalidateQueries()
    },
  })
}
