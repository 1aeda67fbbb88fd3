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

test('a wrong merge is undone from the profile page by keyboard: tried first, told in sentences, then two people again', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.sendAll([
    { type: 'identify', userId: 'ada', traits: { name: 'Ada Lovelace', email: 'ada@example.com' } },
    { type: 'track', anonymousId: 'shared-tablet', event: 'Product Viewed', properties: { sku: 'a' } },
    { type: 'track', userId: 'ada', anonymousId: 'shared-tablet', event: 'Order Completed' },
  ])
  await server.settle()
  const before = await server.profile('user_id', 'ada')
  expect(await server.profile('anonymous_id', 'shared-tablet')).toMatchObject({ id: before?.id })
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open(`/w/main/people/${before?.id}`)
  await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor()
  await page.getByRole('tab', { name: 'Identity' }).focus()
  await member.press('Enter')
  await page
    .getByRole('tab', { name: 'Identity', selected: true })
    .waitFor()
    .catch(() => undefined)
  const merges = page.getByRole('region', { name: 'Merges' })
  await merges.getByText('shared-tablet').first().waitFor()
  await merges.getByRole('button', { name: 'Undo this merge' }).first().focus()
  await member.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('One person for now; these are the two it would become.').waitFor()
  // tried, not done
  expect(await server.profile('anonymous_id', 'shared-tablet')).toMatchObject({ id: before?.id })
  await dialog.getByRole('button', { name: 'Undo this merge' }).focus()
  await member.press('Enter')
  await dialog.getByText('They are two people now.').waitFor()
  const visitor = await server.profile('anonymous_id', 'shared-tablet')
  expect(visitor?.id).not.toBe((await server.profile('user_id', 'ada'))?.id)
  await dialog.getByRole('button', { name: /^Stay with/ }).focus()
  await member.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Merge undone').first().waitFor()
  expect(member.faults).toEqual([])
  await member.leave()
})
