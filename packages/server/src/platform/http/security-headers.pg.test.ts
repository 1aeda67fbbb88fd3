import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn, trySignIn } from '../../testing/console-session.ts'
import { type Answer, request, startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

function expectEverywhere({ headers }: Answer): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
}

test('no answer of the API may be framed, kept, guessed at or read by another site', async () => {
  const session = await signIn(server.url)
  const foreign = { origin: 'https://evil.example' }
  const answers = [
    await trySignIn(server.url),
    await trySignIn(server.url, {}, foreign),
    await session.ask('/v1/session'),
    await session.ask('/v1/workspaces', { headers: foreign }),
    await session.ask('/v1/nowhere'),
    await session.ask('/v1/session', { method: 'DELETE' }),
    await server.read('/v1/sources', { headers: foreign }),
    await server.read('/v1/profiles/user_id:nobody'),
    await server.read('/v1/profiles/%zz'),
    await request(`${server.url}/v1/pipeline`),
    await request(`${server.url}/v1/session`, { method: 'OPTIONS', headers: foreign }),
    await request(`${server.url}/healthz`),
    await request(`${server.url}/readyz`),
    await request(`${server.url}/metrics`),
    await request(`${server.url}/openapi.json`, { headers: foreign }),
  ]
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 204, 400, 401, 403, 404]))
  for (const answer of answers) {
    expectEverywhere(answer)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  }
})

test('the collect endpoint keeps its own headers', async () => {
  const taken = await server.send('/v1/track', { event: 'Seen', userId: 'u1' })
  const refused = await server.send('/v1/track', {})
  expect([taken.status, refused.status]).toEqual([200, 400])
  for (const { headers } of [taken, refused]) {
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(headers.get('content-security-policy')).toBeNull()
  }
})

test('the console runs scripts of its own only, and is never framed', async (context) => {
  const home = await request(`${server.url}/`)
  if (home.status === 404) context.skip('needs the built console: npm run build')
  expectEverywhere(home)
  expect(home.headers.get('content-type')).toContain('text/html')
  expect(home.headers.get('cache-control')).toBe('no-cache')
  const policy = home.headers.get('content-security-policy') ?? ''
  const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ', 1)[0], rule]))
  // the one script that stands in the page is named by its hash
  const [, inline = ''] = /<script>([^]*?)<\/script>/.exec(home.text) ?? []
  const hash = createHash('sha256').update(inline).digest('base64')
  expect(rules.get('script-src')).toBe(`script-src 'self' 'sha256-${hash}'`)
  expect(rules.get('connect-src')).toBe("connect-src 'self'")
  expect(rules.get('frame-ancestors')).toBe("frame-ancestors 'none'")
  // what the page itself loads must be allowed by it
  expect(home.text.match(/<script(?![^>]*\bsrc=)[^>]*>/g)).toEqual(['<script>'])
  const scripts = [...home.text.matchAll(/<script[^>]*\bsrc="([^"]+)"/g)].map(([, src]) => src as string)
  expect(scripts.length).toBeGreaterThan(0)
  for (const src of scripts) expect(src).toMatch(/^\/(?!\/)/)
})

test('whatever address a person opens in the console gets its page; a missing file does not', async (context) => {
  const home = await request(`${server.url}/`)
  if (home.status === 404) context.skip('needs the built console: npm run build')
  const open = (path: string, accept = 'text/html,application/xhtml+xml,*/*;q=0.8') =>
    request(`${server.url}${path}`, { headers: { accept } })
  for (const path of ['/w/main/live', '/w/main/profiles/email:ada@example.com', '/sign-in?next=%2Fw%2Fmain'])
    expect(await open(path), path).toMatchObject({ status: 200, text: home.text })
  const asset = /\bsrc="(\/assets\/[^"]+)"/.exec(home.text)?.[1] as string
  const file = await open(asset, '*/*')
  expect(file.status).toBe(200)
  expectEverywhere(file)
  expect(file.headers.get('content-type')).toContain('javascript')
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  for (const path of [
    '/assets/gone-1234.js',
    '/assets/gone',
    '/gone.js',
    '/v1',
    '/metrics/x',
    '/..%2fpackage.json',
  ]) {
    const answer = await open(path)
    expect(answer, path).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
    expectEverywhere(answer)
  }
  expect((await open('/w/main/live', '*/*')).status).toBe(404)
  expect((await request(`${server.url}/w/main/live`, { method: 'POST' })).status).toBe(404)
})
