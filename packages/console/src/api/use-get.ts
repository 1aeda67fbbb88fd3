import {
  keepPreviousData,
  type UseQueryOptions,
  type UseQueryResult,
  useQueries,
  useQuery,
} from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { call } from './call.ts'
import { queryKeyOf, type Request } from './request.ts'
import { useWorkspace } from './use-workspace.ts'

export interface GetOptions {
  /** Asks again so often, in milliseconds, while the tab is seen. */
  readonly everyMs?: number | false
  /** false: does not ask yet. */
  readonly enabled?: boolean
  /** Shows the answer of the address before while that of the next one is awaited. */
  readonly keep?: boolean
  /** An answer younger than this is not asked for again, in milliseconds. */
  readonly freshMs?: number
}

/**
 * Reads in the workspace of the page: `useGet(api('GET /v1/audiences'))`. The answer is kept under [workspace, path].
 */
export function useGet<Answer>(
  request: Request<Answer>,
  options: GetOptions = {},
): UseQueryResult<Answer, ApiError> {
  const workspace = useWorkspace()
  return useQuery(queryOf(workspace, request, options))
}

/** Reads several at once, in their order. */
export function useGetAll(
  requests: readonly Request[],
  options: GetOptions = {},
): readonly UseQueryResult<unknown, ApiError>[] {
  const workspace = useWorkspace()
  return useQueries({ queries: requests.map((request) => queryOf(workspace, request, options)) })
}

function queryOf<Answer>(
  workspace: string,
  request: Request<Answer>,
  options: GetOptions,
): UseQueryOptions<Answer, ApiError> {
  return {
    queryKey: queryKeyOf(workspace, request),
    queryFn: ({ signal }) => call(request, { workspace, signal }),
    refetchInterval: options.everyMs ?? false,
    enabled: options.enabled ?? true,
    staleTime: options.freshMs ?? 0,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  }
}
