import {
  keepPreviousData,
  skipToken,
  type UseQueryResult,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { change } from './change.ts'
import { queryKeyOf, type Request } from './request.ts'
import { useWorkspace } from './use-workspace.ts'

const FRESH_MS = 15_000

/** A POST that changes nothing: a question too large for an address. */
export type Ask = <Answer>(request: Request<Answer>, signal?: AbortSignal) => Promise<Answer>

/** A function that asks once; throws an ApiError. */
function useAsker(): Ask {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  return (request, signal) => change(queries, request, { workspace, signal })
}

/** A function that asks once, and answers at once what was asked a moment ago. It shares its answers with `useAsk`. */
export function useCachedAsker(): Ask {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  const ask = useAsker()
  return (request, signal) =>
    queries.fetchQuery({
      queryKey: queryKeyOf(workspace, request),
      queryFn: () => ask(request, signal),
      staleTime: FRESH_MS,
      retry: false,
    })
}

/**
 * Asks anew whenever the request changes; the answer before stays until then (`isPlaceholderData`).
 * @param request undefined: does not ask
 */
export function useAsk<Answer>(request: Request<Answer> | undefined): UseQueryResult<Answer, ApiError> {
  const workspace = useWorkspace()
  const ask = useAsker()
  return useQuery<Answer, ApiError>({
    queryKey: request === undefined ? [workspace, 'nothing'] : queryKeyOf(workspace, request),
    queryFn: request === undefined ? skipToken : ({ signal }) => ask(request, signal),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    retry: false,
  })
}
