import type { FastifyRequest } from 'fastify'
import type { MemberCaller, Session } from '../platform/http/caller.ts'

/** The session that asks, on a route that lets team members in only. */
export function sessionOf(request: FastifyRequest): Session {
  return memberOf(request).session
}

/** The team member who asks, on such a route. */
export function memberOf({ caller }: FastifyRequest): MemberCaller {
  if (caller.kind !== 'member') throw new Error('This route lets team members in only.')
  return caller
}
