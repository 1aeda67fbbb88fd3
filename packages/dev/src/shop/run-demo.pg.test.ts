import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_AUDIENCES } from './demo-setup.ts'
import { measureIdentity, ownersOf } from './identity-quality.ts'
import { makeShop } from './make-shop.ts'
import { runDemo } from './run-demo.ts'
import type { Progress } from './send/progress-file.ts'

const PEOPLE = 200
const WAIT_MS = 60_000

let server: TestServer
let folder: string
let demoFile: string

beforeAll(async () => {
  server = await startTestServer()
  folder = await mkdtemp(join(tmpdir(), 'affluent-shop-'))
  demoFile = join(folder, 'demo.json')
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It does not come to that.')
    await pause(100)
  }
}

const progress = async () =>
  JSON.parse(
    await readFile(join(folder, 'demo-progress.json'), 'utf8').catch(() => '{}'),
  ) as Partial<Progress>

test('a small shop goes through the collect endpoint: its people become profiles, its audiences fill, it goes on where it was, and it ends when the demo is removed', async () => {
  const { writeKey, apiKey } = server.keys
  const options = { seed: 3, people: PEOPLE, days: 90, endAt: Date.now() }
  const sources = Object.fromEntries(
    ['web', 'app', 'tills', 'crm', 'helpdesk', 'email'].map((source) => [source, writeKey]),
  )
  const describeDemo = () => writeFile(demoFile, JSON.stringify({ url: server.url, apiKey, sources }))

  const said: string[] = []
  const how = { file: demoFile, speed: 1, say: (line: string) => void said.push(line) }
  // the shop may be there before its server
  const stop = new AbortController()
  const first = runDemo(options, { ...how, signal: stop.signal })
  await describeDemo()
  await until(async () => (await progress()).hasAudiences === true)
  stop.abort()
  expect(await first).toBe(0)

  const records = [...makeShop(options)]
  const counts = await server.settle()
  const bad = records.filter(
    ({ planted }) => planted !== undefined && /_/.test(planted) && planted !== 'message_id_conflict',
  )
  expect(counts.refused).toBe(bad.length)
  expect(counts.quarantined).toBe(records.filter(({ planted }) => planted === 'message_id_conflict').length)
  const copies = records.filter(({ planted }) => planted === 'copy')
  // what the shop has lived on since is not in the records
  expect(counts.duplicates).toBeGreaterThanOrEqual(copies.length)
  expect(counts.duplicates).toBeLessThan(copies.length + 5)
  expect(counts.accepted).toBeGreaterThanOrEqual(records.length - bad.length)

  const quality = measureIdentity(ownersOf(records), await readProfiles())
  expect(quality.precision).toBeGreaterThan(0.95)
  expect(quality.recall).toBeGreaterThan(0.5)
  const sizes = await Promise.all(
    DEMO_AUDIENCES.map(async ({ key }) => (await server.audienceLive(String(key))).size),
  )
  expect(Math.max(...sizes.map(Number))).toBeGreaterThan(5)
  // one is repaired, one dismissed, and something is left to decide
  const { rows: handled } = await server.database.query<{
    replayed: number
    dismissed: number
    open: number
  }>(
    `select count(*) filter (where replayed_at is not null) as replayed, count(*) filter (where dismissed_at is not null) as dismissed,
       count(*) filter (where replayed_at is null and dismissed_at is null) as open
     from outcome where outcome = 'refused'`,
  )
  expect(handled[0]).toMatchObject({ replayed: 1, dismissed: bad.length > 2 ? 1 : 0 })
  expect(handled[0]?.open).toBeGreaterThan(0)
  expect(said.at(-1)).toMatch(/Demo shop: [\d,]+ events in/)

  // a second run sends only what has come since, and ends by itself once the demo is gone
  const before = (await server.pipeline()).accepted
  const { sent } = await progress()
  const second = runDemo(options, { ...how, signal: new AbortController().signal })
  await until(async () => ((await progress()).sent ?? 0) >= Number(sent))
  await pause(1_500)
  expect((await server.pipeline()).accepted - before).toBeLessThan(200)
  await rm(demoFile)
  expect(await second).toBe(0)
  expect(await progress()).toEqual({})
}, 120_000)

async function readProfiles(): Promise<Map<string, number>> {
  const { rows } = await server.database.query<{ namespace: string; value: string; profile: number }>(
    `select identifier.namespace, identifier.value, fragment.profile from identifier
     join fragment on fragment.workspace_id = identifier.workspace_id and fragment.id = identifier.owner
     where identifier.workspace_id = 1`,
  )
  return new Map(rows.map(({ namespace, value, profile }) => [`${namespace}:${value}`, profile]))
}
