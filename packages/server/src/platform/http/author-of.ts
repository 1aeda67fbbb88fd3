import type { Author } from '@affluent/core/identity/ledger'
import type { Caller } from './caller.ts'

/** Who asks, as people call them: the team member, or the key. */
export function authorOf(caller: Caller): Author {
  return caller.kind === 'member'
    ? { kind: 'member', name: caller.session.member.name }
    : { kind: 'key', name: caller.name }
}
