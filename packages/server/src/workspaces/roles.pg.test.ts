import { type Endpoint, namesIn } from '@affluent/protocol/endpoint'
import { ENDPOINTS } from '@affluent/protocol/endpoints'
import { type Permission, rolesOf, seenAs } from '@affluent/protocol/permission'
import { ROLES, type Role } from '@affluent/protocol/role'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleSession } from '../testing/console-session.ts'
import { signIn } from '../testing/console-session.ts'
import { memberIdOf, signInAs } from '../testing/member-session.ts'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let owner: ConsoleSession
const sessions = new Map<Role, ConsoleSession>()

beforeAll(async () => {
  server = await startTestServer()
  await server.addWorkspace('other')
  owner = await signIn(server.url)
  sessions.set('owner', owner)
  for (const role of ROLES.slice(1)) sessions.set(role, await signInAs(server, owner, role))
})

afterAll(() => server.stop())

const KNOWN = ENDPOINTS.filter(({ access }) => access !== 'anyone')
const DECIDED = KNOWN.filter(({ permission }) => rolesOf(permission) !== null)

/** Asks in a way that changes nothing: a body that is no JSON, ids of nothing. Who may not is told so before. */
function ask(session: ConsoleSession, endpoint: Endpoint, workspace = 'main'): Promise<Answer> {
  const { method, body, access } = endpoint
  const path = namesIn(endpoint.path).reduce(
    (text, name) => text.replace(`{${name}}`, name === 'slug' ? workspace : 'nothing'),
    endpoint.path,
  )
  return session.ask(path, {
    method,
    workspace: access === 'workspace' ? workspace : undefined,
    ...(body === undefined ? {} : { body: '{' }),
  })
}

test.each(ROLES)('the role "%s" opens what the table of permissions says, and nothing else', async (role) => {
  const wrong: string[] = []
  for (const endpoint of DECIDED) {
    const answer = await ask(sessions.get(role) as ConsoleSession, endpoint)
    const error = answer.json['error'] as { code?: string; needs?: string } | undefined
    const isRefused = answer.status === 403 && error?.code === 'not_allowed'
    const mayPass = rolesOf(endpoint.permission)?.includes(role) === true
    if (isRefused === mayPass || (isRefused && error.needs !== endpoint.permission))
      wrong.push(`${endpoint.method} ${endpoint.path}: ${answer.text}`)
  }
  expect(wrong).toEqual([])
})

/** The matrix of roles: y plain, m masked, - not, in the order of `ROLES`. */
const MATRIX: Readonly<Partial<Record<Permission, string>>> = {
  'profiles:read': 'yymmmyym',
  'profiles:search': 'yymmmyym',
  'personal-values:search': 'yyy--yy-',
  'personal-values:ask': 'yyy--y--',
  'identity:edit': 'yy---y--',
  'audiences:edit': 'yyym----',
  'audiences:preview': 'yymm----',
  'audience-members:read': 'yymmmyym',
  'catalogue-values:read': 'yymmmyym',
  'events:read': 'yy-mmy--',
  'quarantine:read': 'yy--my--',
  'quarantine:edit': 'yy--my--',
  'sources:edit': 'yy--y---',
  'destinations:edit': 'yy--y---',
  'connections:preview': 'yy--m---',
  'deliveries:read': 'yy--my--',
  'members:edit': 'yy------',
  'workspace:remove': 'y-------',
}

test('the table of permissions is the matrix of roles', () => {
  const cells = { plain: 'y', masked: 'm' } as const
  for (const [permission, row] of Object.entries(MATRIX)) {
    const cellOf = (role: Role) => {
      const seen = seenAs(permission as Permission, role)
      return seen === undefined ? '-' : cells[seen]
    }
    expect(ROLES.map(cellOf).join(''), permission).toBe(row)
  }
})

test('of every endpoint and every role it is decided how it is seen, and somebody sees it', () => {
  const cells = DECIDED.flatMap(({ permission }) =>
    ROLES.map((role) => seenAs(permission, role) ?? 'refused'),
  )
  const counts = Object.fromEntries(
    ['plain', 'masked', 'refused'].map((as) => [as, cells.filter((cell) => cell === as).length]),
  )
  expect(cells).toHaveLength(DECIDED.length * ROLES.length)
  // more endpoints make more of all three
  expect(counts['plain'], JSON.stringify(counts)).toBeGreaterThanOrEqual(227)
  expect(counts['masked'], JSON.stringify(counts)).toBeGreaterThanOrEqual(64)
  expect(counts['refused'], JSON.stringify(counts)).toBeGreaterThanOrEqual(213)
  for (const { permission, operationId } of DECIDED)
    expect(seenAs(permission, 'owner'), operationId).toBe('plain')
})

test('who may not is told which roles may', async () => {
  const answer = await (sessions.get('viewer') as ConsoleSession).ask('/v1/workspaces/main', {
    method: 'PUT',
    body: { name: 'Mine' },
  })
  expect(answer).toMatchObject({
    status: 403,
    json: {
      error: {
        code: 'not_allowed',
        needs: 'workspace:edit',
        message: 'This needs one of the roles: owner, admin. An owner of the workspace can give it.',
      },
    },
  })
})

test('a workspace without a role for the member is as one that is not there', async () => {
  const admin = sessions.get('admin') as ConsoleSession
  for (const endpoint of DECIDED) {
    if (endpoint.access === 'account' && namesIn(endpoint.path).length === 0) continue
    const [there, nowhere] = [await ask(admin, endpoint, 'other'), await ask(admin, endpoint, 'nowhere')]
    const said = ({ status, json }: Answer) => ({
      status,
      error: { ...(json['error'] as object), id: '' },
    })
    expect(JSON.stringify(said(there)).replaceAll('other', 'nowhere')).toBe(JSON.stringify(said(nowhere)))
  }
  const named = await admin.ask('/v1/sources', { workspace: 'other' })
  expect(named).toMatchObject({ status: 404, json: { error: { code: 'unknown_reference' } } })
  const removal = await admin.ask('/v1/workspaces/other?confirm=other', { method: 'DELETE' })
  expect(removal).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
})

test('a member lists the workspaces in which they have a role, with it', async () => {
  const { json } = await (sessions.get('analyst') as ConsoleSession).ask('/v1/workspaces')
  expect(json).toMatchObject({ workspaces: [{ slug: 'main', role: 'analyst' }] })
  const all = await owner.ask('/v1/workspaces')
  expect(all.json).toMatchObject({
    workspaces: [
      { slug: 'main', role: 'owner' },
      { slug: 'other', role: 'owner' },
    ],
  })
  const byKey = await server.read('/v1/workspaces')
  expect(byKey.json).toMatchObject({ workspaces: [{ slug: 'main', role: null }] })
})

test('who makes a workspace is its owner', async () => {
  const admin = sessions.get('admin') as ConsoleSession
  const body = { slug: 'made', name: 'Made', kind: 'sandbox' }
  const made = await admin.ask('/v1/workspaces', { method: 'POST', body })
  expect(made, made.text).toMatchObject({ status: 201, json: { workspace: { role: 'owner' } } })
  expect((await owner.ask('/v1/sources', { workspace: 'made' })).status).toBe(404)
  expect((await admin.ask('/v1/members', { workspace: 'made' })).json).toMatchObject({
    members: [{ email: 'admin@example.com', role: 'owner', isYou: true }],
  })
})

test('a role that is cut, ends or is taken is gone at the next request', async () => {
  const developer = sessions.get('developer') as ConsoleSession
  const id = await memberIdOf(owner, 'developer@example.com')
  const put = (body: object) => owner.ask(`/v1/members/${id}`, { method: 'PUT', body })
  const under = Promise.all(Array.from({ length: 20 }, () => developer.ask('/v1/sources')))
  expect(await put({ role: 'viewer' })).toMatchObject({ status: 200, json: { member: { role: 'viewer' } } })
  expect((await developer.ask('/v1/sources')).status).toBe(403)
  for (const { status } of await under) expect([200, 403]).toContain(status)

  await put({ role: 'developer', until: new Date(server.now() + 60_000).toISOString() })
  expect((await developer.ask('/v1/sources')).status).toBe(200)
  server.clockOffset += 61_000
  expect((await developer.ask('/v1/sources')).status).toBe(404)
  expect((await developer.ask('/v1/workspaces')).json).toEqual({ workspaces: [] })

  await put({ until: null })
  expect((await developer.ask('/v1/sources')).status).toBe(200)
  expect((await owner.ask(`/v1/members/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await developer.ask('/v1/sources')).status).toBe(404)
  // who has no role any more is still signed in, and can sign out
  expect((await developer.ask('/v1/session')).status).toBe(200)
})
