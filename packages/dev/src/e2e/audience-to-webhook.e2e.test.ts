import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { WebhookReceiver } from '@affluent/server/testing/webhook-receiver'
import type { Browser, Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let receiver: WebhookReceiver
let browser: Browser | undefined

beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  receiver = await WebhookReceiver.start()
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await receiver.stop()
  await server.stop()
})

test('by keyboard: an audience from the builder, a webhook that is tested, a connection; a failed delivery is replayed', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.sendAll(
    ['u-1', 'u-2', 'u-3'].map((userId) => ({ type: 'track', userId, event: 'Order Completed' })),
  )
  await server.settle()
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  const press = async (name: string | RegExp, within: Pick<Page, 'getByRole'> = page) => {
    await within.getByRole('button', { name }).or(within.getByRole('link', { name })).first().focus()
    await member.press('Enter')
  }

  await member.open('/w/main/audiences')
  await press('New audience')
  await page.getByRole('textbox', { name: 'Name' }).focus()
  await member.type('Buyers')
  await press('Add a condition')
  await page.getByRole('menuitem', { name: /^Event/ }).focus()
  await member.press('Enter')
  await page.getByLabel('Event', { exact: true }).first().focus()
  await member.type('Order Completed')
  await member.press('Tab')
  // the count moves as the condition is typed
  const found = page
    .getByRole('region', { name: 'People found' })
    .or(page.getByText('People found').locator('..'))
  await found.getByText('3', { exact: true }).first().waitFor()
  await press('Save the audience')
  await page.getByRole('heading', { level: 1, name: 'Buyers' }).waitFor()
  await server.audienceLive('buyers')

  await member.open('/w/main/destinations')
  await press('New destination')
  await press('Choose the webhook')
  await page.getByRole('textbox', { name: 'Name' }).focus()
  await member.type('Shop back end')
  await page.getByRole('textbox', { name: 'Address' }).focus()
  await member.type(receiver.url)
  await press('Send a test')
  await page.getByText(/The destination answered 200/).waitFor()
  await press('Save the destination')
  const secret = page.getByText(/^whsec_/)
  await secret.waitFor()
  const shown = (await secret.textContent()) ?? ''
  await press('Connect a source or an audience')
  await page.getByRole('combobox', { name: 'From' }).or(page.getByLabel('From')).first().focus()
  await member.type('Buyers')
  await page
    .getByRole('option', { name: /Buyers/ })
    .first()
    .waitFor()
  await member.press('ArrowDown', 'Enter')
  await page.getByRole('checkbox', { name: /Also send the 3 people/ }).focus()
  await member.press('Space')
  receiver.received.splice(0)
  receiver.behaviour = ({ json }, tries) => ({ status: json['userId'] === 'u-2' && tries === 1 ? 400 : 200 })
  await press('Create the connection')
  await receiver.waitFor(() => receiver.received.length === 3, 'three members')
  for (const { text, headers } of receiver.received) new Webhook(shown).verify(text, { ...headers })

  // the one that was refused is replayed from the log, under its id
  await page.goto(`${page.url().split('?')[0]}?status=failed`)
  const row = page.getByRole('row', { name: /Audience Entered/ })
  await row.waitFor()
  await row.getByRole('link').first().focus()
  await member.press('Enter')
  const panel = page.getByRole('complementary').filter({ hasText: 'Exact request' })
  await panel.getByText('Exact request').waitFor()
  await panel.getByText('u-2').first().waitFor()
  await press('Replay', panel)
  const dialog = page.getByRole('dialog')
  await dialog.getByText('1 delivery matches.').waitFor()
  await press('Replay 1 delivery', dialog)
  await receiver.waitForTaken(3)
  const ids = new Set(receiver.received.map(({ id }) => id))
  expect(ids.size).toBe(3)
  expect(receiver.received).toHaveLength(4)
  expect(member.faults).toEqual([])
  await member.leave()
})
