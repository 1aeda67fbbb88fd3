import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleSession, signIn } from './testing/console-session.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let session: ConsoleSession

beforeAll(async () => {
  server = await startTestServer({ demo: true })
  session = await signIn(server.url)
})

afterAll(() => server.stop())

interface DemoFile {
  readonly url: string
  readonly apiKey: string
  readonly sources: Readonly<Record<string, string>>
}

async function readDemoFile(): Promise<DemoFile> {
  return JSON.parse(await readFile(join(server.dataDir, 'demo.json'), 'utf8')) as DemoFile
}

test('the first start makes the demo shop, and tells the program that fills it where to send', async () => {
  const { json } = await session.ask('/v1/workspaces')
  expect(json['workspaces']).toMatchObject([
    { slug: 'main', isDemo: false },
    { slug: 'shop', name: 'Maison Confluent', kind: 'sandbox', isDemo: true, status: 'ready' },
  ])
  const file = await readDemoFile()
  expect(Object.keys(file)).toEqual(['url', 'apiKey', 'sources'])
  expect(file).toMatchObject({ url: server.url, apiKey: expect.stringMatching(/^affluent_ak_/) })
  expect(Object.keys(file.sources)).toEqual(['web', 'app', 'tills', 'crm', 'helpdesk', 'email'])
  expect((await stat(join(server.dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)
  const tills = { writeKey: file.sources['tills'] as string, apiKey: '' }
  expect((await server.send('/v1/track', { event: 'Sold', userId: 'u1' }, { keys: tills })).status).toBe(200)
})

test('each start writes the file anew', async () => {
  const before = await readDemoFile()
  const began = Date.now()
  await server.halt()
  await server.start()
  const { url, sources } = await readDemoFile()
  expect(url).toBe(server.url)
  expect(sources).toEqual(before.sources)
  expect((await stat(join(server.dataDir, 'demo.json'))).mtimeMs).toBeGreaterThanOrEqual(began)
})

test('a demo shop that was removed does not come back', async () => {
  session = await signIn(server.url)
  const removal = await session.ask('/v1/workspaces/shop?confirm=shop', { method: 'DELETE' })
  expect(removal.status).toBe(202)
  expect(existsSync(join(server.dataDir, 'demo.json'))).toBe(false)
  const slugs = async () => {
    const { json } = await session.ask('/v1/workspaces')
    return (json['workspaces'] as { slug: string }[]).map(({ slug }) => slug)
  }
  const end = Date.now() + 30_000
  while ((await slugs()).includes('shop') && Date.now() < end) await pause(100)
  expect(await slugs()).toEqual(['main'])
  await server.halt()
  await server.start()
  session = await signIn(server.url)
  expect(await slugs()).toEqual(['main'])
  expect(existsSync(join(server.dataDir, 'demo.json'))).toBe(false)
})
