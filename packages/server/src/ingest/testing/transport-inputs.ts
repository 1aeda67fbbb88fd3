import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { head, readAnswer, sendRaw } from '../../testing/raw-request.ts'
import { type Answer, request, type TestServer } from '../../testing/test-server.ts'
import { answers, type Builder, doorHead, GOOD_BATCH, track } from './bad-input.ts'

const SLOW_SOCKETS = 300
const SLOW_BYTE_MS = 1_000
const NORMAL_WHILE_SLOW_MS = 500

/** Cases of the group `transport`: bytes that no HTTP client would send. */
export const transportInputs: Readonly<Record<string, Builder>> = {
  B001: () => answers(raw('Content-Length: 4', 'Transfer-Encoding: chunked')),
  B002: () =>
    answers(raw('Content-Length: 4', 'Content-Length: 4'), raw('Content-Length: 4', 'Content-Length: 5')),
  B004: () => answers(raw(`X-Long: ${'a'.repeat(20_000)}`)),
  B005: () => answers(raw(...Array.from({ length: 3_000 }, (_, index) => `X-${index}: a`))),
  B006: () => answers({ send: (server) => sendRaw(server.port, head('GET /healthz HTTP/1.1')) }),
  B007: () =>
    answers({ send: (server) => sendRaw(server.port, head('GET / HTTP/1.1', 'Host: a', 'Host: b')) }),
  B008: () => answers({ send: (server) => sendRaw(server.port, head('TRACE / HTTP/1.1', 'Host: a')) }),
  B009: () => answers({ send: (server) => sendRaw(server.port, 'GET /healthz HTTP/1.1\nHost: a\n\n') }),
  B013: () => answers({ send: sendSlowly }),
  B014: () =>
    answers({
      send: (server) =>
        sendRaw(server.port, `${bodyHead(server, 'Transfer-Encoding: chunked')}ZZ\r\n{}\r\n0\r\n\r\n`),
    }),
  B015: () =>
    answers({
      send: (server) =>
        sendRaw(
          server.port,
          `${bodyHead(server, 'Transfer-Encoding: identity, chunked')}2\r\n{}\r\n0\r\n\r\n`,
        ),
    }),
  B017: () =>
    answers({
      send: (server) => sendRaw(server.port, head(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: a')),
    }),
  B018: () => ({
    ...answers(
      ...[
        '/v1/../v1/audiences',
        '/v1/%2e%2e/v1/audiences',
        '//v1/audiences',
        // the same path written in other ways (not in the case: found here)
        '/%76%31/pipeline',
        '/v1/%70ipeline',
        'http://127.0.0.1/v1/pipeline',
        '/v1/pipeline',
        '/v1/nothing',
      ].map((path) => ({ send: (server: TestServer) => sendRaw(server.port, getHead(path)) })),
    ),
    check: async (server) => {
      const [there, notThere] = await Promise.all(
        ['/v1/pipeline', '/v1/nothing'].map((path) => sendRaw(server.port, getHead(path))),
      )
      expect(there?.status).toBe(notThere?.status)
      expect(withoutId(there)).toEqual(withoutId(notThere))
    },
  }),
  B020: () =>
    answers({
      send: async (server) => {
        const answer = await request(`${server.url}/v1/batch`, {
          method: 'OPTIONS',
          headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
        })
        expect(answer.headers.get('access-control-allow-origin')).toBe('*')
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
        return answer
      },
    }),
  B022: () => ({
    ...answers({
      send: (server) => server.send('/v1/track', track(), { headers: { 'x-forwarded-for': '1.2.3.4' } }),
    }),
    check: async (server) => {
      const { rows } = await server.database.query<{ body: Buffer }>(
        'select body from log order by last_position',
      )
      const log = Buffer.concat(rows.map(({ body }) => body)).toString('latin1')
      expect(log).toContain('"i":"127.0.0.0"')
      expect(log).not.toContain('1.2.3')
    },
  }),
}

function raw(...lines: readonly string[]) {
  return { send: (server: TestServer) => sendRaw(server.port, `${bodyHead(server, ...lines)}{}{}`) }
}

function bodyHead(server: TestServer, ...lines: readonly string[]): string {
  return head('POST /v1/batch HTTP/1.1', ...doorHead(server), ...lines)
}

function getHead(path: string): string {
  return head(`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1')
}

function withoutId(answer: Answer | undefined): unknown {
  const { id: _, ...rest } = (answer as Answer).json['error'] as unknown as { id: string }
  return rest
}

/** Many connections that send a byte a second; meanwhile normal requests are answered as ever. */
async function sendSlowly(server: TestServer): Promise<Answer> {
  const sockets = Array.from({ length: SLOW_SOCKETS }, () => connect(server.port, '127.0.0.1'))
  const slow = Promise.all(sockets.map((socket) => readAnswer(socket)))
  const bytes = head('POST /v1/batch HTTP/1.1', ...doorHead(server))
  let at = 0
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(bytes[at] as string)
    at++
  }, SLOW_BYTE_MS)
  try {
    for (let round = 0; round < 10; round++) {
      const started = performance.now()
      expect((await server.send('/v1/batch', GOOD_BATCH)).status).toBe(200)
      expect(performance.now() - started).toBeLessThan(NORMAL_WHILE_SLOW_MS)
      await pause(50)
    }
    const all = await slow
    expect(all.filter((answer) => answer.status !== 408)).toEqual([])
    return all[0] as Answer
  } finally {
    clearInterval(timer)
  }
}
