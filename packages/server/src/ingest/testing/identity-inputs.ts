import type { JsonObject } from '@affluent/protocol/event'
import { PROFILE_IDENTIFIERS_MAX } from '@affluent/protocol/limits'
import { expect } from 'vitest'
import { type Answer, positionOf, type TestServer } from '../../testing/test-server.ts'
import { answers, type Builder, fastest, identify, refused, track } from './bad-input.ts'

const DAY_MS = 86_400_000
const BOMB = 10_000
const BOMB_MS = 20_000
const BATCH = 2_500

/** Cases of the group `identity`. */
export const identityInputs: Readonly<Record<string, Builder>> = {
  // contract.md wins over the case: a messageId may be 255 bytes
  B141: () => ({
    ...refused([track({ messageId: 'm'.repeat(256) }), track({ messageId: 'é'.repeat(128) })]),
    check: async (server) => {
      await server.sendAll([track({ messageId: 'm'.repeat(101) }), track({ messageId: 'm'.repeat(255) })])
    },
  }),
  B142: () =>
    answers({
      send: async (server) => {
        const before = await server.settle()
        const event = track({ messageId: 'b142', userId: 'b142' })
        const answer = await server.send('/v1/batch', { batch: [event, event] })
        const counts = await server.settle()
        expect(counts.stored - before.stored).toBe(1)
        expect(counts.duplicates - before.duplicates).toBe(1)
        return answer
      },
    }),
  // contract.md wins over the case: the second is quarantined
  B143: () =>
    answers({
      send: async (server) => {
        const before = await server.settle()
        const answer = await server.send('/v1/batch', {
          batch: [
            track({ messageId: 'b143', userId: 'b143', properties: { n: 1 } }),
            track({ messageId: 'b143', userId: 'b143', properties: { n: 2 } }),
          ],
        })
        const counts = await server.settle()
        expect(counts.stored - before.stored).toBe(1)
        expect(counts.quarantined - before.quarantined).toBe(1)
        expect(await server.events('user_id', 'b143')).toMatchObject([{ properties: { n: 1 } }])
        return answer
      },
    }),
  B145: () => ({ ...answers({ send: replayLater(29, 0) }, { send: replayLater(31, 1) }), own: {} }),
  B146: () => ({
    ...answers({
      send: async (server) => {
        const batch = [
          identify('b146-a', {}),
          alias('b146-a', 'b146-a'),
          alias('b146-a', 'b146-b'),
          alias('b146-b', 'b146-a'),
        ]
        const answer = await server.send('/v1/batch', { batch })
        const one = await server.profile('user_id', 'b146-a', { after: positionOf(answer) })
        expect((await server.profile('user_id', 'b146-b'))?.id).toBe(one?.id)
        return answer
      },
    }),
    check: async (server) => {
      const batch = [alias('b146-a', 'b146-b'), alias('b146-b', 'b146-a')]
      const ms = await fastest(async () => {
        const after = positionOf(await server.send('/v1/batch', { batch }))
        await server.profile('user_id', 'b146-a', { after })
      })
      // 50 ms, times three for what else runs here
      expect(ms).toBeLessThan(150)
    },
  }),
  B147: () => answers({ send: bombOneUser }, { send: bombOneEmail }),
  B149: () => refused([...['[]', '"text"', '5'].map((json) => traitsOf(json))]),
  B150: () =>
    refused([
      { type: 'group', userId: 'somebody' },
      { type: 'group', userId: 'somebody', groupId: ' ' },
    ]),
}

function alias(previousId: string, userId: string): JsonObject {
  return { type: 'alias', previousId, userId }
}

function traitsOf(json: string): string {
  return `{"type":"identify","userId":"somebody","traits":${json}}`
}

/** Sends an event, and the same again so many days later. */
function replayLater(days: number, storedAgain: number) {
  return async (server: TestServer): Promise<Answer> => {
    const event = track({ messageId: `b145-${days}` })
    await server.sendAll([event])
    const before = await server.settle()
    server.clockOffset += days * DAY_MS
    const answer = await server.send('/v1/batch', { batch: [event] })
    const counts = await server.settle()
    expect(counts.stored - before.stored).toBe(storedAgain)
    expect(counts.duplicates - before.duplicates).toBe(1 - storedAgain)
    return answer
  }
}

async function bombOneUser(server: TestServer): Promise<Answer> {
  const answer = await sendBomb(server, (index) => ({
    ...identify('b147', {}),
    anonymousId: `b147-anonymous-${index}`,
  }))
  const profile = await server.profile('user_id', 'b147')
  expect(profile?.identifiers.length).toBeLessThanOrEqual(PROFILE_IDENTIFIERS_MAX)
  expect(profile?.events).toBe(BOMB)
  return answer
}

async function bombOneEmail(server: TestServer): Promise<Answer> {
  const answer = await sendBomb(server, (index) => identify(`b147-${index}`, { email: 'b147@example.com' }))
  const first = await server.profile('user_id', 'b147-0')
  const last = await server.profile('user_id', `b147-${BOMB - 1}`)
  expect(first?.id).not.toBe(last?.id)
  expect((await server.profile('email', 'b147@example.com'))?.identifiers.length).toBeLessThanOrEqual(
    PROFILE_IDENTIFIERS_MAX,
  )
  return answer
}

async function sendBomb(server: TestServer, make: (index: number) => JsonObject): Promise<Answer> {
  const before = (await server.warnings()).get('merge_limit') ?? 0
  const started = Date.now()
  let answer: Answer | undefined
  for (let from = 0; from < BOMB; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => make(from + index))
    answer = await server.send('/v1/batch', { batch })
    expect(answer.json['accepted']).toBe(BATCH)
  }
  await server.settle()
  expect(Date.now() - started).toBeLessThan(BOMB_MS)
  expect(((await server.warnings()).get('merge_limit') ?? 0) - before).toBeGreaterThan(
    BOMB - PROFILE_IDENTIFIERS_MAX,
  )
  return answer as Answer
}
