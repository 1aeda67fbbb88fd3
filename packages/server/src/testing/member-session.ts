import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import type { Role } from '@affluent/protocol/role'
import { expect } from 'vitest'
import { type ConsoleSession, signIn } from './console-session.ts'
import type { TestServer } from './test-server.ts'

/** The password of every member that a test invites. */
export const MEMBER_PASSWORD = 'a password of a member'

/** Invites an address into the workspace "main". */
export async function invite(
  by: ConsoleSession,
  body: { email: string; role: Role; until?: string | null },
): Promise<{ member: MemberAnswer; invitation: string }> {
  const answer = await by.ask('/v1/members', { method: 'POST', body })
  expect(answer, answer.text).toMatchObject({ status: 201 })
  return answer.json as unknown as { member: MemberAnswer; invitation: string }
}

/** Signs in as somebody who has just accepted an invitation into "main"; the address begins with the name. */
export async function signInAs(
  server: TestServer,
  owner: ConsoleSession,
  role: Role,
  name: string = role,
): Promise<ConsoleSession> {
  const { invitation } = await invite(owner, { email: `${name}@example.com`, role })
  return signIn(server.url, { invitation, password: MEMBER_PASSWORD })
}

/** The id of a member of "main". */
export async function memberIdOf(by: ConsoleSession, email: string): Promise<string> {
  const { json } = await by.ask('/v1/members')
  const found = (json['members'] as unknown as MemberAnswer[]).find((each) => each.email === email)
  return (found as MemberAnswer).id
}
