import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { address } from './address.ts'
import type { ApiError } from './api-error.ts'
import { call } from './call.ts'
import { useWorkspace } from './use-workspace.ts'

/** Reads a list page by page, by its cursor: `data.pages` holds the answers, `fetchNextPage()` reads on. */
export function usePages<Answer extends { cursor: string | null }>(
  path: string,
  query: Parameters<typeof address>[1] = {},
  options: { enabled?: boolean } = {},
): UseInfiniteQueryResult<InfiniteData<Answer>, ApiError> {
  const workspace = useWorkspace()
  return useInfiniteQuery<Answer, ApiError, InfiniteData<Answer>, readonly unknown[], string | null>({
    queryKey: [workspace, path, 'pages', query],
    initialPageParam: null,
    getNextPageParam: (last) => last.cursor,
    enabled: options.enabled ?? true,
    queryFn: ({ pageParam, signal }) =>
      call<Answer>({ path: address(path, { ...query, cursor: pageParam }) }, { workspace, signal }),
  })
}
