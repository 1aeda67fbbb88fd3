import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, startTestServer, TestServer, type WorkspaceKeys } from '../../testing/test-server.ts'

const PREVIEWS = 9
const TEXT = 'Çà et là, où l’été s’étend, un café crème. '.repeat(32)
const CHEAP = { trait: 'plan', op: 'equals', value: 'pro' }

let server: TestServer
let other: WorkspaceKeys
beforeAll(async () => {
  server = await startTestServer()
  other = await server.addWorkspace('other')
  await server.sendAll(
    Array.from({ length: 2_000 }, (_, index) => ({
      type: 'track',
      event: 'Viewed',
      userId: `u${index % 500}`,
      properties: { title: `${TEXT}${index}`, sku: `sku-${index}` },
    })),
  )
  await server.settle()
}, 60_000)
afterAll(() => server.stop())

/** Of the dearest kind: every leaf folds every title. */
function dear(leaves: number): object {
  return {
    any: Array.from({ length: leaves }, (_, index) => ({
      event: 'Viewed',
      where: [{ property: 'title', op: 'contains', value: `élan ${index}`, ignoreCase: true }],
      aggregate: { fn: 'distinct', property: 'sku' },
      op: 'gte',
      value: 1,
    })),
  }
}

function preview(condition: object, keys: WorkspaceKeys, signal?: AbortSignal): Promise<Answer> {
  return server.read('/v1/audiences/preview', {
    method: 'POST',
    keys,
    body: JSON.stringify({ condition }),
    headers: { 'content-type': 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  })
}

async function running(): Promise<number> {
  const rows = await server.askClickHouse<{ previews: string }>(
    "select count() as previews from system.processes where query like '%groupArraySorted%' and query not like '%system.processes%'",
  )
  return Number(rows[0]?.previews)
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error('It did not come to that.')
    await pause(50)
  }
}

test('while one workspace has nine dear previews under way, the previews of another do not wait for them', async () => {
  let answered = 0
  const all = Array.from({ length: PREVIEWS }, async () => {
    const answer = await preview(dear(10), server.keys)
    answered += 1
    return answer
  })
  await until(async () => (await running()) > 0)
  expect(await preview(CHEAP, other)).toMatchObject({ status: 200, json: { size: 0 } })
  expect(answered).toBeLessThan(PREVIEWS / 2)
  for (const { status } of await Promise.all(all)) expect([200, 503]).toContain(status)
}, 120_000)

test('a preview ends in ClickHouse when its caller hangs up, and who waited for a turn waits no more', async () => {
  const gone = new AbortController()
  const all = Array.from({ length: PREVIEWS }, () => preview(dear(20), server.keys, gone.signal))
  await until(async () => (await running()) > 0)
  gone.abort()
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(
    Array.from({ length: PREVIEWS }, () => 'rejected'),
  )
  await until(async () => (await running()) === 0)
  expect(await preview(CHEAP, server.keys)).toMatchObject({ status: 200 })
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
}, 120_000)

test('what takes too long is ended, and refused with what makes it cheaper', async () => {
  await server.halt()
  server = new TestServer(server.dataDir, { readMs: 50 })
  await server.start()
  const { status, headers, json } = await preview(dear(20), server.keys)
  expect({ status, json }).toMatchObject({
    status: 503,
    json: { error: { code: 'query_too_slow', message: expect.stringContaining('fewer event conditions') } },
  })
  expect(headers.get('retry-after')).toBe('5')
  await until(async () => (await running()) === 0)
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  expect(server.log.filter(({ event }) => event === 'reads_overloaded')).toHaveLength(1)
}, 60_000)
