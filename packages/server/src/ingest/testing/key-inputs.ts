import { setTimeout as pause } from 'node:timers/promises'
import { WRONG_KEYS_PER_MINUTE_MAX } from '@affluent/protocol/limits'
import { expect } from 'vitest'
import { head, sendRaw } from '../../testing/raw-request.ts'
import { type Answer, basic, request, type TestServer } from '../../testing/test-server.ts'
import {
  answers,
  type BadRequest,
  type Builder,
  doorHead,
  GOOD_BATCH,
  identify,
  postWithout,
  track,
} from './bad-input.ts'

const REVOKED_MS = 5_000
const GUESSES = 1_000
const NO_ROOM = Number.MAX_SAFE_INTEGER
const GOOD = { batch: [track()] }

/** Cases of the groups `keys` and `api`. */
export const keyInputs: Readonly<Record<string, Builder>> = {
  B160: () => answers({ send: postWithout('/v1/batch', GOOD) }, { send: postWithout('/v1/track', track()) }),
  B162: () => ({
    ...answers({
      send: (server) =>
        postWithout('/v1/batch', GOOD, {
          authorization: basic(server.keys.apiKey),
          origin: 'https://shop.example',
        })(server),
    }),
    check: async (server) => {
      expect(server.log.map(({ event }) => event)).toContain('api_key_exposed')
    },
  }),
  B164: () =>
    answers(
      { send: (server) => postWithout(`/v1/batch?writeKey=${server.keys.writeKey}`, GOOD)(server) },
      { variant: 1, send: (server) => request(`${server.url}/v1/pipeline?api_key=${server.keys.apiKey}`) },
    ),
  B166: () => answers({ send: useRevokedKey }),
  B167: () =>
    answers(
      ...['Basic ***', `Basic ${'A'.repeat(8_192)}`, 'Basic', 'Basic ', 'Digest abc', 'Bearer', ':'].map(
        withAuthorization,
      ),
      {
        send: (server) =>
          sendRaw(
            server.port,
            head(
              'POST /v1/batch HTTP/1.1',
              ...doorHead(server),
              `Authorization: ${basic('wk_another_key')}`,
              `Content-Length: ${GOOD_BATCH.length}`,
            ) + GOOD_BATCH,
          ),
      },
    ),
  B168: () => ({ ...answers({ send: guessKeys }), own: { rateLimits: true } }),
  B170: () => ({
    ...answers({
      send: async (server) => expectRetryAfter(await server.send('/v1/batch', GOOD_BATCH), '30'),
    }),
    check: async (server) => expect(await server.settle()).toMatchObject({ accepted: 0, stored: 0 }),
    own: { diskFloor: NO_ROOM },
  }),
  B188: () =>
    answers(
      ...[
        'limit=1e9',
        'limit=-1',
        'limit=NaN',
        'limit=1&limit=9999',
        'limit=0',
        'limit=',
        'limit=1001',
      ].flatMap((query) => [
        { send: (server: TestServer) => server.read(`/v1/outcomes?${query}`) },
        { send: (server: TestServer) => readEvents(server, query) },
      ]),
    ),
  B189: () => answers(...['changed', 'foreign', 'of another list', 'twice'].map(cursorRequest)),
  B193: () => ({
    ...answers(
      { send: (server) => server.read('/v1/pipeline', { headers: { 'x-http-method-override': 'DELETE' } }) },
      {
        send: (server) =>
          server.send('/v1/identify', identify('b193', { a: 1 }), {
            headers: { 'x-http-method-override': 'DELETE' },
          }),
      },
      {
        send: async (server) => {
          const after = await server.sendAll([identify('b193', { a: 1 })])
          const headers = { 'x-http-method-override': 'DELETE' }
          return server.read(`/v1/profiles/user_id:b193?after=${after}`, { headers })
        },
      },
    ),
    check: async (server) => expect((await server.profile('user_id', 'b193'))?.traits).toEqual({ a: 1 }),
  }),
}

function withAuthorization(authorization: string): BadRequest {
  return { send: postWithout('/v1/batch', GOOD, { authorization }) }
}

async function useRevokedKey(server: TestServer): Promise<Answer> {
  const { writeKey } = await server.addWorkspace('b166')
  const send = () => postWithout('/v1/batch', GOOD, { authorization: basic(writeKey) })(server)
  expect((await send()).status).toBe(200)
  await server.database.query('update write_key set revoked_at = now() where key = $1', [writeKey])
  await pause(REVOKED_MS)
  return send()
}

async function guessKeys(server: TestServer): Promise<Answer> {
  const statuses = new Map<number, number>()
  let last: Answer | undefined
  for (let guess = 0; guess < GUESSES; guess++) {
    last = await postWithout('/v1/batch', GOOD, { authorization: basic(`wk_guess_${guess}`) })(server)
    statuses.set(last.status, (statuses.get(last.status) ?? 0) + 1)
  }
  expect(statuses.get(401)).toBe(WRONG_KEYS_PER_MINUTE_MAX)
  return expectRetryAfter(last as Answer, '60')
}

function expectRetryAfter(answer: Answer, seconds: string): Answer {
  expect(answer.headers.get('retry-after')).toBe(seconds)
  expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After')
  return answer
}

async function readEvents(server: TestServer, query: string): Promise<Answer> {
  await server.sendAll([track({ userId: 'paged' }), track({ userId: 'paged' })])
  const position = await server.sendAll([track({ userId: 'paged' })])
  return server.read(`/v1/profiles/user_id:paged/events?after=${position}&${query}`)
}

function cursorRequest(how: string): BadRequest {
  return {
    send: async (server) => {
      const cursor = String((await readEvents(server, 'limit=1')).json['cursor'])
      const again = '/v1/profiles/user_id:paged/events?cursor='
      expect((await server.read(again + cursor)).status).toBe(200)
      if (how === 'changed') return server.read(again + changeOne(cursor))
      if (how === 'twice') return server.read(`${again + cursor}&cursor=${cursor}`)
      if (how === 'of another list') return server.read(`/v1/outcomes?cursor=${cursor}`)
      const keys = await server.addWorkspace('b189')
      const event = track({ userId: 'paged' })
      await server.sendAll([event, event], keys)
      await server.settle(keys)
      return server.read(again + cursor, { keys })
    },
  }
}

function changeOne(cursor: string): string {
  return (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1)
}
