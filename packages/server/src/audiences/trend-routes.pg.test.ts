import type { TrendAnswer } from '@affluent/protocol/endpoints/audiences'
import type { JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const DAY = 86_400_000
const setPlan = (userId: string, plan: string, more: object = {}) => ({
  type: 'identify',
  userId,
  traits: { plan },
  ...more,
})

async function trend(key: string, days = 30): Promise<TrendAnswer['points']> {
  const answer = await server.read(`/v1/audiences/${key}/trend?days=${days}`)
  expect(answer.status, answer.text).toBe(200)
  return (answer.json as unknown as TrendAnswer).points
}

async function movements(): Promise<JsonObject[]> {
  const answer = await server.read('/v1/audiences/movements')
  expect(answer.status, answer.text).toBe(200)
  return answer.json['movements'] as JsonObject[]
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

test('a trend says by day how many there are, came and went; history and merges are no movements', async () => {
  // in the middle of a day, so that none ends while the test runs
  server.clockOffset = DAY / 2 - (Date.now() % DAY)
  await server.sendAll([setPlan('person-1', 'pro'), setPlan('person-2', 'pro'), setPlan('person-3', 'free')])
  await server.settle()
  const key = 'pro'
  await server.putAudience({
    key,
    condition: { trait: 'plan', op: 'equals', value: 'pro' },
    population: 'all',
  })
  await server.audienceLive(key)
  await server.putAudience({ key: 'calm', condition: { trait: 'plan', op: 'equals', value: 'none' } })
  await server.audienceLive('calm')
  await server.settle()
  const first = dayOf(server.now())
  expect(await trend(key)).toEqual([{ day: first, size: 2, entered: 0, exited: 0 }])
  expect(await movements()).toEqual([
    { audience: 'pro', entered: 0, exited: 0 },
    { audience: 'calm', entered: 0, exited: 0 },
  ])

  await server.sendAll([setPlan('person-3', 'pro'), setPlan('person-1', 'free'), setPlan('person-4', 'pro')])
  await server.settle()
  expect(await trend(key)).toEqual([{ day: first, size: 3, entered: 2, exited: 1 }])
  expect(await movements()).toContainEqual({ audience: 'pro', entered: 2, exited: 1 })

  server.clockOffset += 2 * DAY
  const third = dayOf(server.now())
  // two members become one person: one less, and nobody has left
  await server.sendAll([{ type: 'identify', anonymousId: 'visitor-5', traits: { plan: 'pro' } }])
  await server.settle()
  await server.sendAll([{ type: 'page', anonymousId: 'visitor-5', userId: 'person-4' }])
  await server.settle()
  expect(await trend(key)).toEqual([
    { day: first, size: 3, entered: 2, exited: 1 },
    { day: dayOf(server.now() - DAY), size: 3, entered: 0, exited: 0 },
    { day: third, size: 3, entered: 1, exited: 0 },
  ])
  expect(await movements()).toContainEqual({ audience: 'pro', entered: 1, exited: 0 })
  expect(await trend(key, 1)).toEqual([{ day: third, size: 3, entered: 1, exited: 0 }])
  const answer = await server.read(`/v1/audiences/${key}`)
  expect(answer.json['size']).toBe(3)
})

test('what is wrong is said', async () => {
  expect((await server.read('/v1/audiences/nothing/trend')).status).toBe(404)
  expect((await server.read('/v1/audiences/pro/trend?days=0')).json).toMatchObject({
    error: { path: 'days' },
  })
  expect((await server.read('/v1/audiences/pro/trend?days=400')).status).toBe(400)
})
