import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { isWithin } from '@affluent/protocol/permission'
import { ROLES, type Role } from '@affluent/protocol/role'

/** What the server checks before it changes a member, told before it is asked. */
type Standing = Pick<MemberAnswer, 'role' | 'until'>

/** Whether a workspace would be left without an owner whose role has no end, if this one changed. */
export function isLastOwner(member: MemberAnswer, members: readonly MemberAnswer[]): boolean {
  return isLasting(member) && !members.some((each) => each.id !== member.id && isLasting(each))
}

function isLasting({ role, until, state }: MemberAnswer): boolean {
  return role === 'owner' && until === null && state === 'active'
}

/** The roles that somebody can give: none that may do more than they. */
export function grantable(by: Standing): readonly Role[] {
  return ROLES.filter((role) => isWithin(role, by.role))
}

/** The last moment of a day, in the zone of the browser. @param day such as 2027-01-31 */
export function endOfDay(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date, 23, 59, 59, 999)
}

/** The day of a moment, in the zone of the browser, as a date field has it; '' when there is none. */
export function dayOf(instant: string | null): string {
  if (instant === null) return ''
  const at = new Date(instant)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/**
 * When a role ends that is given until a day, included.
 * @param before the end as it was; it stays to the second where the day stays
 * @param own end of the role of who gives it: the last day of theirs ends with theirs
 */
export function endOf(day: string, before: string | null, own: string | null): string | null {
  if (day === '') return null
  if (day === dayOf(before)) return before
  const end = endOfDay(day).toISOString()
  return own !== null && day === dayOf(own) && end > own ? own : end
}
