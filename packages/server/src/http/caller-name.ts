import type { Caller } from './authenticate.ts'

/** Who asks, as people call them: the team member's name, or that a key did. */
export function callerName(caller: Caller): string {
  return caller.kind === 'member' ? caller.session.member.name : 'API'
}
