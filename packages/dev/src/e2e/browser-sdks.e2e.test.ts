import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NO_CHROMIUM, openContext, startChromium } from './chromium.ts'
import { ClientFront, type Failure, typesOf } from './client-front.ts'
import { SdkPage } from './sdk-page.ts'

const require = createRequire(import.meta.url)
const RUDDERSTACK = resolve(require.resolve('@rudderstack/analytics-js'), '../../bundled/esm/index.mjs')
const SEGMENT = resolve(require.resolve('@segment/analytics-next/package.json'), '../dist/umd/index.js')
const JITSU = resolve(require.resolve('@jitsu/js'), '../jitsu.es.js')
const FAILURES: readonly Failure[] = [503, 429, 'answer lost']

let server: TestServer
let browser: Browser | undefined
let front: ClientFront | undefined
let site: SdkPage | undefined

beforeAll(async () => {
  server = await startTestServer()
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})
afterEach(async () => {
  await site?.stop()
  await front?.stop()
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
})

/**
 * A page of another origin that has loaded a library, and what it says of requests that a browser did not let it make.
 */
async function open(on: Browser, file: string, script: string): Promise<{ page: Page; blocked: string[] }> {
  site = await SdkPage.start(file, script)
  const page = await (await openContext(on, { language: 'en' })).newPage()
  const blocked: string[] = []
  page.on('console', (message) => {
    if (/CORS|blocked/i.test(message.text())) blocked.push(message.text())
  })
  await page.goto(site.url)
  return { page, blocked }
}

describe.each([
  ['as it is', []],
  ['while answers are 503, 429 and lost', FAILURES],
] as const)('a library for browsers, unchanged, on a page of another origin, %s', (name, failures) => {
  test("RudderStack's: starts with our configUrl, and its five calls arrive, each once", {
    timeout: 90_000,
  }, async (context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    front = await ClientFront.start(server, failures)
    const userId = `rudder ${name}`
    const { page, blocked } = await open(
      browser,
      RUDDERSTACK,
      `import { RudderAnalytics } from '/sdk.js'
       const analytics = new RudderAnalytics()
       analytics.load('${server.keys.writeKey}', '${front.url}', { configUrl: '${front.url}', queueOptions: { minRetryDelay: 200 } })
       analytics.ready(() => { window.isReady = true })
       window.analytics = analytics`,
    )
    await page.waitForFunction('window.isReady === true')
    const anonymous = String(await page.evaluate('analytics.getAnonymousId()'))
    await page.evaluate("analytics.page('Shop', 'Home')")
    await page.evaluate(
      `analytics.identify('${userId}', { email: '${failures.length}@browser.example', plan: 'gold' })`,
    )
    await page.evaluate("analytics.track('Order Completed', { revenue: 20 })")
    await page.evaluate("analytics.group('acme', { size: 3 })")
    await page.evaluate(`analytics.alias('${userId}', '${userId} before')`)
    await front.expectStored(5)
    expect(await typesOf(server, 'user_id', userId)).toEqual(['alias', 'group', 'identify', 'page', 'track'])
    const profile = await server.profile('user_id', userId)
    expect(profile).toMatchObject({ kind: 'known', traits: { plan: 'gold' } })
    expect((await server.profile('anonymous_id', anonymous))?.id).toBe(profile?.id)
    expect(front.seen.some(({ path }) => path.startsWith('/sourceConfig/?'))).toBe(true)
    expect(front.seen.filter(({ method }) => method === 'OPTIONS').length).toBeGreaterThan(0)
    expect(blocked).toEqual([])
  })

  test("Segment's: its six calls arrive, each once", { timeout: 90_000 }, async (context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    front = await ClientFront.start(server, failures)
    const userId = `segment ${name}`
    const { host } = new URL(front.url)
    const { page, blocked } = await open(
      browser,
      SEGMENT,
      `window.analytics = AnalyticsNext.AnalyticsBrowser.load(
         { writeKey: '${server.keys.writeKey}', cdnURL: '${front.url}' },
         { integrations: { 'Segment.io': { apiHost: '${host}/v1', protocol: 'http' } } })
       window.isReady = true`,
    )
    await page.waitForFunction('window.isReady === true')
    await page.evaluate("analytics.page('Shop', 'Home')")
    await page.evaluate(
      `analytics.identify('${userId}', { email: '${failures.length}@next.example', plan: 'gold' })`,
    )
    await page.evaluate("analytics.track('Order Completed', { revenue: 20 })")
    await page.evaluate("analytics.screen('Start')")
    await page.evaluate("analytics.group('acme', { size: 3 })")
    await page.evaluate(`analytics.alias('${userId}', '${userId} before')`)
    await front.expectStored(6)
    expect(await typesOf(server, 'user_id', userId)).toEqual([
      'alias',
      'group',
      'identify',
      'page',
      'screen',
      'track',
    ])
    expect((await server.profile('user_id', userId))?.traits).toMatchObject({ plan: 'gold' })
    expect(blocked).toEqual([])
  })
})

test("Jitsu's library for browsers, unchanged, on a page of another origin: the calls that it has arrive", async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  front = await ClientFront.start(server)
  const { page, blocked } = await open(
    browser,
    JITSU,
    `import { jitsuAnalytics } from '/sdk.js'
     window.analytics = jitsuAnalytics({ host: '${front.url}', writeKey: '${server.keys.writeKey}:secret', debug: true })
     window.isReady = true`,
  )
  await page.waitForFunction('window.isReady === true')
  await page.evaluate("analytics.page({ name: 'Home' })")
  await page.evaluate("analytics.identify('jitsu browser', { email: 'ada@jitsu.example', plan: 'gold' })")
  await page.evaluate("analytics.track('Order Completed', { revenue: 20 })")
  await page.evaluate("analytics.group('acme', { size: 3 })")
  await front.expectStored(4)
  expect(await typesOf(server, 'user_id', 'jitsu browser')).toEqual(['group', 'identify', 'page', 'track'])
  expect(
    front.seen.filter(({ method, path }) => method === 'OPTIONS' && path === '/api/s/track'),
  ).toHaveLength(1)
  expect(blocked).toEqual([])
})
