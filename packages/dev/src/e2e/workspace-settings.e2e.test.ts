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

async function nameOfWorkspace(): Promise<unknown> {
  const { json } = await server.read('/v1/workspaces')
  return (json['workspaces'] as unknown as { name: string }[])[0]?.name
}

async function renameByKey(name: string): Promise<void> {
  await server.write('/v1/workspaces/main', 'PUT', { name })
}

test('who saves the settings of a workspace after somebody else is told, sees both versions and chooses', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/settings')
  const form = page.getByRole('region', { name: /^The workspace/ })
  const name = form.getByRole('textbox', { name: 'Name of the workspace' })
  const save = form.getByRole('button', { name: 'Save', exact: true })
  const told = form.getByRole('alert', { name: 'Changed meanwhile' })

  await name.fill('Mine')
  await renameByKey('By the key')
  await save.press('Enter')
  await told.getByText(/^AFFLUENT_API_KEY changed this .*Nothing was saved/).waitFor()
  await told.getByRole('cell', { name: 'By the key' }).waitFor()
  await told.getByRole('cell', { name: 'Mine' }).waitFor()
  expect(await nameOfWorkspace()).toBe('By the key')
  await told.getByRole('button', { name: 'Save mine in its place' }).press('Enter')
  await form.getByText('Saved.').waitFor()
  await page.getByRole('heading', { name: 'The workspace “Mine”' }).waitFor()
  expect(await nameOfWorkspace()).toBe('Mine')

  await renameByKey('By the key again')
  await name.fill('Mine again')
  await save.press('Enter')
  await told.getByRole('cell', { name: 'By the key again' }).waitFor()
  await told.getByRole('button', { name: 'Take the other one' }).press('Enter')
  await told.waitFor({ state: 'detached' })
  expect(await name.inputValue()).toBe('By the key again')
  await name.fill('Ours')
  await save.press('Enter')
  await form.getByText('Saved.').waitFor()
  expect(await nameOfWorkspace()).toBe('Ours')
  expect(member.faults).toEqual([])
  await member.leave()
})
