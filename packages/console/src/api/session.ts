import type { SessionAnswer } from '@affluent/protocol/endpoints/sessions'
import { type QueryClient, queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isSignedOut } from './api-error.ts'
import { call } from './call.ts'
import { api } from './request.ts'

/** Who is signed in, with the token that goes back with every call that changes something. */
export type Session = SessionAnswer

const WAS_SIGNED_IN = 'affluent-was-signed-in'

/** Whether a session of this browser has ended by itself. */
export function hasSessionEnded(): boolean {
  return localStorage.getItem(WAS_SIGNED_IN) === 'yes'
}

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const { session } = await call(api('GET /v1/session'), { signal })
      return session
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  },
})

/** The session of a room; rooms are only shown to members who are signed in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery)
  // While the way leads to sign-in, the room still stands for a moment.
  const [last, setLast] = useState(data)
  if (data !== null && data !== last) setLast(data)
  const session = data ?? last
  if (session === null) throw new Error('A room is shown without a session')
  return session
}

/**
 * By what somebody comes in: an address and its password; or an invitation, and the password that is chosen now or that
 * the invited account has; or a link to a new password, and that password.
 */
export type Entry =
  | { readonly email: string; readonly password: string }
  | { readonly invitation: string; readonly password: string; readonly name?: string }
  | { readonly reset: string; readonly password: string }

/**
 * Opens a session; throws an ApiError with wrong_password, invalid_invitation, invalid_reset, common_password or
 * too_many_attempts.
 */
export async function signIn(queries: QueryClient, entry: Entry): Promise<Session> {
  const { session } = await call(api('POST /v1/session', { body: entry }))
  queries.clear()
  queries.setQueryData(sessionQuery.queryKey, session)
  localStorage.setItem(WAS_SIGNED_IN, 'yes')
  return session
}

/**
 * Gives the password again, so that what is dangerous may be done: a new session takes the place of this one. All that
 * was read stays.
 */
export async function signInAgain(queries: QueryClient, password: string): Promise<void> {
  const email = queries.getQueryData(sessionQuery.queryKey)?.member.email ?? ''
  const { session } = await call(api('POST /v1/session', { body: { email, password } }))
  queries.setQueryData(sessionQuery.queryKey, session)
}

/** Ends the session and forgets all that was read in it. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient()
  return async () => {
    const session = queries.getQueryData(sessionQuery.queryKey)
    await call(api('DELETE /v1/session'), { csrf: session?.csrf })
    localStorage.removeItem(WAS_SIGNED_IN)
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
  }
}

/** Keeps the member's name or language with the member. */
export function useChangeMember(): (change: { language?: 'fr' | 'en'; name?: string }) => Promise<void> {
  const queries = useQueryClient()
  return async (body) => {
    const csrf = queries.getQueryData(sessionQuery.queryKey)?.csrf
    const { session } = await call(api('PUT /v1/session', { body }), { csrf })
    queries.setQueryData(sessionQuery.queryKey, session)
  }
}
