import { ENDPOINTS } from '@affluent/protocol/endpoints'
import { rolesOf, seenAs } from '@affluent/protocol/permission'
import { ROLES, type Role } from '@affluent/protocol/role'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ConsoleSession, signIn } from '../testing/console-session.ts'
import { memberIdOf, signInAs } from '../testing/member-session.ts'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let owner: ConsoleSession
let admin: ConsoleSession

beforeAll(async () => {
  server = await startTestServer()
  owner = await signIn(server.url)
  admin = await signInAs(server, owner, 'admin')
  await server.sendAll([{ type: 'identify', userId: 'u1', traits: { email: 'zq-view@example.com' } }])
  await server.settle()
})

afterEach(() => viewAs(owner, null))
afterAll(() => server.stop())

const viewAs = (session: ConsoleSession, role: Role | null): Promise<Answer> =>
  session.ask('/v1/session/view-as', { method: 'POST', body: { role }, workspace: undefined })

test.each(ROLES.slice(1))('an owner who views as "%s" may and sees what that role does', async (role) => {
  expect(await viewAs(owner, role)).toMatchObject({ status: 200, json: { session: { viewAs: role } } })
  expect((await owner.ask('/v1/session')).json).toMatchObject({ session: { viewAs: role } })
  expect((await owner.ask('/v1/workspaces')).json).toMatchObject({ workspaces: [{ role }] })
  const wrong: string[] = []
  for (const { method, path, permission, access } of ENDPOINTS) {
    if (method !== 'GET' || access !== 'workspace' || rolesOf(permission) === null) continue
    const { status, json } = await owner.ask(path.replaceAll(/\{\w+\}/g, 'nothing'))
    const isRefused = status === 403 && (json['error'] as { code: string }).code === 'not_allowed'
    if (isRefused !== (seenAs(permission, role) === undefined)) wrong.push(`${method} ${path}: ${status}`)
  }
  expect(wrong).toEqual([])
  const found = await owner.ask('/v1/profiles?search=user_id:u1')
  if (seenAs('profiles:search', role) === 'masked') expect(found.text).not.toContain('zq-view')
  else expect(found.text).toContain('zq-view')
})

test('it ends by the same call, also for a role that may do nothing', async () => {
  await viewAs(owner, 'viewer')
  expect((await owner.ask('/v1/members')).status).toBe(403)
  expect(await viewAs(owner, null)).toMatchObject({ status: 200, json: { session: { viewAs: null } } })
  expect((await owner.ask('/v1/members')).status).toBe(200)
  await viewAs(owner, 'analyst')
  expect(await viewAs(owner, 'owner')).toMatchObject({ status: 200, json: { session: { viewAs: null } } })
})

test('it is of one session, and ends with it', async () => {
  const beside = await signIn(server.url)
  await viewAs(owner, 'viewer')
  expect((await beside.ask('/v1/members')).status).toBe(200)
  expect((await (await signIn(server.url)).ask('/v1/session')).json).toMatchObject({
    session: { viewAs: null },
  })
})

test('nobody gains by it: who is no owner cannot, and an owner elsewhere gets nothing here', async () => {
  const refused = { status: 403, json: { error: { code: 'not_allowed', needs: 'owner' } } }
  for (const role of ROLES.slice(1)) expect(await viewAs(admin, role)).toMatchObject(refused)
  expect(await viewAs(admin, null)).toMatchObject({ status: 200 })
  // an owner of one workspace is in the others what they are
  const marketer = await signInAs(server, owner, 'viewer', 'elsewhere')
  await server.addWorkspace('elsewhere')
  await server.database.query(
    `insert into workspace_member (workspace_id, team_member_id, role)
     select w.id, m.id, 'owner' from workspace w, team_member m where w.slug = 'elsewhere' and m.email = 'elsewhere@example.com'`,
  )
  expect((await viewAs(marketer, 'admin')).status).toBe(200)
  expect((await marketer.ask('/v1/members')).status).toBe(403)
  expect((await marketer.ask('/v1/members', { workspace: 'elsewhere' })).status).toBe(200)
  expect((await marketer.ask('/v1/workspaces')).json).toMatchObject({
    workspaces: [
      { slug: 'main', role: 'viewer' },
      { slug: 'elsewhere', role: 'admin' },
    ],
  })
})

test('who views as an admin grants what an admin does', async () => {
  await viewAs(owner, 'admin')
  const invite = (role: Role) =>
    owner.ask('/v1/members', { method: 'POST', body: { email: `${role}2@example.com`, role } })
  expect(await invite('owner')).toMatchObject({ status: 403, json: { error: { needs: 'owner' } } })
  expect((await invite('admin')).status).toBe(201)
  await viewAs(owner, null)
  const second = await signInAs(server, owner, 'owner', 'second')
  const id = await memberIdOf(owner, 'second@example.com')
  await viewAs(owner, 'admin')
  expect(await owner.ask(`/v1/members/${id}/password-reset`, { method: 'POST' })).toMatchObject({
    status: 403,
  })
  expect((await second.ask('/v1/members')).status).toBe(200)
})

test.each([[{}], [{ role: 'king' }], [{ role: 'viewer', more: 1 }]])(
  '%j is no role to view as',
  async (body) => {
    const answer = await owner.ask('/v1/session/view-as', { method: 'POST', body, workspace: undefined })
    expect(answer.status).toBe(400)
  },
)
