import {
  EMAIL_CHARS_MAX,
  MEMBER_SESSIONS_MAX,
  PASSWORD_CHARS_MAX,
  SESSION_IDLE_MS_MAX,
  SESSION_MS_MAX,
} from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConsoleSession, signIn, trySignIn } from '../testing/console-session.ts'
import { OWNER, request, startTestServer, type TestServer } from '../testing/test-server.ts'
import { renewOwnerPassword } from './owner.ts'
import { PasswordHashes } from './password-hashes.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

test('who signs in gets a session, and is asked for no password again', async () => {
  const answer = await trySignIn(server.url)
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    session: {
      member: { email: OWNER.email, name: 'Owner', language: null },
      csrf: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: expect.stringMatching(/Z$/),
      passwordIsFixed: true,
      viewAs: null,
    },
  })
  const session = await signIn(server.url)
  const again = await session.ask('/v1/session', { workspace: undefined })
  expect(again).toMatchObject({ status: 200, json: { session: { csrf: session.csrf } } })
  expect(answer.headers.getSetCookie()[0]).not.toContain(session.cookie)
})

test('the e-mail address may be written in capitals', async () => {
  const answer = await trySignIn(server.url, { ...OWNER, email: ` ${OWNER.email.toUpperCase()} ` })
  expect(answer.status).toBe(200)
})

test('a wrong password and an unknown address get the same answer', async () => {
  const wrong = await trySignIn(server.url, { ...OWNER, password: 'another password' })
  const unknown = await trySignIn(server.url, { ...OWNER, email: 'nobody@example.com' })
  expect(wrong).toMatchObject({ status: 401, json: { error: { code: 'wrong_password' } } })
  expect(wrong.headers.getSetCookie()).toEqual([])
  const said = ({ json }: typeof wrong) => ({ ...(json['error'] as object), id: '' })
  expect(said(unknown)).toEqual(said(wrong))
})

test('an unknown address takes as long as a wrong password', async () => {
  const time = async (who: object): Promise<number> => {
    const began = performance.now()
    await trySignIn(server.url, who)
    return performance.now() - began
  }
  const wrong: number[] = []
  const unknown: number[] = []
  for (let round = 0; round < 15; round++) {
    wrong.push(await time({ ...OWNER, password: 'another password' }))
    unknown.push(await time({ ...OWNER, email: 'nobody@example.com' }))
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[7] as number
  // without the hash it takes a tenth
  expect(median(unknown) / median(wrong)).toBeGreaterThan(0.5)
})

test('workspaces and sources are read by a session as by a key', async () => {
  const session = await signIn(server.url)
  const workspaces = await session.ask('/v1/workspaces', { workspace: undefined })
  expect(workspaces).toMatchObject({
    status: 200,
    json: { workspaces: [{ slug: 'main', name: 'Main', kind: 'live', isDemo: false, status: 'ready' }] },
  })
  const [main] = workspaces.json['workspaces'] as unknown as object[]
  expect((await server.read('/v1/workspaces')).json).toEqual({ workspaces: [{ ...main, role: null }] })
  const sources = await session.ask('/v1/sources')
  expect(sources).toMatchObject({
    status: 200,
    json: { sources: [{ slug: 'website', writeKey: server.keys.writeKey, enabled: true }] },
  })
  expect((await server.read('/v1/sources')).json).toEqual(sources.json)
})

test.each([
  ['no second secret', { 'affluent-csrf': undefined }, 'invalid_csrf_token'],
  ['a wrong one', { 'affluent-csrf': 'x'.repeat(43) }, 'invalid_csrf_token'],
  ['an empty one', { 'affluent-csrf': '' }, 'invalid_csrf_token'],
  ['a foreign Origin', { origin: 'https://evil.example' }, 'foreign_origin'],
  ['an opaque Origin', { origin: 'null' }, 'foreign_origin'],
])('a change with the cookie and %s is refused, and changes nothing', async (_, headers, code) => {
  const session = await signIn(server.url)
  const body = { slug: 'forged', name: 'Forged' }
  for (const [path, method, sent] of [
    ['/v1/sources', 'POST', body],
    ['/v1/sources/website', 'PUT', { enabled: false }],
    ['/v1/session', 'PUT', { name: 'Forged' }],
    ['/v1/session', 'DELETE', undefined],
    ['/v1/workspaces', 'POST', { ...body, kind: 'live' }],
    ['/v1/audiences/preview', 'POST', { condition: { all: [] } }],
  ] as const) {
    const answer = await session.ask(path, { method, headers, ...(sent === undefined ? {} : { body: sent }) })
    expect(answer, `${method} ${path}`).toMatchObject({ status: 403, json: { error: { code } } })
  }
  const sources = await session.ask('/v1/sources')
  expect(sources.json['sources']).toMatchObject([{ slug: 'website', enabled: true }])
  expect((await session.ask('/v1/session')).json).toMatchObject({ session: { member: { name: 'Owner' } } })
  expect((await session.ask('/v1/workspaces')).json['workspaces']).toHaveLength(1)
})

test('the second secret of another session is refused', async () => {
  const [session, other] = [await signIn(server.url), await signIn(server.url)]
  const answer = await session.ask('/v1/session', {
    method: 'PUT',
    body: { name: 'Forged' },
    headers: { 'affluent-csrf': other.csrf },
  })
  expect(answer).toMatchObject({ status: 403, json: { error: { code: 'invalid_csrf_token' } } })
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a form of type %s is refused, with the cookie and without',
  async (type) => {
    const session = await signIn(server.url)
    const form = JSON.stringify({ slug: 'forged', name: 'Forged' })
    const sent = await session.ask('/v1/sources', {
      method: 'POST',
      body: form,
      headers: { 'content-type': type, 'affluent-csrf': undefined },
    })
    expect(sent.status).toBe(403)
    const typed = await session.ask('/v1/sources', {
      method: 'POST',
      body: form,
      headers: { 'content-type': type },
    })
    expect(typed).toMatchObject({ status: 415, json: { error: { code: 'unsupported_media_type' } } })
    const signedIn = await trySignIn(server.url, OWNER, { 'content-type': type })
    expect(signedIn).toMatchObject({ status: 415, json: { error: { code: 'unsupported_media_type' } } })
    expect(signedIn.headers.getSetCookie()).toEqual([])
  },
)

test('a page of another site cannot sign anybody in', async () => {
  const answer = await trySignIn(server.url, OWNER, { origin: 'https://evil.example' })
  expect(answer).toMatchObject({ status: 403, json: { error: { code: 'foreign_origin' } } })
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('the own page may change things: the Origin is the host that was asked', async () => {
  const session = await signIn(server.url)
  const own = await session.ask('/v1/session', {
    method: 'PUT',
    body: { language: 'fr' },
    headers: { origin: server.url },
  })
  expect(own).toMatchObject({ status: 200, json: { session: { member: { language: 'fr', name: 'Owner' } } } })
  const again = await session.ask('/v1/session', { method: 'PUT', body: { language: null, name: 'Ada' } })
  expect(again).toMatchObject({ json: { session: { member: { language: null, name: 'Ada' } } } })
  await session.ask('/v1/session', { method: 'PUT', body: { name: 'Owner' } })
})

test('the cookie is for this host, for requests of its own pages, and hidden from scripts', async () => {
  const { port } = server
  const plain = await trySignIn(server.url, OWNER, { origin: `http://127.0.0.1:${port}` })
  expect(plain.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^affluent=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/),
    expect.stringMatching(
      /^affluent-device=[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=34560000$/,
    ),
  ])
  const secure = await trySignIn(server.url, OWNER, { origin: `https://127.0.0.1:${port}` })
  expect(secure.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Host-affluent=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    ),
    expect.stringMatching(/^__Host-affluent-device=[\w-]{22}\..*; Secure$/),
  ])
  const [cookie = ''] = secure.headers.getSetCookie()
  const read = await request(`${server.url}/v1/session`, {
    headers: { cookie: `affluent=${'x'.repeat(43)}; ${cookie.split(';', 1)[0]}` },
  })
  expect(read.status).toBe(200)
})

test('over https only the cookie counts that only https can have set: a sister domain may plant the other', async () => {
  const session = await signIn(server.url)
  const statusWith = async (headers: Record<string, string>) =>
    (await session.ask('/v1/session', { headers })).status
  const { port } = server
  expect(await statusWith({ origin: `https://127.0.0.1:${port}` })).toBe(401)
  expect(await statusWith({ origin: `http://127.0.0.1:${port}` })).toBe(200)
  // without an Origin a browser over https still says where the request comes from; on its own machine it always does
  expect(await statusWith({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  // nobody has said that a proxy is trusted
  expect(await statusWith({ 'x-forwarded-proto': 'https' })).toBe(200)
})

test('nothing of a token is kept that would open a session', async () => {
  const session = await signIn(server.url)
  const token = session.cookie.split('=')[1] as string
  const { rows } = await server.database.query<{ row: string }>('select s::text as row from session s')
  const kept = rows.map(({ row }) => row).join()
  expect(kept).not.toContain(token)
  expect(kept).not.toContain(session.csrf)
  expect(kept).not.toContain(Buffer.from(token).toString('hex'))
  const members = await server.database.query<{ row: string }>('select m::text as row from team_member m')
  expect(members.rows[0]?.row).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(members.rows[0]?.row).not.toContain(OWNER.password)
})

test('who signs out is signed out, and the cookie is taken away', async () => {
  const session = await signIn(server.url)
  const out = await session.ask('/v1/session', { method: 'DELETE', workspace: undefined })
  expect(out.status).toBe(204)
  expect(out.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-affluent=; .*Max-Age=0; Secure$/),
    expect.stringMatching(/^affluent=; .*Max-Age=0$/),
  ])
  for (const path of ['/v1/session', '/v1/workspaces', '/v1/pipeline', '/v1/nowhere']) {
    const answer = await session.ask(path)
    expect(answer, path).toMatchObject({ status: 401, json: { error: { code: 'not_signed_in' } } })
  }
})

test('signing in again ends the session of before', async () => {
  const session = await signIn(server.url)
  const again = await trySignIn(server.url, OWNER, { cookie: session.cookie })
  expect(again.status).toBe(200)
  expect(again.headers.getSetCookie()[0]).not.toContain(session.cookie)
  expect((await session.ask('/v1/session')).status).toBe(401)
})

test('a session ends when it is not used, and lives on when it is', async () => {
  const session = await signIn(server.url)
  const [used, idle] = [session, await signIn(server.url)]
  server.clockOffset += SESSION_IDLE_MS_MAX - 60_000
  expect((await used.ask('/v1/session')).status).toBe(200)
  server.clockOffset += 120_000
  expect((await idle.ask('/v1/session')).status).toBe(401)
  const alive = await used.ask('/v1/session')
  expect(alive.status).toBe(200)
  const { expiresAt } = alive.json['session'] as { expiresAt: string }
  expect(Math.abs(Date.parse(expiresAt) - server.now() - SESSION_IDLE_MS_MAX)).toBeLessThan(5_000)
  server.clockOffset = 0
})

test('a session ends after a working day, used or not', async () => {
  const session = await signIn(server.url)
  const began = server.now()
  const step = SESSION_IDLE_MS_MAX / 2
  for (let ms = step; ms < SESSION_MS_MAX; ms += step) {
    server.clockOffset += step
    expect((await session.ask('/v1/session')).status).toBe(200)
  }
  const last = (await session.ask('/v1/session')).json['session'] as { expiresAt: string }
  expect(Math.abs(Date.parse(last.expiresAt) - began - SESSION_MS_MAX)).toBeLessThan(5_000)
  server.clockOffset += step
  expect((await session.ask('/v1/session')).status).toBe(401)
  server.clockOffset = 0
})

test('of one member so many sessions live, the latest', async () => {
  const first = await signIn(server.url)
  for (let count = 0; count < MEMBER_SESSIONS_MAX; count++) {
    server.clockOffset += 1
    await signIn(server.url)
  }
  expect((await first.ask('/v1/session')).status).toBe(401)
  const { rows } = await server.database.query<{ count: number }>(
    'select count(*)::int as count from session',
  )
  expect(rows[0]?.count).toBeLessThanOrEqual(MEMBER_SESSIONS_MAX)
  server.clockOffset = 0
})

test('another password ends the sessions of before', async () => {
  const session = await signIn(server.url)
  const { password } = await renewOwnerPassword(server.database, await PasswordHashes.create())
  expect(password).toMatch(/^([b-z][aeiou][b-z][aeiou]-){4}[b-z][aeiou][b-z][aeiou]$/)
  expect((await session.ask('/v1/session')).status).toBe(401)
  expect((await trySignIn(server.url)).status).toBe(401)
  const other = await signIn(server.url, { ...OWNER, password })
  expect((await other.ask('/v1/session')).status).toBe(200)
  // the one that the environment fixes is put in again at the next start, and ends the sessions in its turn
  await server.halt()
  await server.start()
  expect((await trySignIn(server.url, { ...OWNER, password })).status).toBe(401)
  const fixed = await signIn(server.url)
  expect((await fixed.ask('/v1/session')).status).toBe(200)
  await server.halt()
  await server.start()
  const kept = new ConsoleSession(server.url, fixed.cookie, fixed.csrf)
  expect((await kept.ask('/v1/session')).status, 'the same password ends nothing').toBe(200)
})

test('nobody without a key or a session learns which addresses exist', async () => {
  const ask = async (path: string, init: RequestInit = {}) => {
    const { status, json } = await request(`${server.url}${path}`, init)
    return `${status} ${(json['error'] as { code: string }).code}`
  }
  for (const path of ['/v1/workspaces', '/v1/pipeline', '/v1/sources', '/v1/nowhere', '/v1/workspaces/main'])
    expect(await ask(path), path).toBe('401 missing_api_key')
  for (const path of ['/v1/pipeline', '/v1/nowhere']) {
    expect(await ask(path, { headers: { cookie: `affluent=${'x'.repeat(43)}` } })).toBe('401 not_signed_in')
    expect(await ask(path, { headers: { cookie: 'affluent=%00' } })).toBe('401 not_signed_in')
    expect(await ask(path, { headers: { 'affluent-workspace': 'main' } })).toBe('401 not_signed_in')
    expect(await ask(path, { method: 'OPTIONS' })).toBe('404 not_found')
    expect(await ask(path, { method: 'POST' })).toBe('401 missing_api_key')
  }
  const session = await signIn(server.url)
  expect((await session.ask('/v1/nowhere')).status).toBe(404)
})

test('a key needs neither cookie nor second secret, and goes before a cookie', async () => {
  const session = await signIn(server.url)
  const answer = await session.ask('/v1/sources/website', {
    method: 'PUT',
    body: { name: 'Website' },
    workspace: 'nowhere',
    headers: { authorization: `Bearer ${server.keys.apiKey}`, 'affluent-csrf': undefined },
  })
  expect(answer.status).toBe(200)
  const wrong = await session.ask('/v1/pipeline', { headers: { authorization: 'Bearer ak_wrong_key' } })
  expect(wrong).toMatchObject({ status: 401, json: { error: { code: 'invalid_api_key' } } })
})

test.each([
  [{ email: OWNER.email }, 'invalid_request', 'password'],
  [{ ...OWNER, password: 'x'.repeat(PASSWORD_CHARS_MAX + 1) }, 'invalid_request', 'password'],
  [{ ...OWNER, email: `${'x'.repeat(EMAIL_CHARS_MAX)}@example.com` }, 'invalid_request', 'email'],
  [{ ...OWNER, role: 'owner' }, 'unknown_field', 'role'],
  [{ ...OWNER, email: ['a'] }, 'invalid_request', 'email'],
  ['{"email":', 'invalid_json', undefined],
])('a form that is not one is refused with the place: %j', async (body, code, path) => {
  const answer = await trySignIn(server.url, body)
  expect(answer).toMatchObject({ status: 400, json: { error: { code } } })
  expect((answer.json['error'] as { path?: string }).path).toBe(path)
})

test('every route of the API asks who is there, and for the second secret where it changes something', async () => {
  const { json } = await request(`${server.url}/openapi.json`)
  const { components, paths } = json as unknown as {
    components: { securitySchemes: Record<string, unknown> }
    paths: Record<string, Record<string, { security?: readonly Record<string, unknown>[] }>>
  }
  expect(components.securitySchemes['session']).toMatchObject({ type: 'apiKey', in: 'cookie' })
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      method: method.toUpperCase(),
      schemes: security.flatMap((scheme) => Object.keys(scheme)),
    })),
  )
  const behind = routes.filter(({ schemes }) => schemes.includes('session'))
  expect(behind.length).toBeGreaterThan(20)
  const open = routes.filter(({ schemes }) => schemes.length === 0)
  expect(open.map(({ method, path }) => `${method} ${path}`)).toContain('POST /v1/session')
  const session = await signIn(server.url)
  for (const { method, path } of behind) {
    const stranger = await request(`${server.url}${path}`, { method })
    expect(stranger.status, `${method} ${path} without anything`).toBe(401)
    if (method === 'GET') continue
    const forged = await session.ask(path, { method, headers: { 'affluent-csrf': undefined } })
    expect(forged, `${method} ${path} with the cookie alone`).toMatchObject({
      status: 403,
      json: { error: { code: 'invalid_csrf_token' } },
    })
  }
  expect((await session.ask('/v1/session')).status).toBe(200)
})
