import {
  SIGN_IN_ADDRESS_TRIES_MAX,
  SIGN_IN_STRANGERS_TRIES_MAX,
  SIGN_IN_TRIES_MAX,
} from '@affluent/protocol/limits'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { trySignIn } from '../testing/console-session.ts'
import { type Answer, OWNER, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let subnet = 0
const TOO_MANY = { status: 429, json: { error: { code: 'too_many_attempts' } } }

beforeAll(async () => {
  server = await startTestServer({
    rateLimits: true,
    environment: { AFFLUENT_TRUSTED_PROXIES: '127.0.0.0/8' },
  })
})

// each test has addresses of its own
beforeEach(() => {
  subnet++
})

afterAll(() => server.stop())

/**
 * Tries from the nth address, behind the proxy that is trusted; with what a browser kept of an earlier sign-in, if any.
 */
function tryFrom(
  place: number,
  who: { email?: string; password?: string } = {},
  cookie?: string,
): Promise<Answer> {
  return trySignIn(
    server.url,
    { ...OWNER, ...who },
    {
      'x-forwarded-for': `203.0.113.9, 198.18.${subnet}.${place}`,
      ...(cookie === undefined ? {} : { cookie }),
    },
  )
}

const guess = (time: number) => ({ password: `guess ${time}` })

async function guessAll(place: number, email: string, cookie?: string): Promise<void> {
  for (let time = 0; time < SIGN_IN_TRIES_MAX; time++)
    expect((await tryFrom(place, { email, ...guess(time) }, cookie)).status).toBe(401)
}

/** The mark that a browser keeps of a sign-in. */
async function markOf(place: number): Promise<string> {
  const answer = await tryFrom(place)
  expect(answer.status).toBe(200)
  const mark = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('affluent-device='))
  return (mark as string).split(';', 1)[0] as string
}

test('guessing at one account from one place is stopped, whether the account exists or not', async () => {
  for (const email of [OWNER.email, 'nobody@example.com']) {
    await guessAll(1, email)
    const stopped = await tryFrom(1, { email: email.toUpperCase(), ...guess(99) })
    expect(stopped).toMatchObject(TOO_MANY)
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect(await tryFrom(1), 'the right password must wait too').toMatchObject(TOO_MANY)
})

test('a stranger does not keep the owner out: neither elsewhere, nor in a browser that is known, at the same place', async () => {
  const mark = await markOf(1)
  await guessAll(2, OWNER.email)
  expect(await tryFrom(2)).toMatchObject(TOO_MANY)
  expect((await tryFrom(3)).status, 'from elsewhere').toBe(200)
  expect((await tryFrom(2, {}, mark)).status, 'in a browser that is known').toBe(200)
})

test('a browser that is known has a counter of its own', async () => {
  const mark = await markOf(1)
  await guessAll(1, OWNER.email, mark)
  expect(await tryFrom(1, {}, mark)).toMatchObject(TOO_MANY)
  expect(await tryFrom(2, {}, mark), 'wherever it is').toMatchObject(TOO_MANY)
  expect((await tryFrom(1, {}, await markOf(3))).status, 'another one is free').toBe(200)
})

test('the mark of a browser counts for its own account only, and cannot be made up', async () => {
  const mark = await markOf(1)
  const [name, value = ''] = mark.split('=')
  const [nonce = '', signature = ''] = value.split('.')
  await guessAll(2, OWNER.email)
  for (const forged of [`${'A'.repeat(22)}.${signature}`, `${nonce}.${'A'.repeat(43)}`, nonce, '', '%00'])
    expect(await tryFrom(2, {}, `${name}=${forged}`), forged).toMatchObject(TOO_MANY)
  await guessAll(2, 'nobody@example.com')
  expect(await tryFrom(2, { email: 'nobody@example.com' }, mark)).toMatchObject(TOO_MANY)
})

test('one address may not try many accounts; the others behind the same proxy may', async () => {
  for (let time = 0; time < SIGN_IN_ADDRESS_TRIES_MAX; time++)
    expect((await tryFrom(1, { email: `person-${time}@example.com` })).status).toBe(401)
  expect(await tryFrom(1, { email: 'fresh@example.com' })).toMatchObject(TOO_MANY)
  expect((await tryFrom(2, { email: 'fresh@example.com' })).status).toBe(401)
})

test('guessing at one account from everywhere is stopped for strangers, not for who is known', async () => {
  const email = 'crowd@example.com'
  const perPlace = SIGN_IN_TRIES_MAX
  for (let place = 1; place <= SIGN_IN_STRANGERS_TRIES_MAX / perPlace; place++) await guessAll(place, email)
  expect(await tryFrom(250, { email })).toMatchObject(TOO_MANY)
  expect((await tryFrom(250)).status, 'another account').toBe(200)
}, 120_000)

test('guessing at the present password within a session is stopped too', async () => {
  const answer = await tryFrom(1)
  const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] as string
  const { csrf } = answer.json['session'] as { csrf: string }
  const change = async (password: string) =>
    (
      await fetch(`${server.url}/v1/session/password`, {
        method: 'PUT',
        headers: { cookie, 'affluent-csrf': csrf, 'content-type': 'application/json' },
        body: JSON.stringify({ password, newPassword: 'a second password' }),
      })
    ).status
  for (let time = 0; time < SIGN_IN_TRIES_MAX; time++) expect(await change(`guess ${time}`)).toBe(401)
  expect(await change(OWNER.password)).toBe(429)
})
