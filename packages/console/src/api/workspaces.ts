import type { WorkspaceAnswer } from '@affluent/protocol/endpoints/workspaces'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { change } from './change.ts'
import { NO_WORKSPACE } from './read-again.ts'
import { api, queryKeyOf } from './request.ts'

export type Workspace = WorkspaceAnswer

/** The workspaces of the member. */
export const workspacesQuery = queryOptions({
  queryKey: queryKeyOf(NO_WORKSPACE, api('GET /v1/workspaces')),
  staleTime: 10_000,
  queryFn: async ({ signal }): Promise<readonly Workspace[]> => {
    const { workspaces } = await call(api('GET /v1/workspaces'), { signal })
    return workspaces
  },
})

/** The workspaces of the member; empty until they are known. */
export function useWorkspaces(): readonly Workspace[] {
  return useQuery(workspacesQuery).data ?? []
}

/** Makes and removes workspaces. */
export function useChangeWorkspaces() {
  const queries = useQueryClient()
  const readAgain = () => queries.invalidateQueries({ queryKey: workspacesQuery.queryKey })
  return {
    create: async (body: { slug: string; name: string; kind: Workspace['kind'] }) => {
      const answer = await change(queries, api('POST /v1/workspaces', { body }))
      await readAgain()
      return answer
    },
    remove: async (slug: string) => {
      const inputs = { params: { slug }, query: { confirm: slug } }
      await change(queries, api('DELETE /v1/workspaces/{slug}', inputs))
      await readAgain()
    },
  }
}
