import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isSignedOut } from '../api/api-error.ts'
import { sessionQuery } from '../api/session.ts'

const RETRIES_MAX = 2

/** The store of answers. An answer that says "not signed in" ends the session here, whoever asked. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    // while it is not known who is signed in, the question for it answers that
    if (!isSignedOut(error) || (queries.getQueryData(sessionQuery.queryKey) ?? null) === null) return
    queries.setQueryData(sessionQuery.queryKey, null)
    onSignedOut()
  }
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        // What the server says is wrong does not become right by asking again.
        retry: (failures, error) =>
          failures < RETRIES_MAX && !(error instanceof ApiError && error.status < 500 && error.status > 0),
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return queries
}
