import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

// longer than the test: no block is closed because its time is over
const BLOCK_MS = 600_000

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ loadBlockMs: BLOCK_MS })
})
afterAll(() => server.stop())

const pipeline = async () =>
  (await server.read('/v1/pipeline')).json as unknown as {
    readonly processed: number
    readonly loaded: number
  }

test('a block waits for more until somebody needs what is in it: then it is closed at once', async () => {
  for (let person = 0; person < 3; person++)
    await server.sendAll([{ type: 'track', event: 'Order Completed', userId: `buyer-${person}` }])
  await expect.poll(async () => (await pipeline()).processed).toBe(3)
  await pause(1_500)
  expect(await pipeline()).toMatchObject({ processed: 3, loaded: 0 })
  // the history of an audience is asked of ClickHouse
  await server.putAudience({ key: 'buyers', condition: { event: 'Order Completed' } })
  await server.audienceLive('buyers')
  expect(await pipeline()).toMatchObject({ processed: 3, loaded: 3 })
  const { json } = await server.read('/v1/audiences/buyers/members')
  expect(json['members']).toHaveLength(3)
})
