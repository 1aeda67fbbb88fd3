import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'
import { call } from './call.ts'
import { askPasswordAgain } from './password-again.ts'
import type { Request } from './request.ts'
import { sessionQuery } from './session.ts'

/**
 * Sends what changes something, as the member who is signed in. Where the server wants the password again, it is asked
 * for in place and the request goes on; a session that another tab has begun is taken over.
 * @throws ApiError
 */
export async function change<Answer>(
  queries: QueryClient,
  request: Request<Answer>,
  pass: { readonly workspace?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Answer> {
  const csrf = () => queries.getQueryData(sessionQuery.queryKey)?.csrf
  const send = () => call(request, { ...pass, csrf: csrf() })
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'sign_in_again' && (await askPasswordAgain())) return send()
    if (error.code === 'invalid_csrf_token') {
      const before = csrf()
      await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
      if (csrf() !== before) return send()
    }
    throw error
  }
}
