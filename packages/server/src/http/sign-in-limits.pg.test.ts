import { SIGN_IN_ACCOUNT_TRIES_MAX, SIGN_IN_ADDRESS_TRIES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn, trySignIn } from '../testing/console-session.ts'
import { OWNER, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ rateLimits: true })
})

afterAll(() => server.stop())

test('guessing is stopped: of one account, whether it exists or not, and from one address', async () => {
  // who knows the password is not counted
  for (let time = 0; time <= SIGN_IN_ACCOUNT_TRIES_MAX; time++) await signIn(server.url)
  for (const email of [OWNER.email, 'nobody@example.com']) {
    for (let time = 0; time < SIGN_IN_ACCOUNT_TRIES_MAX; time++)
      expect((await trySignIn(server.url, { email, password: `guess ${time}` })).status).toBe(401)
    const stopped = await trySignIn(server.url, { email: email.toUpperCase(), password: 'one more guess' })
    expect(stopped).toMatchObject({ status: 429, json: { error: { code: 'too_many_attempts' } } })
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await trySignIn(server.url)).status, 'the right password must wait too').toBe(429)
  let tries = 2 * (SIGN_IN_ACCOUNT_TRIES_MAX + 1) + 1
  for (; tries < SIGN_IN_ADDRESS_TRIES_MAX; tries++) {
    const who = { email: `person-${tries}@example.com`, password: 'a guess' }
    expect((await trySignIn(server.url, who)).status).toBe(401)
  }
  const fresh = await trySignIn(server.url, { email: 'fresh@example.com', password: 'a guess' })
  expect(fresh).toMatchObject({ status: 429, json: { error: { code: 'too_many_attempts' } } })
})
