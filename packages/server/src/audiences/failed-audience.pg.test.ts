import { setTimeout as pause } from 'node:timers/promises'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ClickHousePort, openClickHousePort } from '../testing/clickhouse-port.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const MEMORY =
  'Code: 241. DB::Exception: Query memory limit exceeded: maximum: 2.00 GiB. (MEMORY_LIMIT_EXCEEDED)'
const TOTAL =
  'Code: 241. DB::Exception: (total) memory limit exceeded: maximum: 4.00 GiB. (MEMORY_LIMIT_EXCEEDED)'
const TOO_BIG = 'Code: 168. DB::Exception: AST is too big. Maximum: 50000. (TOO_BIG_AST)'
const RICH = { trait: 'plan', op: 'equals', value: 'pro' }

/** The engines, and a server that reaches ClickHouse by a port where some questions fail. */
let engines: TestServer
let server: TestServer
let port: ClickHousePort
let failure: (query: string) => string | undefined = () => undefined
beforeAll(async () => {
  engines = await startTestServer({ environment: { AFFLUENT_ROLES: 'collect' } })
  port = await openClickHousePort(engines.dataDir, (query) => failure(query))
  const theirs = { DATABASE_URL: await engines.databaseUrl(), CLICKHOUSE_URL: port.url }
  server = await startTestServer({ environment: theirs })
  await server.sendAll([
    { type: 'identify', userId: 'ada', traits: { plan: 'pro' } },
    { type: 'track', userId: 'ada', event: 'Dear' },
    { type: 'track', userId: 'bob', event: 'Cheap' },
  ])
  await server.settle()
}, 60_000)
afterAll(async () => {
  await server.stop()
  port.close()
  await engines.stop()
})
afterEach(() => {
  failure = () => undefined
})

function done(event: string): object {
  return { event, count: { op: 'gte', value: 1 } }
}

/** Questions about an event fail, once they are really asked. */
function failOn(event: string, message: string): void {
  failure = (query) => (query.includes(event) && !query.includes('explain ') ? message : undefined)
}

async function until(key: string, status: AudienceAnswer['status']): Promise<AudienceAnswer> {
  const end = Date.now() + 20_000
  for (;;) {
    const answer = (await server.read(`/v1/audiences/${key}`)).json as unknown as AudienceAnswer
    if (answer.status === status) return answer
    if (Date.now() > end) throw new Error(`The audience ${key} is not ${status}: ${JSON.stringify(answer)}`)
    await pause(50)
  }
}

test('a condition that ClickHouse cannot answer is refused where it is previewed and where it is saved', async () => {
  failure = (query) => (query.includes('Vast') ? TOO_BIG : undefined)
  const refused = { status: 400, json: { error: { code: 'condition_too_large', path: 'condition' } } }
  const condition = done('Vast')
  expect(await server.write('/v1/audiences/preview', 'POST', { condition })).toMatchObject(refused)
  expect(await server.write('/v1/audiences', 'POST', { key: 'vast', condition })).toMatchObject(refused)
  expect(await server.read('/v1/audiences/vast')).toMatchObject({ status: 404 })
  failOn('Dear', MEMORY)
  expect(await server.write('/v1/audiences/preview', 'POST', { condition: done('Dear') })).toMatchObject({
    status: 400,
    json: { error: { code: 'condition_too_dear' } },
  })
})

test('that ClickHouse has no room for anybody is not the fault of a condition', async () => {
  failOn('Dear', TOTAL)
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition: done('Dear') })
  expect(answer).toMatchObject({ status: 503, json: { error: { code: 'not_ready' } } })
})

test('an audience that cannot be prepared fails alone and says why; the others are live, also those made later', async () => {
  failOn('Dear', MEMORY)
  await server.putAudience({ key: 'dear', condition: done('Dear') })
  await server.putAudience({ key: 'rich', condition: RICH })
  expect(await until('dear', 'failed')).toMatchObject({
    errorCode: 'condition_too_dear',
    error: expect.stringContaining('fewer event conditions'),
    size: null,
  })
  await server.audienceLive('rich')
  await server.putAudience({ key: 'cheap', condition: done('Cheap') })
  await server.audienceLive('cheap')
  expect(await server.members('cheap')).toEqual(['user_id:bob'])
  // the same definition again is a try again
  failure = () => undefined
  await server.putAudience({ key: 'dear', condition: done('Dear') }, { method: 'PUT' })
  expect(await server.audienceLive('dear')).toMatchObject({ error: null, errorCode: null })
  expect(await server.members('dear')).toEqual(['user_id:ada'])
})

test('of many audiences that are prepared together the one at fault is found', async () => {
  const keys = Array.from({ length: 12 }, (_, index) => `many${index}`)
  failOn('Rare7', MEMORY)
  for (const [index, key] of keys.entries())
    await server.putAudience({ key, condition: { any: [done(`Rare${index}`), done('Cheap')] } })
  expect(await until('many7', 'failed')).toMatchObject({ errorCode: 'condition_too_dear' })
  for (const key of keys.filter((each) => each !== 'many7')) {
    await server.audienceLive(key)
    expect(await server.members(key)).toEqual(['user_id:bob'])
  }
})

test('an audience whose new definition fails keeps the members of the one before', async () => {
  await server.putAudience({ key: 'kept', condition: done('Cheap') })
  await server.audienceLive('kept')
  failOn('Dear', MEMORY)
  await server.putAudience({ key: 'kept', condition: done('Dear') }, { method: 'PUT' })
  expect(await until('kept', 'failed')).toMatchObject({ size: 1 })
  expect(await server.members('kept')).toEqual(['user_id:bob'])
  await server.sendAll([{ type: 'track', userId: 'eve', event: 'Cheap' }])
  await server.settle()
  expect(await server.members('kept')).toEqual(['user_id:bob', 'user_id:eve'])
})
