import { afterAll, beforeAll, expect, test } from 'vitest'
import { head, sendRaw } from '../../testing/raw-request.ts'
import { type Answer, basic, OWNER, startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ environment: { AFFLUENT_ALLOWED_HOSTS: 'cdp.example.com' } })
})

afterAll(() => server.stop())

/** Asks by a name that need not be the server's. */
function askBy(host: string, line: string, body = '', ...headers: string[]): Promise<Answer> {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  const lines = [`${line} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json', length, ...headers]
  return sendRaw(server.port, head(...lines) + body)
}

const SIGN_IN = JSON.stringify(OWNER)
const EVIL = 'evil.example:8080'

test('a page whose own name stands for this server signs nobody in and reads nothing', async () => {
  const refused = { status: 403, json: { error: { code: 'host_not_allowed' } } }
  const origin = `Origin: http://${EVIL}`
  expect(await askBy(EVIL, 'POST /v1/session', SIGN_IN, origin)).toMatchObject(refused)
  for (const path of ['/metrics', '/openapi.json', '/', '/v1/session', '/v1/nowhere'])
    expect(await askBy(EVIL, `GET ${path}`), path).toMatchObject(refused)
  const { text } = await askBy(EVIL, 'GET /metrics')
  expect(text).toContain('AFFLUENT_ALLOWED_HOSTS')
})

test('by its own names, a listed one and an address the server answers', async () => {
  for (const host of ['localhost:1', '127.0.0.1', '192.168.1.9', 'cdp.example.com']) {
    const origin = `Origin: http://${host}`
    expect((await askBy(host, 'POST /v1/session', SIGN_IN, origin)).status, host).toBe(200)
    expect((await askBy(host, 'GET /openapi.json')).status, host).toBe(200)
  }
})

test('whoever sends events, carries a key or watches over the server may call it anything', async () => {
  const event = JSON.stringify({ event: 'Seen', userId: 'u1' })
  const write = `Authorization: ${basic(server.keys.writeKey)}`
  expect((await askBy(EVIL, 'POST /v1/track', event, write)).status).toBe(200)
  const read = `Authorization: Bearer ${server.keys.apiKey}`
  expect((await askBy(EVIL, 'GET /v1/pipeline', '', read)).status).toBe(200)
  for (const path of ['/healthz', '/readyz']) expect((await askBy(EVIL, `GET ${path}`)).status).toBe(200)
})
