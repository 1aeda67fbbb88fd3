import { readFile } from 'node:fs/promises'
import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { FRESH_SIGN_IN_MS_MAX, INVITATION_MS_MAX, WORKSPACE_MEMBERS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleSession, signIn, trySignIn } from '../testing/console-session.ts'
import { invite, MEMBER_PASSWORD, memberIdOf, signInAs } from '../testing/member-session.ts'
import { type Answer, OWNER, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let owner: ConsoleSession
let names = 0

beforeAll(async () => {
  server = await startTestServer()
})

beforeEach(async () => {
  server.clockOffset = 0
  await server.database.query('delete from workspace_member where team_member_id is null')
  owner = await signIn(server.url)
})

afterAll(() => server.stop())

const put = (by: ConsoleSession, id: string, body: object): Promise<Answer> =>
  by.ask(`/v1/members/${id}`, { method: 'PUT', body })
const remove = (by: ConsoleSession, id: string): Promise<Answer> =>
  by.ask(`/v1/members/${id}`, { method: 'DELETE' })
const accept = (invitation: string, more: object = {}): Promise<Answer> =>
  trySignIn(server.url, { invitation, password: MEMBER_PASSWORD, ...more })
const refused = (status: number, code: string, more: object = {}) => ({
  status,
  json: { error: { code, ...more } },
})
const inFuture = (ms: number) => new Date(server.now() + ms).toISOString()

test('an invitation is made, listed, and makes its address a member, signed in at once', async () => {
  const { member, invitation } = await invite(owner, { email: ' Grace@Example.com ', role: 'marketer' })
  expect(member).toMatchObject({
    ...{ id: expect.stringMatching(/^mem_\d+$/), email: 'grace@example.com', name: null },
    ...{ role: 'marketer', until: null, state: 'invited', isYou: false },
    invitedUntil: expect.stringMatching(/Z$/),
  })
  const answer = await accept(invitation, { name: 'Grace Hopper' })
  expect(answer).toMatchObject({
    status: 200,
    json: { session: { member: { email: 'grace@example.com', name: 'Grace Hopper' } } },
  })
  const listed = (await owner.ask('/v1/members')).json['members'] as unknown as MemberAnswer[]
  expect(listed).toMatchObject([
    { email: OWNER.email, role: 'owner', state: 'active', isYou: true },
    { id: member.id, name: 'Grace Hopper', role: 'marketer', state: 'active', invitedUntil: null },
  ])
  const grace = await signIn(server.url, { email: 'grace@example.com', password: MEMBER_PASSWORD })
  expect((await grace.ask('/v1/audiences')).status).toBe(200)
})

test('an invitation is accepted once', async () => {
  const { invitation } = await invite(owner, { email: 'once@example.com', role: 'viewer' })
  const answers = await Promise.all([accept(invitation), accept(invitation), accept(invitation)])
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(await accept(invitation)).toMatchObject(refused(401, 'invalid_invitation', { path: 'invitation' }))
})

test('an invitation is good for 7 days', async () => {
  const { invitation } = await invite(owner, { email: 'late@example.com', role: 'viewer' })
  server.clockOffset = INVITATION_MS_MAX + 1_000
  expect(await accept(invitation)).toMatchObject(refused(401, 'invalid_invitation'))
  server.clockOffset = INVITATION_MS_MAX - 60_000
  expect(await accept(invitation)).toMatchObject({ status: 200 })
})

test('an invitation is for its address: no other can be named, and an account that is there keeps its password', async () => {
  const { invitation } = await invite(owner, { email: 'bound@example.com', role: 'viewer' })
  expect(await accept(invitation, { email: 'thief@example.com' })).toMatchObject(
    refused(400, 'invalid_request', { path: 'email' }),
  )
  await accept(invitation)
  await remove(owner, await memberIdOf(owner, 'bound@example.com'))
  const second = await invite(owner, { email: 'bound@example.com', role: 'admin' })
  expect(await accept(second.invitation, { password: 'a password of a thief' })).toMatchObject(
    refused(401, 'wrong_password'),
  )
  expect(await accept(second.invitation)).toMatchObject({
    status: 200,
    json: { session: { member: { email: 'bound@example.com' } } },
  })
})

test('an invitation that was withdrawn or replaced is good no more', async () => {
  const withdrawn = await invite(owner, { email: 'twice@example.com', role: 'viewer' })
  await remove(owner, withdrawn.member.id)
  expect(await accept(withdrawn.invitation)).toMatchObject(refused(401, 'invalid_invitation'))
  const first = await invite(owner, { email: 'twice@example.com', role: 'viewer' })
  const second = await invite(owner, { email: 'TWICE@example.com', role: 'analyst' })
  expect(second.member.id).toBe(first.member.id)
  expect(await accept(first.invitation)).toMatchObject(refused(401, 'invalid_invitation'))
  const answer = await accept(second.invitation)
  expect(answer.status).toBe(200)
  const again = await owner.ask('/v1/members', {
    method: 'POST',
    body: { email: 'twice@example.com', role: 'viewer' },
  })
  expect(again).toMatchObject(refused(409, 'already_exists', { path: 'email' }))
})

test.each([
  ['a short password', { password: 'short' }, 'invalid_request', 'password'],
  ['a common password', { password: 'password123' }, 'common_password', 'password'],
  ['an empty name', { name: ' ' }, 'invalid_request', 'name'],
])('who accepts with %s is told so, and the invitation stays', async (_, more, code, path) => {
  const { invitation } = await invite(owner, { email: `stays${++names}@example.com`, role: 'viewer' })
  expect(await accept(invitation, more)).toMatchObject(refused(400, code, { path }))
  expect((await accept(invitation)).status).toBe(200)
})

test('whoever signs in without an invitation has an address and no name', async () => {
  expect(await trySignIn(server.url, { password: 'x' })).toMatchObject(
    refused(400, 'invalid_request', { path: 'email' }),
  )
  expect(await trySignIn(server.url, { ...OWNER, name: 'Ada' })).toMatchObject(
    refused(400, 'invalid_request', { path: 'name' }),
  )
})

test('guessing the password of an account through an invitation is counted as any guessing', async () => {
  const limited = await startTestServer({ rateLimits: true })
  try {
    const by = await signIn(limited.url)
    await signInAs(limited, by, 'viewer', 'guessed')
    await remove(by, await memberIdOf(by, 'guessed@example.com'))
    const { invitation } = await invite(by, { email: 'guessed@example.com', role: 'viewer' })
    const codes: unknown[] = []
    for (let guess = 0; guess < 12; guess++) {
      const { json } = await trySignIn(limited.url, { invitation, password: `guess number ${guess}` })
      codes.push((json['error'] as { code: string }).code)
    }
    expect(codes.slice(0, 5)).toEqual(Array(5).fill('wrong_password'))
    expect(codes.at(-1)).toBe('too_many_attempts')
  } finally {
    await limited.stop()
  }
})

test('the last owner cannot leave, be demoted or get an end', async () => {
  const id = await memberIdOf(owner, OWNER.email)
  const last = refused(409, 'last_owner')
  expect(await remove(owner, id)).toMatchObject(last)
  expect(await put(owner, id, { role: 'admin' })).toMatchObject(last)
  expect(await put(owner, id, { until: inFuture(60_000) })).toMatchObject(last)
  // one who is invited, or whose role ends, is no owner to rely on
  await invite(owner, { email: 'invited-owner@example.com', role: 'owner' })
  expect(await remove(owner, id)).toMatchObject(last)
  const second = await signInAs(server, owner, 'owner', 'second')
  const secondId = await memberIdOf(owner, 'second@example.com')
  await put(owner, secondId, { until: inFuture(3_600_000) })
  expect(await remove(owner, id)).toMatchObject(last)
  await put(owner, secondId, { until: null })

  // of two who demote each other at once one stays
  const answers = await Promise.all([
    put(owner, secondId, { role: 'admin' }),
    put(second, id, { role: 'admin' }),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
  const { rows } = await server.database.query<{ email: string }>(
    `select m.email from workspace_member w join team_member m on m.id = w.team_member_id where w.role = 'owner'`,
  )
  expect(rows).toHaveLength(1)
  const back = rows[0]?.email === OWNER.email ? owner : second
  await put(back, id, { role: 'owner' })
  if (back === second) expect((await remove(second, secondId)).status).toBe(204)
})

test('an admin grants what an admin has: owners are neither made nor changed nor removed', async () => {
  const admin = await signInAs(server, owner, 'admin', `boss${++names}`)
  const ownerId = await memberIdOf(owner, OWNER.email)
  const viewer = await invite(admin, { email: 'low@example.com', role: 'viewer' })
  const ownerInvited = await invite(owner, { email: 'high@example.com', role: 'owner' })
  const tries = [
    await admin.ask('/v1/members', { method: 'POST', body: { email: 'x@example.com', role: 'owner' } }),
    await admin.ask('/v1/members', { method: 'POST', body: { email: 'high@example.com', role: 'viewer' } }),
    await put(admin, viewer.member.id, { role: 'owner' }),
    await put(admin, ownerId, { role: 'viewer' }),
    await put(admin, ownerId, { until: inFuture(60_000) }),
    await remove(admin, ownerId),
    await remove(admin, ownerInvited.member.id),
    await put(admin, await memberIdOf(owner, `boss${names}@example.com`), { role: 'owner' }),
  ]
  for (const answer of tries) expect(answer).toMatchObject(refused(403, 'not_allowed', { needs: 'owner' }))
  expect(await put(admin, viewer.member.id, { role: 'admin' })).toMatchObject({ status: 200 })
})

test('an admin whose role ends grants none that lasts longer, to themselves neither', async () => {
  const admin = await signInAs(server, owner, 'admin', `brief${++names}`)
  const id = await memberIdOf(owner, `brief${names}@example.com`)
  await put(owner, id, { until: inFuture(3_600_000) })
  const endless = { email: 'friend@example.com', role: 'viewer' }
  const longer = { ...endless, until: inFuture(7_200_000) }
  const beyond = refused(403, 'not_allowed', { path: 'until' })
  expect(await put(admin, id, { until: null })).toMatchObject(beyond)
  for (const body of [endless, longer])
    expect(await admin.ask('/v1/members', { method: 'POST', body })).toMatchObject(beyond)
  expect(await invite(admin, { ...endless, role: 'viewer', until: inFuture(60_000) })).toBeDefined()
})

test('members are changed by one who has just signed in, and listed by one who has not', async () => {
  server.clockOffset = FRESH_SIGN_IN_MS_MAX + 1_000
  const id = await memberIdOf(owner, OWNER.email)
  const again = refused(403, 'sign_in_again')
  expect(await put(owner, id, { role: 'owner' })).toMatchObject(again)
  expect(await remove(owner, id)).toMatchObject(again)
  const body = { email: 'z@example.com', role: 'viewer' }
  expect(await owner.ask('/v1/members', { method: 'POST', body })).toMatchObject(again)
  expect(await server.read('/v1/members')).toMatchObject(refused(403, 'session_needed'))
})

test.each([
  [{ email: 'no address', role: 'viewer' }, 'email'],
  [{ email: 'a@example.com', role: 'king' }, 'role'],
  [{ email: 'a@example.com', role: 'viewer', until: '2020-01-01T00:00:00Z' }, 'until'],
])('an invitation such as %j is refused at %s', async (body, path) => {
  expect(await owner.ask('/v1/members', { method: 'POST', body })).toMatchObject(
    refused(400, 'invalid_request', { path }),
  )
})

test('there may be so many members and no more, and members of another workspace are not found', async () => {
  await server.database.query(
    `insert into workspace_member (workspace_id, email, role, invitation_hash, invitation_until)
     select (select id from workspace where slug = 'main'), 'm' || n || '@example.com', 'viewer',
       sha256(n::text::bytea), now() from generate_series(1, $1) n`,
    [WORKSPACE_MEMBERS_MAX],
  )
  const body = { email: 'one-more@example.com', role: 'viewer' }
  expect(await owner.ask('/v1/members', { method: 'POST', body })).toMatchObject(refused(400, 'too_many'))
  await server.addWorkspace('beside')
  const id = await memberIdOf(owner, 'm1@example.com')
  const beside = await owner.ask(`/v1/members/${id}`, { method: 'DELETE', workspace: 'beside' })
  expect(beside).toMatchObject(refused(404, 'not_found'))
})

test('whoever was a team member before there were roles is an owner of every workspace', async () => {
  const migration = await readFile(new URL('../../migrations/0017_members.sql', import.meta.url), 'utf8')
  const client = await server.database.connect()
  try {
    await client.query('begin')
    await client.query(`create schema before_roles; set local search_path to before_roles;
      create table workspace (id int primary key);
      create table team_member (id int primary key, role text not null check (role in ('owner')));
      insert into workspace values (1), (2);
      insert into team_member values (7, 'owner'), (9, 'owner')`)
    await client.query(migration)
    const { rows } = await client.query(
      `select workspace_id as workspace, team_member_id as member, role, owns_installation as owns
       from workspace_member w join team_member m on m.id = w.team_member_id order by 1, 2`,
    )
    expect(rows).toEqual(
      [1, 2].flatMap((workspace) => [
        { workspace, member: 7, role: 'owner', owns: true },
        { workspace, member: 9, role: 'owner', owns: false },
      ]),
    )
  } finally {
    await client.query('rollback')
    client.release()
  }
})
