import { FRESH_SIGN_IN_MS_MAX } from '@affluent/protocol/limits'
import { OWNER, request, startTestServer, type TestServer } from '@affluent/server/testing/test-server'
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

async function statusWith(secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` }
  return (await request(`${server.url}/v1/pipeline`, { headers })).status
}

test('a key is made by keyboard, used, and revoked after the password was asked for again in place; then it answers 401', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/team')
  // whoever signed in a while ago
  server.clockOffset += FRESH_SIGN_IN_MS_MAX
  await page.getByRole('button', { name: 'New key' }).focus()
  await member.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New API key' })
  await dialog.getByRole('textbox', { name: 'Name' }).waitFor()
  await member.type('Data warehouse')
  await member.press('Enter')
  const again = page.getByRole('dialog', { name: 'Your password, once more' })
  await again.waitFor()
  // Escape closes the question, not what was typed
  await member.press('Escape')
  await again.waitFor({ state: 'detached' })
  expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Data warehouse')
  await dialog.getByRole('textbox', { name: 'Name' }).press('Enter')
  await again.getByLabel('Password of').waitFor()
  await member.type('not the password')
  await member.press('Enter')
  await again.getByText('This password is not right.').waitFor()
  await again.getByLabel('Password of').fill(OWNER.password)
  await member.press('Enter')
  const shown = page.getByRole('dialog', { name: 'The key “Data warehouse”' })
  const secret = await shown.locator('code').first().innerText()
  expect(secret).toMatch(/^affluent_ak_/)
  expect(await statusWith(secret)).toBe(200)
  await shown.getByRole('button', { name: 'I have copied it' }).focus()
  await member.press('Enter')
  await shown.waitFor({ state: 'detached' })
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: 'Revoke Data warehouse' }).focus()
  await member.press('Enter')
  const asked = page.getByRole('dialog', { name: 'Revoke “Data warehouse”' })
  await asked.getByRole('button', { name: 'Revoke the key' }).focus()
  await member.press('Enter')
  await asked.waitFor({ state: 'detached' })
  expect(await statusWith(secret)).toBe(401)
  await page.getByRole('button', { name: 'Revoke Data warehouse' }).waitFor({ state: 'detached' })
  expect(member.faults).toEqual([])
  await member.leave()
})
