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

  // and redone, from the ledger, which says whose word it was
  const ledger = page.getByRole('region', { name: 'Ledger' })
  await ledger.getByText('Decided by').first().waitFor()
  expect(
    await ledger.getByRole('link', { name: 'See the other profile' }).first().getAttribute('href'),
  ).toContain(visitor?.id)
  await ledger.getByRole('button', { name: 'Link again' }).first().focus()
  await member.press('Enter')
  await dialog.getByText('The two profiles would be one person, this one:').waitFor()
  expect((await server.profile('anonymous_id', 'shared-tablet'))?.id).toBe(visitor?.id)
  await dialog.getByRole('button', { name: 'Link', exact: true }).focus()
  await member.press('Enter')
  await dialog.getByText('Done: this is one person now.').waitFor()
  expect(await server.profile('anonymous_id', 'shared-tablet')).toMatchObject({ id: before?.id })
  expect(member.faults).toEqual([])
  await member.leave()
})

test('two people are made one by hand: the other is looked for, told apart from a namesake, and chosen', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.sendAll([
    { type: 'identify', userId: 'laura-1', traits: { name: 'Laura Garcia', city: 'Lyon' } },
    { type: 'identify', userId: 'laura-2', traits: { name: 'Laura Garcia', email: 'laura@exemple.example' } },
  ])
  await server.settle()
  const one = await server.profile('user_id', 'laura-1')
  const member = await TeamMember.signedIn(browser, server, { language: 'fr' })
  const { page } = member
  await member.open(`/w/main/people/${one?.id}?tab=identity`)
  await page.getByRole('button', { name: 'Réunir avec une autre personne' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('L’autre profil').fill('laura garcia')
  await dialog.getByRole('button', { name: /laura@exemple\.example/ }).click()
  await dialog.getByText('Les deux profils ne seraient plus qu’une personne').waitFor()
  await dialog.getByRole('button', { name: 'Réunir', exact: true }).click()
  await dialog.getByText('C’est fait').waitFor()
  expect((await server.profile('user_id', 'laura-2'))?.id).toBe(
    (await server.profile('user_id', 'laura-1'))?.id,
  )
  expect(member.faults).toEqual([])
  await member.leave()
})

test('the country of the workspace is chosen in the settings, and its telephone numbers follow', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.sendAll([{ type: 'identify', userId: 'caller', traits: { phone: '06 55 12 34 56' } }])
  await server.settle()
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/settings')
  const country = page.getByLabel('Country', { exact: true }).first()
  await country.fill('France')
  await page.getByRole('option', { name: 'France (FR)' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await page.getByText('Saved.').waitFor()
  const caller = await server.profile('user_id', 'caller')
  expect(caller?.identifiers).toContainEqual(
    expect.objectContaining({ namespace: 'phone', value: '+33655123456' }),
  )
  expect(member.faults).toEqual([])
  await member.leave()
})
