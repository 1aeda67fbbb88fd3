import { API_KEYS_MAX, FRESH_SIGN_IN_MS_MAX, WRITE_KEYS_MAX } from '@affluent/protocol/limits'
import { SCOPES } from '@affluent/protocol/scope'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleSession, signIn } from '../testing/console-session.ts'
import { type Answer, request, startTestServer, type TestServer } from '../testing/test-server.ts'

const MINUTE = 60_000

let server: TestServer
let session: ConsoleSession

beforeAll(async () => {
  server = await startTestServer()
})

beforeEach(async () => {
  session = await signIn(server.url)
})

afterEach(() => {
  server.clockOffset = 0
})

afterAll(() => server.stop())

interface Key {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly prefix: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
}

/** Makes an API key as the console does. */
async function makeKey(body: object = {}): Promise<{ key: Key; secret: string }> {
  const made = await session.ask('/v1/keys', {
    method: 'POST',
    body: { name: 'Warehouse', scopes: ['read'], ...body },
  })
  expect(made, made.text).toMatchObject({ status: 201 })
  return made.json as unknown as { key: Key; secret: string }
}

async function listKeys(): Promise<Key[]> {
  const { status, json } = await session.ask('/v1/keys')
  expect(status).toBe(200)
  return json['keys'] as unknown as Key[]
}

function read(secret: string, path = '/v1/pipeline'): Promise<Answer> {
  return request(`${server.url}${path}`, { headers: { authorization: `Bearer ${secret}` } })
}

const instant = (ms: number) => new Date(server.now() + ms).toISOString()

test('a key is made, shown once, used, listed with its last use, and revoked at once', async () => {
  const { key, secret } = await makeKey({ name: ' Warehouse ', expiresAt: instant(60 * MINUTE) })
  expect(key).toMatchObject({
    id: expect.stringMatching(/^key_\d+$/),
    name: 'Warehouse',
    scopes: ['read'],
    lastUsedAt: null,
    fromEnvironment: false,
  })
  expect(secret).toMatch(/^affluent_ak_[A-Za-z0-9]{36}$/)
  expect(key.prefix).toHaveLength(16)
  expect(secret.startsWith(key.prefix)).toBe(true)
  const before = await session.ask('/v1/keys')
  expect(before.text).not.toContain(secret)
  expect((await read(secret)).status).toBe(200)
  const [listed] = await listKeys()
  expect(listed).toMatchObject({ ...key, lastUsedAt: expect.stringMatching(/Z$/) })
  expect(Math.abs(Date.parse(listed?.lastUsedAt ?? '') - server.now())).toBeLessThan(MINUTE)

  const revoked = await session.ask(`/v1/keys/${key.id}`, { method: 'DELETE' })
  expect(revoked.status).toBe(204)
  expect(await read(secret)).toMatchObject({ status: 401, json: { error: { code: 'invalid_api_key' } } })
  expect((await listKeys()).map(({ id }) => id)).not.toContain(key.id)
  const again = await session.ask(`/v1/keys/${key.id}`, { method: 'DELETE' })
  expect(again).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
})

test('a key that was revoked or has ended answers like one that never was', async () => {
  const said = ({ status, json }: Answer) => ({ status, ...(json['error'] as object), id: '' })
  const never = said(await read('affluent_ak_0000000000000000000000000000001Xy7qZ'))
  const revoked = await makeKey()
  await session.ask(`/v1/keys/${revoked.key.id}`, { method: 'DELETE' })
  expect(said(await read(revoked.secret))).toEqual(never)
  const ended = await makeKey({ expiresAt: instant(10 * MINUTE) })
  expect((await read(ended.secret)).status).toBe(200)
  server.clockOffset += 10 * MINUTE
  expect(said(await read(ended.secret))).toEqual(never)
  expect((await listKeys()).map(({ id }) => id)).not.toContain(ended.key.id)
})

test('a rotated key is good until the given time, beside the new one', async () => {
  const { key, secret } = await makeKey({ scopes: ['read', 'people'], expiresAt: instant(90 * MINUTE) })
  const rotate = (oldUntil: string) =>
    session.ask(`/v1/keys/${key.id}/rotate`, { method: 'POST', body: { oldUntil } })
  const rotated = await rotate(instant(30 * MINUTE))
  expect(rotated).toMatchObject({
    status: 201,
    json: { key: { name: 'Warehouse', scopes: ['read', 'people'], expiresAt: key.expiresAt } },
  })
  const fresh = rotated.json['secret'] as string
  expect([(await read(secret)).status, (await read(fresh)).status]).toEqual([200, 200])
  server.clockOffset += 30 * MINUTE
  expect([(await read(secret)).status, (await read(fresh)).status]).toEqual([401, 200])
  server.clockOffset += 60 * MINUTE
  expect((await read(fresh)).status).toBe(401)
  server.clockOffset = 0
  // a later end does not make it live longer, an earlier one ends it now
  await rotate(instant(60 * MINUTE))
  expect((await listKeys()).find(({ id }) => id === key.id)?.expiresAt).not.toBe(instant(60 * MINUTE))
  expect((await rotate(instant(-MINUTE))).status).toBe(201)
  expect((await read(secret)).status).toBe(401)
  expect((await rotate(instant(MINUTE))).status).toBe(404)
})

test('keys are made, rotated and revoked by a member who signed in lately, never by a key', async () => {
  const { key } = await makeKey()
  const calls = [
    ['/v1/keys', 'POST', { name: 'Other', scopes: ['read'] }],
    [`/v1/keys/${key.id}/rotate`, 'POST', { oldUntil: instant(MINUTE) }],
    [`/v1/keys/${key.id}`, 'DELETE', undefined],
    ['/v1/workspaces/main?confirm=main', 'DELETE', undefined],
  ] as const
  const ids = async () => (await listKeys()).map(({ id }) => id)
  const before = await ids()
  server.clockOffset += FRESH_SIGN_IN_MS_MAX
  for (const [path, method, body] of calls) {
    const init = body === undefined ? { method } : { method, body }
    const refused = { status: 403, json: { error: { code: 'sign_in_again' } } }
    expect(await session.ask(path, init), `${method} ${path}`).toMatchObject(refused)
    expect(await server.write(path, method, body), `${method} ${path} by key`).toMatchObject(refused)
  }
  expect(await ids(), 'who signed in long ago may look').toEqual(before)
  expect(await server.read('/v1/keys')).toMatchObject({
    status: 403,
    json: { error: { code: 'session_needed' } },
  })
  session = await signIn(server.url)
  expect((await session.ask(`/v1/keys/${key.id}`, { method: 'DELETE' })).status).toBe(204)
})

test.each([
  [{ name: '' }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ scopes: [] }, 'scopes'],
  [{ scopes: ['owner'] }, 'scopes.0'],
  [{ scopes: 'read' }, 'scopes'],
  [{ name: 'a\u0000b' }, 'name'],
  [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  [{ expiresAt: '2100-01-01T00:00:00Z' }, 'expiresAt'],
  [{ expiresAt: 'tomorrow' }, 'expiresAt'],
  [{ expires: null }, 'expires'],
])('a key that cannot be is refused with the place: %j', async (change, path) => {
  const body = { name: 'Warehouse', scopes: ['read'], ...change }
  const answer = await session.ask('/v1/keys', { method: 'POST', body })
  expect(answer, answer.text).toMatchObject({ status: 400, json: { error: { path } } })
})

test('an id that is none, or of another workspace, is not found', async () => {
  const { key } = await makeKey()
  await session.ask('/v1/workspaces', {
    method: 'POST',
    body: { slug: 'other', name: 'Other', kind: 'live' },
  })
  for (const [id, workspace] of [
    [key.id, 'other'],
    ['key_0', 'main'],
    ['key_999999999', 'main'],
    ['key_9999999999999999999', 'main'],
    ['1', 'main'],
    ['%00', 'main'],
  ] as const) {
    const answer = await session.ask(`/v1/keys/${id}`, { method: 'DELETE', workspace })
    expect(answer, `${id} in ${workspace}`).toMatchObject({
      status: 404,
      json: { error: { code: 'not_found' } },
    })
  }
})

test('a workspace has so many keys, and a source so many write keys', async () => {
  await session.ask('/v1/workspaces', { method: 'POST', body: { slug: 'full', name: 'Full', kind: 'live' } })
  const ask = (path: string, body: object) => session.ask(path, { method: 'POST', body, workspace: 'full' })
  const key = { name: 'One of many', scopes: ['read'] }
  // the workspace came with one
  await server.database.query(
    `insert into api_key (workspace_id, name, hash)
     select w.id, 'filler', sha256(n::text::bytea) from workspace w, generate_series(3, $1) n where w.slug = 'full'`,
    [API_KEYS_MAX],
  )
  expect((await ask('/v1/keys', key)).status).toBe(201)
  expect(await ask('/v1/keys', key)).toMatchObject({ status: 400, json: { error: { code: 'too_many' } } })
  const path = '/v1/sources/website/write-keys'
  for (let count = 1; count < WRITE_KEYS_MAX; count++)
    expect((await ask(path, { oldUntil: null })).status).toBe(201)
  expect(await ask(path, { oldUntil: null })).toMatchObject({
    status: 400,
    json: { error: { code: 'too_many' } },
  })
})

test('a write key is rotated with overlap, and revoked at once', async () => {
  await session.ask('/v1/sources', { method: 'POST', body: { slug: 'tills', name: 'Tills' } })
  interface Source {
    readonly writeKey: string
    readonly writeKeys: readonly { key: string; expiresAt: string | null; lastUsedAt: string | null }[]
  }
  const sourceNow = async () => {
    const { json } = await session.ask('/v1/sources')
    return (json['sources'] as unknown as (Source & { slug: string })[]).find(
      ({ slug }) => slug === 'tills',
    ) as Source
  }
  const statusOf = async (writeKey: string) =>
    (await server.send('/v1/track', { event: 'Sold', userId: 'u1' }, { keys: { ...server.keys, writeKey } }))
      .status
  const { writeKey: old } = await sourceNow()
  expect(old).toMatch(/^affluent_wk_[A-Za-z0-9]{36}$/)
  expect(await statusOf(old)).toBe(200)
  const rotated = await session.ask('/v1/sources/tills/write-keys', {
    method: 'POST',
    body: { oldUntil: instant(30 * MINUTE) },
  })
  expect(rotated.status).toBe(201)
  const { writeKey: fresh, writeKeys } = rotated.json['source'] as unknown as Source
  expect(fresh).not.toBe(old)
  expect(writeKeys).toMatchObject([
    { key: fresh, expiresAt: null, lastUsedAt: null },
    { key: old, expiresAt: expect.stringMatching(/Z$/), lastUsedAt: expect.stringMatching(/Z$/) },
  ])
  expect([await statusOf(old), await statusOf(fresh)]).toEqual([200, 200])
  server.clockOffset += 30 * MINUTE
  expect([await statusOf(old), await statusOf(fresh)]).toEqual([401, 200])
  expect((await sourceNow()).writeKeys.map(({ key }) => key)).toEqual([fresh])

  const revoke = (slug: string, key: string) =>
    session.ask(`/v1/sources/${slug}/write-keys/${key}`, { method: 'DELETE' })
  expect((await revoke('website', fresh)).status, 'of another source').toBe(404)
  expect(await revoke('tills', fresh)).toMatchObject({
    status: 200,
    json: { source: { writeKey: null, writeKeys: [] } },
  })
  expect(await statusOf(fresh)).toBe(401)
  expect((await revoke('tills', fresh)).status).toBe(404)
})

/** Which scope the contract gives to a call, restated: every read `read`, else by what it changes. */
function scopeByContract(method: string, path: string): string {
  if (method === 'GET' || /\/preview$|\/simulate$/.test(path)) return 'read'
  if (/^\/v1\/identity\/(unmerge|link|cannot-link)$/.test(path)) return 'people'
  if (path.startsWith('/v1/audiences')) return 'audiences'
  if (/^\/v1\/(sources|destinations|connections|deliveries|outcomes)/.test(path)) return 'destinations'
  return 'admin'
}

test('each scope opens its calls, and no other', async () => {
  const { json } = await request(`${server.url}/openapi.json`)
  const paths = json['paths'] as unknown as Record<
    string,
    Record<string, { security?: readonly Record<string, readonly string[]>[] }>
  >
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security = [] }]) => {
      const needs = security.find((scheme) => 'apiKey' in scheme)?.['apiKey']
      return needs === undefined ? [] : [{ path, method: method.toUpperCase(), needs }]
    }),
  )
  expect(routes.length).toBeGreaterThan(40)
  const secrets = new Map<string, string>()
  for (const scope of SCOPES) secrets.set(scope, (await makeKey({ name: scope, scopes: [scope] })).secret)
  for (const { path, method, needs } of routes) {
    expect(needs, `${method} ${path} says what it needs`).toEqual([scopeByContract(method, path)])
    for (const [scope, secret] of secrets) {
      const answer = await request(`${server.url}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
        method,
        headers: { authorization: `Bearer ${secret}` },
      })
      const what = `${method} ${path} with ${scope}`
      const error = answer.json['error'] as { code: string; needs?: string; message: string } | undefined
      expect(answer.status, what).not.toBe(401)
      if (needs.includes(scope)) expect(error?.code, what).not.toBe('not_allowed')
      else {
        expect(answer.status, what).toBe(403)
        expect(error, what).toMatchObject({ code: 'not_allowed', needs: needs[0] })
        expect(error?.message).toContain(`"${needs[0]}"`)
      }
    }
  }
})

test('the keys of the environment, of the first start and of before scopes open everything', async () => {
  const made = await session.ask('/v1/workspaces', {
    method: 'POST',
    body: { slug: 'scoped', name: 'Scoped', kind: 'live' },
  })
  const { apiKey } = made.json as { apiKey: string }
  await server.database.query(
    `insert into api_key (workspace_id, name, hash)
     select id, 'of old', sha256('ak_of_old'::bytea) from workspace where slug = 'main'`,
  )
  for (const secret of [server.keys.apiKey, apiKey])
    for (const [method, path] of [
      ['GET', '/v1/sources'],
      ['PUT', '/v1/identity/rules'],
      ['POST', '/v1/identity/link'],
      ['POST', '/v1/audiences'],
      ['POST', '/v1/sources'],
    ] as const) {
      const headers = { authorization: `Bearer ${secret}` }
      const { status } = await request(`${server.url}${path}`, { method, headers })
      expect(status, `${method} ${path}`).toBe(method === 'GET' ? 200 : 400)
    }
  const old = (await listKeys()).find(({ name }) => name === 'of old')
  expect(old).toMatchObject({ scopes: [...SCOPES], prefix: null })
})

test('an API key that comes from a page of another site is refused, and said in the log', async () => {
  const { secret } = await makeKey()
  const answer = await request(`${server.url}/v1/pipeline`, {
    headers: { authorization: `Bearer ${secret}`, origin: 'https://evil.example' },
  })
  expect(answer).toMatchObject({ status: 403, json: { error: { code: 'wrong_key_kind' } } })
  expect(server.log).toContainEqual(
    expect.objectContaining({
      event: 'api_key_exposed',
      fields: { key: expect.any(Number), origin: 'https://evil.example' },
    }),
  )
})
