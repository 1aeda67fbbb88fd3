import type { ListedSession } from '@affluent/protocol/endpoints/sessions'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, SESSION_IDLE_MS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleSession, signIn, trySignIn } from '../testing/console-session.ts'
import { OWNER, startTestServer, type TestServer } from '../testing/test-server.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ environment: { AFFLUENT_OWNER_PASSWORD: '' } })
  await setPassword(OWNER.password)
})

beforeEach(async () => {
  await server.database.query('delete from session')
})

afterAll(() => server.stop())

/** Gives the owner a known password, though the environment fixes none. */
async function setPassword(password: string): Promise<void> {
  const { hash } = await import('@node-rs/argon2')
  await server.database.query('update team_member set password_hash = $1', [
    await hash(password, { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }),
  ])
}

async function list(session: ConsoleSession): Promise<ListedSession[]> {
  const { status, json } = await session.ask('/v1/sessions', { workspace: undefined })
  expect(status).toBe(200)
  return json['sessions'] as unknown as ListedSession[]
}

function changePassword(session: ConsoleSession, password: string, newPassword: string) {
  return session.ask('/v1/session/password', { method: 'PUT', body: { password, newPassword } })
}

test('a member sees where they are signed in: device, cut address, since when, and which is this one', async () => {
  const first = await trySignIn(server.url, OWNER, { 'user-agent': FIREFOX })
  expect(first.status).toBe(200)
  server.clockOffset += 60_000
  const session = await signIn(server.url)
  expect(await list(session)).toEqual([
    {
      id: expect.stringMatching(/^ses_\d+$/),
      device: 'node',
      address: '127.0.0.0',
      since: expect.stringMatching(/Z$/),
      lastSeen: expect.stringMatching(/Z$/),
      isCurrent: true,
    },
    expect.objectContaining({ device: 'Firefox, Linux', isCurrent: false }),
  ])
  server.clockOffset += SESSION_IDLE_MS_MAX - 60_000
  expect(await list(session), 'one that has ended by itself is gone').toHaveLength(1)
  server.clockOffset = 0
})

test('one session is ended, then all others; the one that asks goes on', async () => {
  const session = await signIn(server.url)
  const [second, third] = [await signIn(server.url), await signIn(server.url)]
  const idOf = async (one: ConsoleSession) => (await list(one)).find(({ isCurrent }) => isCurrent)?.id
  const end = (id: string | undefined) => session.ask(`/v1/sessions/${id}`, { method: 'DELETE' })
  const secondId = await idOf(second)
  expect((await end(secondId)).status).toBe(204)
  expect((await second.ask('/v1/session')).status).toBe(401)
  expect((await end(secondId)).status).toBe(404)
  expect((await third.ask('/v1/session')).status).toBe(200)
  expect((await session.ask('/v1/sessions', { method: 'DELETE' })).status).toBe(204)
  expect((await third.ask('/v1/session')).status).toBe(401)
  expect(await list(session)).toMatchObject([{ isCurrent: true }])
  const own = await end(await idOf(session))
  expect(own.status).toBe(204)
  expect(own.headers.getSetCookie()).toHaveLength(2)
  expect((await session.ask('/v1/session')).status).toBe(401)
})

test('a session of another member is not found, and no key ends sessions', async () => {
  const session = await signIn(server.url)
  await server.database.query(
    `with other as (
       insert into team_member (email, name, password_hash) values ('other@example.com', 'Other', 'x') returning id)
     insert into session (token_hash, team_member_id, created_at, used_at) select 'x', id, now(), now() from other`,
  )
  const { rows } = await server.database.query<{ id: number }>(
    "select id from session where token_hash = 'x'",
  )
  const foreign = await session.ask(`/v1/sessions/ses_${rows[0]?.id}`, { method: 'DELETE' })
  expect(foreign.status).toBe(404)
  await session.ask('/v1/sessions', { method: 'DELETE' })
  expect((await server.database.query("select 1 from session where token_hash = 'x'")).rowCount).toBe(1)
  await server.database.query("delete from team_member where email = 'other@example.com'")
  expect(await server.read('/v1/sessions')).toMatchObject({
    status: 403,
    json: { error: { code: 'session_needed' } },
  })
})

test('a member changes the password with the old one; their other sessions end', async () => {
  const session = await signIn(server.url)
  const other = await signIn(server.url)
  const wrong = await changePassword(session, 'not the password', 'a second password')
  expect(wrong).toMatchObject({ status: 401, json: { error: { code: 'wrong_password' } } })
  expect((await other.ask('/v1/session')).status).toBe(200)
  const changed = await changePassword(session, OWNER.password, 'a second password')
  expect(changed.status).toBe(204)
  expect((await session.ask('/v1/session')).json).toMatchObject({ session: { passwordIsFixed: false } })
  expect((await other.ask('/v1/session')).status).toBe(401)
  expect((await trySignIn(server.url)).status).toBe(401)
  expect((await trySignIn(server.url, { ...OWNER, password: 'a second password' })).status).toBe(200)
  await setPassword(OWNER.password)
})

test.each([
  ['x'.repeat(PASSWORD_CHARS_MIN - 1), 'invalid_request'],
  ['x'.repeat(PASSWORD_CHARS_MAX + 1), 'invalid_request'],
  ['password1', 'common_password'],
  ['QWERTYUIOP', 'common_password'],
  ['football', 'common_password'],
])('the new password "%s" is refused (%s), and the old one stays', async (password, code) => {
  const session = await signIn(server.url)
  expect(await changePassword(session, OWNER.password, password)).toMatchObject({
    status: 400,
    json: { error: { code, path: 'newPassword' } },
  })
  expect((await trySignIn(server.url)).status).toBe(200)
})

test('of two changes at once one holds', async () => {
  const session = await signIn(server.url)
  const wanted = ['the first of two', 'the second of two']
  const answers = await Promise.all(wanted.map((each) => changePassword(session, OWNER.password, each)))
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 401])
  const good = await Promise.all(wanted.map((password) => trySignIn(server.url, { ...OWNER, password })))
  expect(good.map(({ status }) => status)).toEqual(answers.map(({ status }) => (status === 204 ? 200 : 401)))
  await setPassword(OWNER.password)
})
