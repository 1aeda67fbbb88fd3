import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { BODY_BYTES_MAX } from '@affluent/protocol/limits'
import { expect } from 'vitest'
import { head, sendRaw } from '../../testing/raw-request.ts'
import type { Answer, TestServer } from '../../testing/test-server.ts'
import {
  answers,
  type Builder,
  badBody,
  doorHead,
  expectMemoryBelow,
  fastest,
  GOOD_BATCH,
  post,
  track,
} from './bad-input.ts'
import { INVALID_JSON } from './invalid-json.ts'

// three times what the case allows: other work runs on the same two cores
const SLACK = 3
const BOMB_BYTES = 100 * 1024 * 1024

/** Cases of the group `body`. */
export const bodyInputs: Readonly<Record<string, Builder>> = {
  B030: () => answers({ send: post('/v1/batch', '') }, { send: post('/v1/track', '') }),
  B031: () => answers({ send: post('/v1/batch', '<batch/>', { 'content-type': 'application/xml' }) }),
  B033: () => answers(badBody('{"batch":[{"type":"tra')),
  B034: () => answers(badBody('{} x')),
  B035: () => answers(...INVALID_JSON.map((text) => badBody(text))),
  B037: () =>
    answers({
      send: post(
        '/v1/batch',
        new Uint8Array(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(GOOD_BATCH)])),
      ),
    }),
  B038: () =>
    answers(
      badBody(Buffer.from(GOOD_BATCH, 'utf16le')),
      badBody(Buffer.from(GOOD_BATCH, 'utf16le').swap16()),
      badBody(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(GOOD_BATCH, 'utf16le')])),
      badBody(Buffer.from('{"batch":[{"userId":"caf\u00e9"}]}', 'latin1')),
    ),
  B041: () =>
    answers({
      send: post('/v1/batch', GOOD_BATCH, { 'content-type': 'application/json; charset=iso-8859-1' }),
    }),
  B043: () => answers(badBody('{"batch":{}}'), badBody('{"batch":"a"}'), badBody('{}')),
  B044: () => answers(badBody('{"batch":[]}'), badBody('{"batch":[ ]}')),
  B046: () => ({
    ...answers({ send: sendTooLarge }, { send: sendTooLargeInChunks }),
    check: async (server) => {
      const padding = 'x'.repeat(30_000)
      const events = Array.from({ length: 139 }, () => track({ properties: { padding } }))
      const text = JSON.stringify({ batch: events })
      const exact = `${' '.repeat(BODY_BYTES_MAX - text.length)}${text}`
      expect((await server.send('/v1/batch', exact)).status).toBe(200)
      await expectMemoryBelow(16 * SLACK, () => sendTooLarge(server))
    },
  }),
  B049: () =>
    answers(
      ...(
        [
          ['gzip', gzipSync],
          ['deflate', deflateSync],
          ['deflate', deflateRawSync],
          ['br', brotliCompressSync],
        ] as const
      ).map(([encoding, pack]) => ({ send: packed(encoding, pack(GOOD_BATCH)) })),
    ),
  B050: () => bomb('gzip', gzipSync(Buffer.alloc(BOMB_BYTES))),
  B051: () => bomb('br', brotliCompressSync(Buffer.alloc(BOMB_BYTES))),
  B052: () => answers({ send: packed('gzip, gzip', gzipSync(gzipSync(GOOD_BATCH))) }),
  B054: () =>
    answers(
      ...['zstd', 'compress', 'foo'].map((encoding) => ({ send: packed(encoding, Buffer.from(GOOD_BATCH)) })),
    ),
}

function packed(encoding: string, bytes: Buffer): (server: TestServer) => Promise<Answer> {
  return post('/v1/batch', new Uint8Array(bytes), { 'content-encoding': encoding })
}

function bomb(encoding: string, bytes: Buffer) {
  const send = packed(encoding, bytes)
  return {
    ...answers({ send }),
    check: async (server: TestServer) => {
      await expectMemoryBelow(32 * SLACK, () => send(server))
      expect(await fastest(() => send(server))).toBeLessThan(100 * SLACK)
    },
  }
}

const tooLarge = Buffer.alloc(BODY_BYTES_MAX + 1, 0x20)

async function sendTooLarge(server: TestServer): Promise<Answer> {
  const start = head('POST /v1/batch HTTP/1.1', ...doorHead(server), `Content-Length: ${tooLarge.length}`)
  return expectClosed(await sendRaw(server.port, Buffer.concat([Buffer.from(start), tooLarge])))
}

async function sendTooLargeInChunks(server: TestServer): Promise<Answer> {
  const start = head('POST /v1/batch HTTP/1.1', ...doorHead(server), 'Transfer-Encoding: chunked')
  const size = `${tooLarge.length.toString(16)}\r\n`
  const bytes = Buffer.concat([Buffer.from(start + size), tooLarge, Buffer.from('\r\n0\r\n\r\n')])
  return expectClosed(await sendRaw(server.port, bytes))
}

function expectClosed(answer: Answer): Answer {
  expect(answer.headers.get('connection')).toBe('close')
  return answer
}
