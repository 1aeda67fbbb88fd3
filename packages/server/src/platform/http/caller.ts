import type { Role } from '@affluent/protocol/role'
import type { Workspace } from '../workspace/registry.ts'

/** A person who signs in to the console. */
export interface TeamMember {
  readonly id: number
  readonly email: string
  readonly name: string
  /** in which the console speaks to them; null: as the browser asks */
  readonly language: 'fr' | 'en' | null
}

/** A team member who has signed in. */
export interface Session {
  readonly id: number
  readonly token: string
  /** what a request that changes something must carry beside the cookie */
  readonly csrf: string
  readonly member: TeamMember
  /** when the password was given, milliseconds since the epoch */
  readonly signedInAt: number
  /** as which role the workspaces are seen that the member owns; null: as an owner */
  readonly viewAs: Role | null
  /** when it ends unless it is used again, milliseconds since the epoch */
  readonly expiresAt: number
}

/** What a team member counts as at this moment, by the number of the workspace; elsewhere they have no role. */
export type Roles = ReadonlyMap<number, Role>

/** A team member who asks. */
export interface MemberCaller {
  readonly kind: 'member'
  readonly session: Session
  readonly roles: Roles
}

/** Who asks: an API key of one workspace, or a team member, who sees those in which they have a role. */
export type Caller =
  | { readonly kind: 'key'; readonly name: string; readonly workspace: Workspace }
  | MemberCaller

/** What somebody who asks may see and ask of people. */
export interface Sight {
  /** personal values are left out of the answer */
  readonly isMasked: boolean
  /** may search people by personal values */
  readonly maySearch: boolean
  /** may compare personal fields with values */
  readonly mayAsk: boolean
}

/** Of whom nothing else was decided. */
export const MASKED: Sight = { isMasked: true, maySearch: false, mayAsk: false }
/** Of API keys, and of calls that are about nobody. */
export const PLAIN: Sight = { isMasked: false, maySearch: true, mayAsk: true }

declare module 'fastify' {
  interface FastifyRequest {
    workspace: Workspace
    caller: Caller
    /** decided with the permission */
    sight: Sight
  }
}
