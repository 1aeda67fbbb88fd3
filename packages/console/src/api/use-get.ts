import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { call } from './call.ts'
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

/** Reads one address of the API in the workspace of the page. The answer is kept under [workspace, path]. */
export function useGet<Answer>(path: string, options: GetOptions = {}): UseQueryResult<Answer, ApiError> {
  const workspace = useWorkspace()
  return useQuery<Answer, ApiError>({
    queryKey: [workspace, path],
    queryFn: ({ signal }) => call<Answer>({ path }, { workspace, signal }),
    refetchInterval: options.everyMs ?? false,
    enabled: options.enabled ?? true,
    staleTime: options.freshMs ?? 0,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  })
}
