import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { call } from './call.ts'
import type { Request } from './request.ts'
import { useWorkspace } from './use-workspace.ts'

/** Reads a list page by page, by its cursor: `data.pages` holds the answers, `fetchNextPage()` reads on. */
export function usePages<Answer extends { cursor: string | null }>(
  request: Request<Answer>,
  options: { enabled?: boolean } = {},
): UseInfiniteQueryResult<InfiniteData<Answer>, ApiError> {
  const workspace = useWorkspace()
  return useInfiniteQuery<Answer, ApiError, InfiniteData<Answer>, readonly unknown[], string | null>({
    queryKey: [workspace, request.path, 'pages'],
    initialPageParam: null,
    getNextPageParam: (last) => last.cursor,
    enabled: options.enabled ?? true,
    queryFn: ({ pageParam, signal }) => call(pageAfter(request, pageParam), { workspace, signal }),
  })
}

function pageAfter<Answer>(request: Request<Answer>, cursor: string | null): Request<Answer> {
  if (cursor === null) return request
  const { path } = request
  return { ...request, path: `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` }
}
