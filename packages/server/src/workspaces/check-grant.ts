import { isWithin } from '@affluent/protocol/permission'
import { ROLE_NAMES, type Role } from '@affluent/protocol/role'
import { ApiError } from '../platform/http/api-error.ts'

/** What somebody is in a workspace. */
export interface Standing {
  readonly role: Role
  /** null: it has no end */
  readonly until: Date | null
}

/** The standing of a member, or of one who is invited. */
export interface MemberStanding extends Standing {
  readonly id: number
  /** null: invited */
  readonly teamMember: number | null
}

/**
 * Nobody grants more than they have: no permission that their own role lacks, and nothing that outlasts it.
 * @throws ApiError 403 `not_allowed`
 */
export function checkGrant(actor: Standing, granted: Standing): void {
  checkReach(actor, granted.role)
  if (actor.until === null || (granted.until !== null && granted.until <= actor.until)) return
  const message = `Your own role ends at ${actor.until.toISOString()}: give "until" no later than that.`
  throw new ApiError(403, 'not_allowed', message, { needs: 'members:edit', path: 'until' })
}

/**
 * Nobody changes or removes those who may do more than they.
 * @throws ApiError 403 `not_allowed`
 */
export function checkReach(actor: Standing, role: Role): void {
  if (isWithin(role, actor.role)) return
  const message = `Whoever is "${ROLE_NAMES[actor.role]}" cannot give, change or take the role "${ROLE_NAMES[role]}", which may do more.`
  throw new ApiError(403, 'not_allowed', message, { needs: role })
}

/**
 * A workspace keeps an owner whose role has no end.
 * @param members all of the workspace
 * @param after undefined: the member leaves
 * @throws ApiError 409 `last_owner`
 */
export function checkOwnerStays(
  members: readonly MemberStanding[],
  member: MemberStanding,
  after: Standing | undefined,
): void {
  if (!isLastingOwner(member)) return
  const left = members.map((each) => (each.id === member.id ? after && { ...member, ...after } : each))
  if (left.some((each) => each !== undefined && isLastingOwner(each))) return
  const message =
    'This is the last owner of the workspace: make somebody else an owner, without an end, first.'
  throw new ApiError(409, 'last_owner', message)
}

function isLastingOwner({ role, until, teamMember }: MemberStanding): boolean {
  return role === 'owner' && until === null && teamMember !== null
}
