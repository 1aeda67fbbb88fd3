import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BODY_BYTES_MAX, REST_BYTES_MAX, REST_WAIT_MS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { head, readAnswer } from '../../testing/raw-request.ts'
import { basic, startTestServer, type TestServer } from '../../testing/test-server.ts'

const TRIES = 6
const LARGE_BYTES = BODY_BYTES_MAX + 200_000

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startTestServer()
  folder = await mkdtemp(join(tmpdir(), 'affluent-large-'))
  await writeFile(join(folder, 'body'), largeBody())
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

function largeBody(): string {
  return `{"batch":["${'x'.repeat(LARGE_BYTES)}"]}`
}

interface Asked {
  readonly status: number
  readonly path: string
  readonly headers: () => Record<string, string>
}

/** Rejections that are known before the body has come. */
const rejections: readonly Asked[] = [
  { status: 413, path: '/v1/batch', headers: () => ({ authorization: basic(server.keys.writeKey) }) },
  { status: 413, path: '/v1/batch', headers: () => ({}) },
  { status: 401, path: '/v1/batch', headers: () => ({ authorization: 'Bearer wk_unknown' }) },
  { status: 404, path: '/api/s/unknown', headers: () => ({}) },
  {
    status: 413,
    path: '/v1/audiences',
    headers: () => ({ authorization: `Bearer ${server.keys.apiKey}`, 'content-type': 'application/json' }),
  },
  { status: 401, path: '/v1/audiences', headers: () => ({ 'content-type': 'application/json' }) },
  { status: 413, path: '/v1/session', headers: () => ({ 'content-type': 'application/json' }) },
]

type Client = (url: string, headers: Record<string, string>) => Promise<number>

const clients: Readonly<Record<string, Client>> = {
  fetch: async (url, headers) => {
    const answer = await fetch(url, { method: 'POST', body: largeBody(), headers })
    await answer.text()
    return answer.status
  },
  'node:http': (url, headers) => {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      request.on('error', reject).end(largeBody())
    })
  },
  'curl, chunked': async (url, headers) => {
    const { stdout } = await promisify(execFile)('curl', [
      ...['-sS', '-o', join(folder, 'answer'), '-w', '%{http_code}'],
      ...['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:', '--data-binary', `@${join(folder, 'body')}`],
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      url,
    ])
    return Number(stdout)
  },
  'Python urllib': async (url, headers) => {
    const code = `
import json, sys, urllib.request, urllib.error
asked = urllib.request.Request(sys.argv[1], data=open(sys.argv[2], 'rb').read(), headers=json.loads(sys.argv[3]), method='POST')
try:
    print(urllib.request.urlopen(asked, timeout=20).status)
except urllib.error.HTTPError as error:
    assert len(error.read()) > 0
    print(error.code)`
    const given = ['-c', code, url, join(folder, 'body'), JSON.stringify(headers)]
    return Number((await promisify(execFile)('python3', given)).stdout)
  },
}
const programs: Readonly<Record<string, string>> = { 'curl, chunked': 'curl', 'Python urllib': 'python3' }

describe.each(Object.keys(clients))(
  'a rejection that comes while the body is still being sent is read by %s',
  (name) => {
    test.for(rejections.map((asked, index) => [index, asked.status, asked.path] as const))(
      'case %i: %i of %s',
      async ([index], context) => {
        const program = programs[name]
        if (program !== undefined && spawnSync(program, ['--version']).status !== 0)
          return context.skip(`needs the program ${program}`)
        const { status, path, headers } = rejections[index] as Asked
        const ask = clients[name] as Client
        for (let tries = 0; tries < (index === 0 ? TRIES : 2); tries++)
          expect(await ask(`${server.url}${path}`, headers())).toBe(status)
      },
    )
  },
)

/** A request whose body is announced and has not come, and the answer to it. */
async function beginLarge(bytes: number, writeKey = server.keys.writeKey) {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    head(
      'POST /v1/batch HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: ${basic(writeKey)}`,
      `Content-Length: ${bytes}`,
    ),
  )
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'data')
  return { socket, answer: () => Buffer.concat(chunks).toString('utf8') }
}

test('the answer comes at once; when the rest of a body that is too large has come too, the connection is closed', async () => {
  const { socket, answer } = await beginLarge(LARGE_BYTES)
  expect(answer()).toMatch(/^HTTP\/1.1 413 /)
  expect(answer()).toMatch(/connection: close/i)
  expect(answer()).toContain('"code":"payload_too_large"')
  expect(socket.readableEnded).toBe(false)
  const ended = once(socket, 'end')
  for (let sent = 0; sent < LARGE_BYTES; sent += 100_000)
    socket.write(Buffer.alloc(Math.min(100_000, LARGE_BYTES - sent)))
  await ended
})

test('after a body of an unknown key the connection serves the next request', async () => {
  const { socket, answer } = await beginLarge(1_000, 'wk_unknown')
  expect(answer()).toMatch(/^HTTP\/1.1 401 /)
  socket.write(Buffer.alloc(1_000))
  socket.removeAllListeners('data')
  socket.write(head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1'))
  expect((await readAnswer(socket)).status).toBe(200)
})

test('of a rest without end only so much is read', async () => {
  const { socket, answer } = await beginLarge(10 * REST_BYTES_MAX)
  expect(answer()).toMatch(/^HTTP\/1.1 413 /)
  // a broken pipe is what a client gets that does not stop
  const closed = new Promise((resolve) => socket.once('close', resolve))
  let sent = 0
  while (!socket.destroyed && sent < 10 * REST_BYTES_MAX) {
    const chunk = Buffer.alloc(1_000_000)
    sent += chunk.length
    if (!socket.write(chunk))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
  }
  await closed
  expect(sent).toBeGreaterThan(REST_BYTES_MAX)
  expect(sent).toBeLessThan(3 * REST_BYTES_MAX)
})

test('and only for so long', { timeout: 3 * REST_WAIT_MS_MAX }, async () => {
  const { socket, answer } = await beginLarge(LARGE_BYTES)
  expect(answer()).toMatch(/^HTTP\/1.1 413 /)
  const drip = setInterval(() => socket.write('x'), 100)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(drip)
})

test('nothing failed meanwhile', () => {
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
})
