import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
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

test('live events by keyboard: they appear as they come, pause keeps a buffer, a refused one is repaired and replayed', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.sendAll([{ type: 'track', userId: 'u-1', event: 'Before' }])
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/live')
  await page.getByRole('row', { name: /Before/ }).waitFor()
  await server.sendAll([{ type: 'track', userId: 'u-1', event: 'While looking' }])
  await page.getByRole('row', { name: /While looking/ }).waitFor({ timeout: 5_000 })

  await page.getByRole('button', { name: 'Pause' }).focus()
  await member.press('Enter')
  await server.sendAll([{ type: 'track', userId: 'u-1', event: 'While paused' }])
  await page.getByText('+1 new').first().waitFor({ timeout: 5_000 })
  expect(await page.getByRole('row', { name: /While paused/ }).count()).toBe(0)
  await page.getByRole('button', { name: 'Resume' }).focus()
  await member.press('Enter')
  await page.getByRole('row', { name: /While paused/ }).waitFor({ timeout: 5_000 })

  // a checkout that forgot who it was
  const refused = await server.send('/v1/track', { event: 'Order Completed', properties: { revenue: 20 } })
  expect(refused.status).toBe(400)
  await page.goto(`${server.url}/w/main/live?outcome=refused`)
  const row = page.getByRole('row', { name: /Order Completed/ })
  await row.waitFor({ timeout: 5_000 })
  expect(page.url()).toContain('outcome=refused')
  await row.getByRole('link').first().focus()
  await member.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Order Completed' })
  await panel.waitFor({ timeout: 5_000 })
  await panel.getByRole('button', { name: 'Repair and replay' }).focus()
  await member.press('Enter')
  const editor = panel.getByRole('textbox', { name: 'The event as it should have been' })
  await editor.waitFor({ timeout: 5_000 })
  const text = JSON.parse(await editor.inputValue()) as Record<string, unknown>
  await editor.fill(JSON.stringify({ ...text, userId: 'u-2' }, undefined, 2))
  await panel.getByRole('button', { name: 'Replay this event' }).focus()
  await member.press('Enter')
  await panel.getByText(/Taken at position/).waitFor({ timeout: 5_000 })
  const profile = await server.profile('user_id', 'u-2')
  expect(profile).toMatchObject({ events: 1 })
  await panel.getByText(/^Replayed · by Owner/).waitFor({ timeout: 5_000 })
  await member.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /Order Completed.*Replayed as position/ }).waitFor({ timeout: 5_000 })
  await page.goto(`${server.url}/w/main/live?handling=open`)
  await page.getByText('No event fits these filters').waitFor({ timeout: 15_000 })
  expect(member.faults).toEqual([])
  await member.leave()
})
