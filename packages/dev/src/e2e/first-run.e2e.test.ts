import { OWNER, startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, openContext, startChromium } from './chromium.ts'
import { ShopPage } from './shop-page.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let browser: Browser | undefined

beforeAll(async () => {
  server = await startTestServer()
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

test('first run, in French and by keyboard: sign in, copy the snippet, see the first event arrive and become one person', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.arrive(browser, server, { language: 'fr' })
  const { page } = member
  await page.goto(server.url)
  await page.getByLabel('E-mail').waitFor()
  expect(await page.evaluate('document.documentElement.lang')).toBe('fr')
  await page.getByLabel('E-mail').focus()
  await member.type(OWNER.email)
  await member.press('Tab')
  await member.type(OWNER.password)
  await member.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Accueil' }).waitFor()
  const snippet = page.locator('pre', { hasText: server.keys.writeKey }).first()
  await snippet.waitFor()
  expect(await snippet.textContent()).toContain(new URL(server.url).host)
  await page.getByText('En attente de votre premier événement').waitFor()

  const shop = await ShopPage.start(server.url, server.keys.writeKey)
  const visitor = await openContext(browser, { language: 'fr' })
  const site = await visitor.newPage()
  await site.goto(`${shop.url}/chaussures`)
  await page.getByText('Premier événement reçu').waitFor({ timeout: 5_000 })
  await site.evaluate("analytics.identify('u-1', { email: 'ada@example.com', name: 'Ada Lovelace' })")

  // one person is found by any identifier, from anywhere, by keyboard
  await member.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').or(page.getByRole('combobox')).first().waitFor()
  await member.type('ada@example.com')
  await page.getByText('Ada Lovelace').first().waitFor({ timeout: 5_000 })
  await member.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor()
  await page.getByText('u-1').first().waitFor()
  expect(member.faults).toEqual([])
  await visitor.close()
  await shop.stop()
  await member.leave()
})

test('a wrong password is said in words, and a page that was asked for is opened after signing in', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.arrive(browser, server, { language: 'en' })
  const { page } = member
  await page.goto(`${server.url}/w/main/sources`)
  await page.getByLabel('Email').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await member.press('Enter')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  await member.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor()
  expect(page.url()).toBe(`${server.url}/w/main/sources`)
  expect(member.faults).toEqual([])
  await member.leave()
})
