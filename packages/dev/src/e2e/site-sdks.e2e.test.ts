import { setTimeout as pause } from 'node:timers/promises'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, openContext, startChromium } from './chromium.ts'
import { ShopPage } from './shop-page.ts'

let server: TestServer
let browser: Browser | undefined
let shop: ShopPage

beforeAll(async () => {
  server = await startTestServer()
  shop = await ShopPage.start(server.url, server.keys.writeKey)
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await shop.stop()
  await server.stop()
})

test('analytics-next, unchanged, on a page of another origin: anonymous browsing, then identify, is one person', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const visitor = await openContext(browser, { language: 'en' })
  const page = await visitor.newPage()
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') said.push(message.text())
  })
  await page.goto(`${shop.url}/shoes`)
  await page.evaluate("analytics.track('Product Viewed', { sku: 'a-1' })")
  await page.goto(`${shop.url}/account`)
  const anonymous = await page.evaluate('analytics.user().then((user) => user.anonymousId())')
  const before = await eventually(() => server.profile('anonymous_id', String(anonymous)))
  expect(before).toMatchObject({ kind: 'visitor' })
  await page.evaluate("analytics.identify('u-1', { email: 'ada@example.com', plan: 'pro' })")
  const began = Date.now()
  const known = await eventually(() => server.profile('user_id', 'u-1'))
  expect(Date.now() - began).toBeLessThan(2_000)
  expect(known).toMatchObject({ kind: 'known', traits: { email: 'ada@example.com', plan: 'pro' } })
  // one person: by the cookie, by the user id, and by the id of the visitor of before
  expect(await server.profile('anonymous_id', String(anonymous))).toMatchObject({ id: known.id })
  expect((await server.read(`/v1/profiles/${before.id}`)).json['profile']).toMatchObject({ id: known.id })
  const events = await eventually(async () => {
    const all = await server.events('user_id', 'u-1')
    return all.length >= 4 ? all : undefined
  })
  expect(events.map(({ type }) => type).sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    'identify',
    'page',
    'page',
    'track',
  ])
  expect(said).toEqual([])
  await visitor.close()
})

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 15_000
  for (;;) {
    const found = await ask().catch(() => undefined)
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('It did not come about in 15 s.')
    await pause(50)
  }
}
