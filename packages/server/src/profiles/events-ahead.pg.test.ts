import { setTimeout as pause } from 'node:timers/promises'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'

const HOUR_MS = 3_600_000
const LATE_MS = 30_000

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

async function identify(
  userId: string,
  traits: JsonObject,
  hoursAhead = 0,
  more: JsonObject = {},
): Promise<number> {
  const timestamp = new Date(server.now() + hoursAhead * HOUR_MS).toISOString()
  const time = hoursAhead === 0 ? {} : { timestamp }
  return positionOf(await server.send('/v1/identify', { userId, traits, ...time, ...more }))
}

async function traitsOf(userId: string, after?: number): Promise<unknown> {
  const profile = await server.profile('user_id', userId, after === undefined ? {} : { after })
  return profile?.traits
}

/** Who meets a condition now, as ClickHouse says. */
async function sizeOf(condition: Json): Promise<Json | undefined> {
  await server.settle()
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition })
  expect(answer.status, answer.text).toBe(200)
  return answer.json['size']
}

/** Waits for what changes by itself, and no longer than it may take. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LATE_MS; !(await holds()); await pause(100))
    if (Date.now() > end) throw new Error('It has not come about.')
}

test('what an event of the future says waits for its time: traits, deletions, audiences, and when somebody was seen', async () => {
  const pro: Json = { trait: 'plan', op: 'equals', value: 'pro' }
  const cityless: Json = {
    all: [
      { trait: 'plan', op: 'exists' },
      { trait: 'city', op: 'not_exists' },
    ],
  }
  await server.putAudience({ key: 'pro', condition: pro })
  await server.putAudience({ key: 'cityless', condition: cityless })
  await server.audienceLive('pro')
  await server.audienceLive('cityless')

  await identify('ann', { plan: 'basic', city: 'Lyon' })
  await identify('ann', { plan: 'pro', city: null }, 20)
  const after = await identify('ann', { plan: 'trial' })
  expect(await traitsOf('ann', after)).toEqual({ plan: 'trial', city: 'Lyon' })
  const profile = await server.profile('user_id', 'ann')
  expect(Date.parse(profile?.lastSeen ?? '')).toBeLessThanOrEqual(server.now())
  expect(Date.parse(profile?.identifiers[0]?.lastSeen ?? '')).toBeLessThanOrEqual(server.now())
  expect([await server.members('pro'), await server.members('cityless')]).toEqual([[], []])
  expect([await sizeOf(pro), await sizeOf(cityless)]).toEqual([0, 0])

  // an audience that is made meanwhile waits as well
  await server.putAudience({ key: 'late', condition: pro, population: 'all' })
  await server.audienceLive('late')
  expect(await server.members('late')).toEqual([])

  server.clockOffset += 20 * HOUR_MS + 60_000
  await until(async () => (await server.profile('user_id', 'ann'))?.traits['plan'] === 'pro')
  expect(await traitsOf('ann')).toEqual({ plan: 'pro' })
  const then = await server.profile('user_id', 'ann')
  expect(Date.parse(then?.lastSeen ?? '')).toBeGreaterThan(Date.parse(profile?.lastSeen ?? '') + 19 * HOUR_MS)
  expect(then?.audiences.map(({ key }) => key)).toEqual(['cityless', 'late', 'pro'])
  expect([await sizeOf(pro), await sizeOf(cityless)]).toEqual([1, 1])
  await until(async () => (await server.members('pro')).join() === 'user_id:ann')
})

test('an identifier of the future links at once, and is seen when its time comes; nobody need ask', async () => {
  const keys = { traits: { email: 'bob@example.com' } }
  const before = server.now()
  const after = await identify('bob', keys.traits, 2)
  const profile = await server.profile('email', 'bob@example.com', { after })
  expect(profile).toMatchObject({ traits: {}, events: 1 })
  for (const seen of [profile, ...(profile?.identifiers ?? [])]) {
    expect(Date.parse(seen?.firstSeen ?? '')).toBeGreaterThanOrEqual(before)
    expect(Date.parse(seen?.lastSeen ?? '')).toBeLessThanOrEqual(server.now())
  }
  server.clockOffset += 3 * HOUR_MS
  await until(async () => (await server.profile('user_id', 'bob'))?.traits['email'] === 'bob@example.com')
  const then = await server.profile('user_id', 'bob')
  expect(Math.abs(Date.parse(then?.lastSeen ?? '') - before - 2 * HOUR_MS)).toBeLessThan(10_000)
})

test('what lies ahead outlives a merge, its undoing and a restart', async () => {
  await identify('cat', { plan: 'one' })
  await identify('dan', { plan: 'two' }, 1)
  const merged = await server.send('/v1/alias', { userId: 'cat', previousId: 'dan' })
  expect(await traitsOf('dan', positionOf(merged))).toEqual({ plan: 'one' })
  const ledger = await server.read('/v1/profiles/user_id:cat/ledger')
  const merge = (ledger.json['ledger'] as unknown as { id: string; kind: string }[]).find(
    ({ kind }) => kind === 'merged',
  )
  await server.halt()
  await server.start()
  const undone = await server.write('/v1/identity/unmerge', 'POST', { ledgerId: merge?.id })
  expect(undone.status, undone.text).toBe(200)
  server.clockOffset += 2 * HOUR_MS
  await until(async () => (await server.profile('user_id', 'dan'))?.traits['plan'] === 'two')
  expect(await traitsOf('cat')).toEqual({ plan: 'one' })
})

test('a first-touch value stands where the trait was never set, the earliest of them, in every reading', async () => {
  const fromAd: Json = { trait: 'origin', op: 'equals', value: 'ad' }
  await server.putAudience({ key: 'from-ad', condition: fromAd })
  await server.audienceLive('from-ad')
  await identify('eve', { $setOnce: { origin: 'ad', plan: 'trial' } })
  await identify('eve', { $set_once: { origin: 'letter' }, plan: 'pro' })
  const after = await identify('eve', { $setOnce: { plan: 'late' } })
  expect(await traitsOf('eve', after)).toEqual({ origin: 'ad', plan: 'pro' })
  expect((await server.profile('user_id', 'eve'))?.audiences.map(({ key }) => key)).toContain('from-ad')
  expect(await sizeOf(fromAd)).toBe(1)
  const catalogue = await server.read('/v1/catalogue')
  expect(JSON.stringify(catalogue.json['traits'])).not.toContain('$set')

  // of two people who are one, what was ever set stands
  await identify('fay', { origin: 'shop' })
  const merged = await server.send('/v1/alias', { userId: 'eve', previousId: 'fay' })
  expect(await traitsOf('eve', positionOf(merged))).toEqual({ origin: 'shop', plan: 'pro' })
  expect(await sizeOf(fromAd)).toBe(0)
  expect(await server.members('from-ad')).toEqual([])
})
