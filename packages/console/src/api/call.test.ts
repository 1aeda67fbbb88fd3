import { afterEach, expect, test, vi } from 'vitest'
import { ApiError, isSignedOut } from './api-error.ts'
import { call } from './call.ts'

afterEach(() => vi.unstubAllGlobals())

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fetched = vi.fn(
    async (_path: string, _init: RequestInit) => new Response(JSON.stringify(body), { status, headers }),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}

test('the workspace goes along always, the token only with what changes something', async () => {
  const fetched = answering(200, {})
  await call({ path: '/v1/pipeline' }, { workspace: 'main', csrf: 'token' })
  await call(
    { method: 'POST', path: '/v1/sources', body: { slug: 'a' } },
    { workspace: 'main', csrf: 'token' },
  )
  const headers = fetched.mock.calls.map(([, init]) => init.headers)
  expect(headers[0]).toEqual({ accept: 'application/json', 'affluent-workspace': 'main' })
  expect(headers[1]).toMatchObject({ 'affluent-csrf': 'token', 'content-type': 'application/json' })
})

test('an error keeps the code, the path, the reference and the time to wait', async () => {
  answering(
    429,
    { error: { code: 'too_many_attempts', message: 'Wait.', id: 'err_1' } },
    { 'retry-after': '30' },
  )
  const error = await call({ path: '/v1/session' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 429, code: 'too_many_attempts', id: 'err_1', retryAfterSeconds: 30 })
})

test('a page instead of JSON is an unexpected answer, not a crash', async () => {
  vi.stubGlobal('fetch', async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(call({ path: '/v1/pipeline' })).rejects.toMatchObject({ status: 502, code: 'unexpected' })
})

test('no answer at all has status 0', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')))
  await expect(call({ path: '/v1/pipeline' })).rejects.toMatchObject({ status: 0, code: 'unreachable' })
})

test('a wrong password is no ended session', () => {
  expect(isSignedOut(new ApiError(401, 'not_signed_in', ''))).toBe(true)
  expect(isSignedOut(new ApiError(401, 'wrong_password', ''))).toBe(false)
})
