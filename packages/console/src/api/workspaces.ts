import type { WorkspaceAnswer } from '@affluent/protocol/workspace-api'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { change } from './change.ts'
import { NO_WORKSPACE } from './read-again.ts'

export type Workspace = WorkspaceAnswer

/** The workspaces of the member. */
export const workspacesQuery = queryOptions({
  queryKey: [NO_WORKSPACE, '/v1/workspaces'],
  staleTime: 10_000,
  queryFn: async ({ signal }): Promise<readonly Workspace[]> => {
    const { workspaces } = await call<{ workspaces: Workspace[] }>({ path: '/v1/workspaces' }, { signal })
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
      const request = { method: 'POST', path: '/v1/workspaces', body } as const
      const answer = await change<{ workspace: Workspace; apiKey: string }>(queries, request)
      await readAgain()
      return answer
    },
    remove: async (slug: string) => {
      const path = `/v1/workspaces/${encodeURIComponent(slug)}?confirm=${encodeURIComponent(slug)}`
      await change(queries, { method: 'DELETE', path })
      await readAgain()
    },
  }
}
