import type { AudienceAnswer } from '@affluent/protocol/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('an audience about a trait takes in who is there already and who comes later', async () => {
  await server.sendAll([
    { type: 'identify', userId: 'old-pro', traits: { plan: 'pro' } },
    { type: 'identify', userId: 'old-free', traits: { plan: 'free' } },
    { type: 'identify', anonymousId: 'visitor-pro', traits: { plan: 'pro' } },
  ])
  await server.settle()
  await server.putAudience({ key: 'pro', condition: { trait: 'plan', op: 'equals', value: 'pro' } })
  const live = await server.audienceLive('pro')
  expect(live).toMatchObject({ size: 1, progress: 1 } satisfies Partial<AudienceAnswer>)
  expect(await server.members('pro')).toEqual(['user_id:old-pro'])
  const position = await server.sendAll([
    { type: 'identify', userId: 'new-pro', traits: { plan: 'pro' } },
    { type: 'identify', userId: 'old-pro', traits: { plan: 'free' } },
    { type: 'identify', userId: 'known', anonymousId: 'visitor-pro' },
  ])
  const profile = await server.profile('user_id', 'new-pro', { after: position })
  expect(profile?.audiences.map(({ key }) => key)).toEqual(['pro'])
  expect((await server.profile('user_id', 'old-pro'))?.audiences).toEqual([])
  expect((await server.profile('user_id', 'known'))?.audiences.map(({ key }) => key)).toEqual(['pro'])
  await server.settle()
  expect(await server.members('pro')).toEqual(['anonymous_id:visitor-pro', 'user_id:new-pro'])
})
