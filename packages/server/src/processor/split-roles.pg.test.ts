import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClickHousePort, openClickHousePort } from '../testing/clickhouse-port.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const RICH = { trait: 'plan', op: 'equals', value: 'pro' }

/** Two processes on one database: one processes and loads, the other takes events in and answers. */
let processor: TestServer
let front: TestServer
let port: ClickHousePort
beforeAll(async () => {
  processor = await startTestServer({ environment: { AFFLUENT_ROLES: 'walk,load' } })
  port = await openClickHousePort(processor.dataDir)
  const engines = { DATABASE_URL: await processor.databaseUrl(), CLICKHOUSE_URL: port.url }
  front = await startTestServer({ environment: { AFFLUENT_ROLES: 'collect,api', ...engines } })
}, 60_000)
afterAll(async () => {
  await front.stop()
  port.close()
  await processor.stop()
})

test('what is sent to one process is processed and loaded by the other', async () => {
  await front.sendAll([{ type: 'identify', userId: 'ada', traits: { plan: 'pro' } }])
  await front.settle()
  await front.putAudience({ key: 'rich', condition: RICH })
  await front.audienceLive('rich')
  expect(await front.members('rich')).toEqual(['user_id:ada'])
})

test('a command that the other process finds void is answered as void', async () => {
  await front.putAudience({ key: 'base', condition: RICH })
  await front.putAudience({ key: 'above', condition: { audience: 'base' } })
  expect(await front.write('/v1/audiences/base', 'DELETE', undefined)).toMatchObject({
    status: 409,
    json: { error: { code: 'in_use', message: expect.stringContaining('above') } },
  })
  expect(await front.read('/v1/audiences/base')).toMatchObject({ status: 200 })
  expect(await front.write('/v1/audiences/above', 'DELETE', undefined)).toMatchObject({ status: 200 })
  expect(await front.write('/v1/audiences/base', 'DELETE', undefined)).toMatchObject({ status: 200 })
})

test('of two that make the same audience at once through another process, one is told that it is there', async () => {
  for (let round = 0; round < 4; round++) {
    const body = { key: `twin${round}`, condition: RICH }
    const answers = await Promise.all([1, 2].map(() => front.write('/v1/audiences', 'POST', body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  }
})

test('an un-merge that the other process carries out says what it changed, and a second one that there is nothing left', async () => {
  await front.sendAll([
    { type: 'track', event: 'Seen', anonymousId: 'cookie-1' },
    { type: 'identify', userId: 'bob', traits: {} },
    { type: 'identify', userId: 'bob', anonymousId: 'cookie-1' },
  ])
  await front.settle()
  const ledger = await front.read('/v1/profiles/user_id:bob/ledger')
  const entries = ledger.json['ledger'] as unknown as { id: string; kind: string }[]
  const ledgerId = entries.find(({ kind }) => kind === 'merged')?.id
  const first = await front.write('/v1/identity/unmerge', 'POST', { ledgerId })
  expect(first, first.text).toMatchObject({ status: 200 })
  expect(first.json['profiles']).toHaveLength(2)
  expect(await front.write('/v1/identity/unmerge', 'POST', { ledgerId })).toMatchObject({ status: 409 })
})
