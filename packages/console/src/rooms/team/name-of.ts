import type { MemberAnswer } from '@affluent/protocol/endpoints/members'

/** What a member is called; by the address where no name was given. */
export function nameOf({ name, email }: Pick<MemberAnswer, 'name' | 'email'>): string {
  return name === null || name === '' ? email : name
}
