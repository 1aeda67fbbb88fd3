import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { change } from './change.ts'
import { useWorkspace } from './use-workspace.ts'

const FRESH_MS = 15_000

/** A POST that changes nothing: a question too large for an address. */
export type Ask = <Answer>(path: string, body: unknown, signal?: AbortSignal) => Promise<Answer>

/** A function that asks once; throws an ApiError. */
function useAsker(): Ask {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  return (path, body, signal) => change(queries, { method: 'POST', path, body }, { workspace, signal })
}

/** A function that asks once, and answers at once what was asked a moment ago. It shares its answers with `useAsk`. */
export function useCachedAsker(): Ask {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  const ask = useAsker()
  return (path, body, signal) =>
    queries.fetchQuery({
      queryKey: [workspace, path, JSON.stringify(body)],
      queryFn: () => ask(path, body, signal),
      staleTime: FRESH_MS,
      retry: false,
    })
}

/**
 * Asks anew whenever the body changes; the answer before stays until then (`isPlaceholderData`).
 * @param body undefined: does not ask
 */
export function useAsk<Answer>(path: string, body: unknown): UseQueryResult<Answer, ApiError> {
  const workspace = useWorkspace()
  const ask = useAsker()
  return useQuery<Answer, ApiError>({
    queryKey: [workspace, path, JSON.stringify(body)],
    queryFn: ({ signal }) => ask<Answer>(path, body, signal),
    enabled: body !== undefined,
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    retry: false,
  })
}
