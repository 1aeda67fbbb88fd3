import { setTimeout as pause } from 'node:timers/promises'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { WhyAnswer } from '@affluent/protocol/endpoints/profiles'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type WorkspaceKeys } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const DAY_MS = 86_400_000

function order(userId: string, revenue: number, daysAgo = 0): object {
  const timestamp = new Date(server.now() - daysAgo * DAY_MS).toISOString()
  return { type: 'track', event: 'Order Completed', userId, timestamp, properties: { revenue } }
}

const TWICE = {
  event: 'Order Completed',
  where: [{ property: 'revenue', op: 'gt', value: 50 }],
  count: { op: 'gte', value: 2 },
  within: '30d',
}

async function eventually(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + 15_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await pause(100)
    }
  }
}

async function audiencesOf(userId: string, keys?: WorkspaceKeys): Promise<string[]> {
  const profile = await server.profile('user_id', userId, keys === undefined ? {} : { keys })
  return profile?.audiences.map(({ key }) => key) ?? []
}

test('an audience about a trait takes in who is there already and who comes later', async () => {
  const keys = await server.addWorkspace('traits')
  await server.sendAll(
    [
      { type: 'identify', userId: 'old-pro', traits: { plan: 'pro' } },
      { type: 'identify', userId: 'old-free', traits: { plan: 'free' } },
      { type: 'identify', anonymousId: 'visitor-pro', traits: { plan: 'pro' } },
    ],
    keys,
  )
  await server.putAudience({ key: 'pro', condition: { trait: 'plan', op: 'equals', value: 'pro' } }, { keys })
  expect(await server.audienceLive('pro', keys)).toMatchObject({ size: 1, progress: 1 })
  expect(await server.members('pro', keys)).toEqual(['user_id:old-pro'])
  const position = await server.sendAll(
    [
      { type: 'identify', userId: 'new-pro', traits: { plan: 'pro' } },
      { type: 'identify', userId: 'old-pro', traits: { plan: 'free' } },
      { type: 'identify', userId: 'known', anonymousId: 'visitor-pro' },
    ],
    keys,
  )
  const profile = await server.profile('user_id', 'new-pro', { after: position, keys })
  expect(profile?.audiences.map(({ key }) => key)).toEqual(['pro'])
  expect(await audiencesOf('old-pro', keys)).toEqual([])
  expect(await audiencesOf('known', keys)).toEqual(['pro'])
  await server.settle(keys)
  expect(await server.members('pro', keys)).toEqual(['anonymous_id:visitor-pro', 'user_id:new-pro'])
})

test('a count in thirty days knows history, follows events, and lets people go when only time passes, also across a restart', async () => {
  await server.sendAll([order('now', 60), order('now', 70), order('soon', 60, 29), order('soon', 70, 1)])
  await server.sendAll([order('late', 60, 40), order('late', 80, 1), order('cheap', 50), order('cheap', 51)])
  const preview = await server.write('/v1/audiences/preview', 'POST', { condition: TWICE })
  await server.settle()
  await server.putAudience({ key: 'twice', condition: TWICE })
  await server.audienceLive('twice')
  expect(await server.members('twice')).toEqual(['user_id:now', 'user_id:soon'])
  expect(preview.status, preview.text).toBe(200)
  await server.sendAll([order('late', 60)])
  await eventually(async () => expect(await audiencesOf('late')).toEqual(['twice']))
  await server.halt()
  server.clockOffset += 2 * DAY_MS
  await server.start()
  await eventually(async () => expect(await audiencesOf('soon')).toEqual([]))
  expect(await audiencesOf('now')).toEqual(['twice'])
  await eventually(async () => expect(await server.members('twice')).toEqual(['user_id:late', 'user_id:now']))
  server.clockOffset += 31 * DAY_MS
  await eventually(async () => expect(await server.members('twice')).toEqual([]))
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition: TWICE })
  expect(answer.json).toMatchObject({ size: 0, sample: [] })
})

test('why names the values and the events of each leaf', async () => {
  const keys = await server.addWorkspace('why')
  const condition = {
    all: [TWICE, { trait: 'plan', op: 'equals', value: 'pro' }, { identifier: 'email', op: 'exists' }],
  }
  await server.putAudience({ key: 'why', condition }, { keys })
  await server.audienceLive('why', keys)
  await server.sendAll(
    [order('ada', 60), order('ada', 70), { type: 'identify', userId: 'ada', traits: { plan: 'pro' } }],
    keys,
  )
  await server.settle(keys)
  const answer = await server.read('/v1/profiles/user_id:ada/why?audience=why', { keys })
  expect(answer.status, answer.text).toBe(200)
  const why = answer.json as unknown as WhyAnswer
  expect(why).toMatchObject({ audience: 'why', member: false, since: null, holds: false })
  const [count, email, plan, population] = [
    why.leaves.find(({ leaf }) => Object.hasOwn(leaf as object, 'event')),
    why.leaves.find(({ leaf }) => Object.hasOwn(leaf as object, 'identifier')),
    why.leaves.find(({ leaf }) => Object.hasOwn(leaf as object, 'trait')),
    why.leaves.find(({ leaf }) => Object.hasOwn(leaf as object, 'population')),
  ]
  expect(count).toMatchObject({ leaf: TWICE, holds: true, cold: false, because: { count: 2 } })
  expect(count?.because['events']).toHaveLength(2)
  expect(email).toMatchObject({ holds: false, because: { namespaces: ['user_id'] } })
  expect(plan).toMatchObject({ holds: true, because: { value: 'pro', source: 'app' } })
  expect(population?.holds).toBe(true)
  expect((await server.read('/v1/profiles/user_id:ada/why?audience=nobody', { keys })).status).toBe(404)
})

test('an audience that names others follows them; it cannot lose them, nor name itself', async () => {
  const keys = await server.addWorkspace('names')
  await server.sendAll(
    [
      { type: 'identify', userId: 'a', traits: { plan: 'pro', age: 30 } },
      { type: 'identify', userId: 'b', traits: { plan: 'pro', age: 70 } },
      { type: 'identify', userId: 'c', traits: { plan: 'free', age: 30 } },
    ],
    keys,
  )
  await server.putAudience(
    { key: 'pros', condition: { trait: 'plan', op: 'equals', value: 'pro' } },
    { keys },
  )
  const young = { all: [{ audience: 'pros' }, { trait: 'age', op: 'lt', value: 50 }] }
  await server.putAudience({ key: 'young-pros', condition: young }, { keys })
  await server.audienceLive('young-pros', keys)
  expect(await server.members('young-pros', keys)).toEqual(['user_id:a'])
  const gone = await server.write('/v1/audiences/pros', 'DELETE', undefined, keys)
  expect(gone).toMatchObject({ status: 409, json: { error: { code: 'in_use' } } })
  const circle = await server.write(
    '/v1/audiences/pros',
    'PUT',
    { condition: { audience: 'young-pros' } },
    keys,
  )
  expect(circle).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid_condition', path: 'condition' } },
  })
  await server.putAudience(
    { key: 'pros', condition: { trait: 'plan', op: 'equals', value: 'free' } },
    { keys, method: 'PUT' },
  )
  await server.audienceLive('young-pros', keys)
  await server.audienceLive('pros', keys)
  expect(await server.members('pros', keys)).toEqual(['user_id:c'])
  expect(await server.members('young-pros', keys)).toEqual(['user_id:c'])
  expect((await server.write('/v1/audiences/young-pros', 'DELETE', undefined, keys)).status).toBe(200)
  expect((await server.write('/v1/audiences/pros', 'DELETE', undefined, keys)).status).toBe(200)
  expect((await server.read('/v1/audiences/pros', { keys })).status).toBe(404)
  expect(await audiencesOf('c', keys)).toEqual([])
})

test('twelve audiences at once are prepared together', async () => {
  const keys = await server.addWorkspace('many')
  const events: object[] = []
  for (let person = 0; person < 30; person++)
    for (let bought = 0; bought <= person % 6; bought++)
      events.push(order(`p${person}`, 10 * (bought + 1), bought))
  await server.sendAll(events, keys)
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      server.putAudience(
        {
          key: `a${index}`,
          condition: {
            event: 'Order Completed',
            count: { op: index % 2 === 0 ? 'gte' : 'lte', value: index >> 1 },
          },
        },
        { keys },
      ),
    ),
  )
  for (let index = 0; index < 12; index++) {
    const audience = await server.audienceLive(`a${index}`, keys)
    const counts = Array.from({ length: 30 }, (_, person) => (person % 6) + 1)
    const wanted = counts.filter((count) =>
      index % 2 === 0 ? count >= index >> 1 : count <= index >> 1,
    ).length
    expect({ index, size: audience.size }).toEqual({ index, size: wanted })
    expect(await server.members(`a${index}`, keys)).toHaveLength(wanted)
  }
  const list = await server.read('/v1/audiences', { keys })
  expect(list.json['audiences']).toHaveLength(12)
})

test('who has more events than a fragment keeps is answered for by ClickHouse, and why says so', async () => {
  const keys = await server.addWorkspace('cold')
  const condition = {
    event: 'Order Completed',
    aggregate: { fn: 'sum', property: 'revenue' },
    op: 'gte',
    value: 1_300,
    within: '90d',
  }
  await server.putAudience({ key: 'sum', condition }, { keys })
  await server.audienceLive('sum', keys)
  await server.sendAll(
    Array.from({ length: 1_200 }, (_, index) => order('busy', 1, index / 100)),
    keys,
  )
  await server.settle(keys)
  // every connection of the pool has answered the feed before the cold leaf asks its own question on one of them
  const feeds = await Promise.all(Array.from({ length: 40 }, () => server.read('/v1/events', { keys })))
  expect(new Set(feeds.map(({ status }) => status))).toEqual(new Set([200]))
  await eventually(async () => {
    const why = (await server.read('/v1/profiles/user_id:busy/why?audience=sum', { keys }))
      .json as unknown as WhyAnswer
    const leaf = why.leaves.find((each) => each.cold)
    expect(leaf).toMatchObject({ holds: false })
    expect(leaf?.because['asOf']).toEqual(expect.any(String))
  })
  expect(await audiencesOf('busy', keys)).toEqual([])
  await server.sendAll(
    Array.from({ length: 200 }, () => order('busy', 1)),
    keys,
  )
  await server.settle(keys)
  server.clockOffset += 1
  // asked again within half a minute
  const end = Date.now() + 45_000
  while ((await audiencesOf('busy', keys)).length === 0 && Date.now() < end) await pause(500)
  expect(await audiencesOf('busy', keys)).toEqual(['sum'])
  expect((await server.read('/v1/events', { keys })).status).toBe(200)
  expect(server.log.filter(({ event }) => event === 'cold_reader_waits')).toEqual([])
}, 90_000)

test('an un-merge says which audiences it changes, first as a trial', async () => {
  const keys = await server.addWorkspace('undo')
  await server.putAudience({ key: 'twice', condition: TWICE }, { keys })
  await server.audienceLive('twice', keys)
  await server.sendAll(
    [
      order('one', 60),
      { ...order('two', 70), userId: undefined, anonymousId: 'cookie' },
      { type: 'identify', userId: 'one', anonymousId: 'cookie' },
    ],
    keys,
  )
  await server.settle(keys)
  expect(await audiencesOf('one', keys)).toEqual(['twice'])
  const body = { identifier: { namespace: 'anonymous_id', value: 'cookie' } }
  const tried = await server.write('/v1/identity/unmerge?dryRun=true', 'POST', body, keys)
  expect(tried.json['changes']).toMatchObject({ audiences: [{ audience: 'twice', entered: false }] })
  expect(await audiencesOf('one', keys)).toEqual(['twice'])
  const done = await server.write('/v1/identity/unmerge', 'POST', body, keys)
  expect(done.json['changes']).toEqual(tried.json['changes'])
  expect(await audiencesOf('one', keys)).toEqual([])
})

test.each([
  [{ trait: 'plan', op: 'is', value: 1 }, 'condition.op'],
  [
    {
      all: [
        { trait: 'plan', op: 'exists' },
        { event: 'A', where: [{ property: 'p', op: 'gt', value: '5' }] },
      ],
    },
    'condition.all[1].where[0].value',
  ],
  [{ event: 'A', within: '30 dyas' }, 'condition.within'],
  [{ event: 'A', count: { op: 'gte', value: -1 } }, 'condition.count.value'],
  [{ traits: 'plan' }, 'condition.traits'],
  [{ computed: 'ltv', op: 'gte', value: 1 }, 'condition.computed'],
  [{ any: [] }, 'condition.any'],
  [{ audience: 'nobody' }, 'condition'],
  [undefined, 'condition'],
])('a malformed condition is refused with its place: %j', async (condition, path) => {
  for (const url of ['/v1/audiences/preview', '/v1/audiences']) {
    const body = url.endsWith('preview') ? { condition } : { key: 'bad', condition }
    const answer = await server.write(url, 'POST', body)
    expect(answer).toMatchObject({ status: 400, json: { error: { path } } })
  }
  expect((await server.read('/v1/audiences/bad')).status).toBe(404)
})

test('a request names the field that it does not know; one that needs no body may say that it is JSON', async () => {
  const condition = { trait: 'plan', op: 'exists' }
  const asked = await server.write('/v1/audiences', 'POST', { key: 'typo', condition, populations: 'all' })
  expect(asked).toMatchObject({
    status: 400,
    json: { error: { code: 'unknown_field', path: 'populations' } },
  })
  const named = await server.write('/v1/audiences', 'POST', { key: 'Not a key', condition })
  expect(named.json).toMatchObject({
    error: { path: 'key', message: '"key": A key has 1 to 64 of a-z, 0-9, _ and -.' },
  })
  await server.putAudience({ key: 'gone', condition })
  const headers = { 'content-type': 'application/json' }
  expect((await server.read('/v1/audiences/gone', { method: 'DELETE', headers })).status).toBe(200)
  expect((await server.read('/v1/audiences', { method: 'POST', headers })).json).toMatchObject({
    error: { code: 'empty_body' },
  })
})

test('a condition as long as it may be is asked all the same', async () => {
  const keys = await server.addWorkspace('long')
  const name = (index: number) => `${index}`.padEnd(100, 'é')
  await server.sendAll([{ type: 'identify', userId: 'last', traits: { plan: name(499) } }], keys)
  await server.settle(keys)
  const condition = { trait: 'plan', op: 'in', value: Array.from({ length: 500 }, (_, index) => name(index)) }
  const answer = await server.write('/v1/audiences/preview', 'POST', { condition }, keys)
  expect(answer, answer.text).toMatchObject({ status: 200, json: { size: 1 } })
  const many = { any: Array.from({ length: 51 }, (_, index) => ({ event: `Event ${index}` })) }
  const refused = await server.write('/v1/audiences/preview', 'POST', { condition: many }, keys)
  expect(refused).toMatchObject({ status: 400, json: { error: { code: 'invalid_condition' } } })
})

test('an audience that is there already, or has no proper key, is refused', async () => {
  const condition = { trait: 'plan', op: 'exists' }
  await server.putAudience({ key: 'there', condition })
  const again = await server.write('/v1/audiences', 'POST', { key: 'there', condition })
  expect(again).toMatchObject({ status: 409, json: { error: { code: 'already_exists', path: 'key' } } })
  for (const key of ['', 'Upper', 'a b', 'x'.repeat(65)])
    expect((await server.write('/v1/audiences', 'POST', { key, condition })).status).toBe(400)
  const renamed = await server.write('/v1/audiences/there', 'PUT', { name: 'There it is' })
  expect(renamed.json as unknown as AudienceAnswer).toMatchObject({ name: 'There it is', condition })
  expect((await server.write('/v1/audiences/nowhere', 'PUT', { name: 'x' })).status).toBe(404)
})
