import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let browser: Browser | undefined

beforeAll(async () => {
  server = await startTestServer()
  await server.sendAll([
    { type: 'track', userId: 'mc_06x09sq', event: 'Order Completed' },
    { type: 'track', userId: 'u-2', event: 'Cart Viewed' },
  ])
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

test('a room whose code did not come says so and opens by itself once the server answers', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'fr' })
  const { page } = member
  let isDown = true
  await page.route(/\/(assets\/sources-room|readyz)/, (route) => (isDown ? route.abort() : route.continue()))
  await page.goto(`${server.url}/w/main/sources`)
  await page.getByText('Cette page n’a pas pu être chargée').waitFor({ timeout: 10_000 })
  isDown = false
  await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor({ timeout: 20_000 })
  await member.leave()
})

test('rooms that nobody has visited open although the server has stopped since, and say what is missing', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  const isLoaded = page.waitForResponse((answer) => answer.url().includes('/assets/destinations-room'))
  await member.open('/w/main/')
  await isLoaded
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.route('**/*', (route) => route.abort())
  await page.getByRole('link', { name: 'Destinations' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor({ timeout: 10_000 })
  expect(await page.getByText('Unable to preload').count()).toBe(0)
  await member.leave()
})

test('by keyboard: search opens from within a field, heads of columns are no stops, a closed panel gives its row back', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/live')
  const row = page.getByRole('row', { name: /Order Completed/ })
  await row.waitFor({ timeout: 5_000 })
  expect(await page.locator('[role="separator"][tabindex="0"]').count()).toBe(0)

  await row.getByRole('cell').nth(2).click()
  const panel = page.getByRole('complementary', { name: 'Order Completed' })
  await panel.waitFor({ timeout: 5_000 })
  await member.press('Escape')
  await panel.waitFor({ state: 'detached' })
  expect(
    await row
      .getByRole('link')
      .first()
      .evaluate((link) => link === document.activeElement),
  ).toBe(true)

  await page.getByRole('combobox', { name: 'Name' }).focus()
  await member.press('Control+k')
  await page.getByPlaceholder(/./).and(page.locator('.mantine-Spotlight-search')).waitFor({ timeout: 5_000 })
  expect(member.faults).toEqual([])
  await member.leave()
})

test('an identifier is drawn letter by letter: an x between digits stays an x', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'fr' })
  await member.open('/w/main/live')
  const ligatures = await member.page
    .getByText('mc_06x09sq')
    .first()
    .evaluate((element) => getComputedStyle(element).fontVariantLigatures)
  expect(ligatures).toBe('no-contextual')
  await member.leave()
})
