import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let browser: Browser | undefined

beforeAll(async () => {
  server = await startTestServer()
  await server.sendAll(
    ['Paris', 'Lyon', 'Paris'].map((city, index) => ({
      ...{ type: 'identify', userId: `buyer-${index}` },
      traits: { address: { city } },
    })),
  )
  await server.sendAll(
    [40, 60.5, 120].map((revenue, index) => ({
      ...{ type: 'track', userId: `buyer-${index}`, event: 'Order Completed' },
      properties: { revenue, quantity: index },
    })),
  )
  await server.settle()
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

/** A step that does not come is told so soon, in milliseconds. */
const STEP_MS = 10_000

const TONGUES = {
  fr: {
    ...{ add: 'Ajouter une condition', sum: /^Cumul d’événements/, event: /^Événement/ },
    ...{
      eventName: 'Événement',
      property: 'Propriété',
      number: 'Nombre',
      json: 'JSON',
      jsonText: 'Condition en JSON',
    },
    ...{ builder: 'Constructeur', sentence: 'En une phrase', addFilter: 'Ajouter un filtre de propriété' },
    ...{ value: 'Valeur', kind: 'Nature de la valeur', asNumber: 'Nombre', incomplete: 'À compléter' },
    ...{
      trait: /^Attribut/,
      traitName: 'Attribut',
      unknown: /Aucun profil n’a l’attribut.*city.*address\.city/,
      take: /^Prendre/,
    },
    waterfall: 'Condition par condition',
    decimal: (text: string) => text.replace('.', ','),
  },
  en: {
    ...{ add: 'Add a condition', sum: /^Total of events/, event: /^Event/ },
    ...{
      eventName: 'Event',
      property: 'Property',
      number: 'Number',
      json: 'JSON',
      jsonText: 'Condition as JSON',
    },
    ...{ builder: 'Builder', sentence: 'In one sentence', addFilter: 'Add a property filter' },
    ...{ value: 'Value', kind: 'Kind of value', asNumber: 'Number', incomplete: 'To complete' },
    ...{
      trait: /^Trait/,
      traitName: 'Trait',
      unknown: /No profile has the trait.*city.*address\.city/,
      take: /^Take/,
    },
    waterfall: 'Condition by condition',
    decimal: (text: string) => text,
  },
} as const

for (const language of ['fr', 'en'] as const) {
  const words = TONGUES[language]

  test(`${language}: a decimal typed key by key stays as typed, is said in the sentence and is saved as it was meant`, async (context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const member = await TeamMember.signedIn(browser, server, { language })
    const { page } = member
    await begin(member, words.add, words.sum)
    await typeInto(fieldOf(page, words.eventName), 'Order Completed')
    await typeInto(fieldOf(page, words.property), 'revenue')
    const number = fieldOf(page, words.number)
    const sentence = page.getByLabel(words.sentence)
    for (const [typed, meant] of [
      ['100,50', 100.5],
      ['99,9', 99.9],
      ['12.5', 12.5],
      ['1 234,56', 1234.56],
      ['-3', -3],
    ] as const) {
      await typeInto(number, typed)
      expect(await number.inputValue()).toBe(typed)
      expect(await number.getAttribute('aria-invalid')).not.toBe('true')
      await expect.poll(() => conditionOf(page, words)).toMatchObject({ value: meant })
      // after the way through JSON the number is written out of the condition
      expect(await number.inputValue()).toBe(words.decimal(String(meant)))
    }
    await typeInto(number, '60,5')
    await expect.poll(() => sentence.textContent()).toContain(words.decimal('60.5'))
    expect(member.faults).toEqual([])
    await member.leave()
  })

  test(`${language}: what is no number stays as typed, is marked, and is neither counted nor saved`, async (context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const member = await TeamMember.signedIn(browser, server, { language })
    const { page } = member
    await begin(member, words.add, words.event)
    await typeInto(fieldOf(page, words.eventName), 'Order Completed')
    const count = fieldOf(page, words.number)
    for (const typed of ['1,5', '1e9', '-3', '12x']) {
      await typeInto(count, typed)
      expect(await count.inputValue()).toBe(typed)
      expect(await count.getAttribute('aria-invalid')).toBe('true')
      await page.getByText(words.incomplete).waitFor()
    }
    await page.reload()
    expect(await count.inputValue(), 'the draft keeps what was typed').toBe('12x')
    await typeInto(count, '2')
    await page.getByText(words.incomplete).waitFor({ state: 'detached' })
    await expect.poll(() => conditionOf(page, words)).toMatchObject({ count: { op: 'gte', value: 2 } })

    await page.getByRole('button', { name: words.addFilter }).click()
    await typeInto(fieldOf(page, words.property), 'revenue')
    const value = fieldOf(page, words.value)
    const kind = fieldOf(page, words.kind)
    if (await kind.isVisible()) {
      await kind.click()
      await page.getByRole('option', { name: words.asNumber }).click()
    }
    await typeInto(value, '100,5O')
    expect(await value.inputValue()).toBe('100,5O')
    expect(await value.getAttribute('aria-invalid')).toBe('true')
    await typeInto(value, '60,50')
    await expect
      .poll(() => conditionOf(page, words))
      .toMatchObject({ where: [{ property: 'revenue', value: 60.5 }] })
    expect(member.faults).toEqual([])
    await member.leave()
  })

  test(`${language}: an unknown trait is flagged where it stands, the one that was meant is taken with one key, its values complete, and the steps are counted by themselves`, async (context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const member = await TeamMember.signedIn(browser, server, { language })
    const { page } = member
    await begin(member, words.add, words.trait)
    await typeInto(fieldOf(page, words.traitName), 'city')
    await typeInto(fieldOf(page, words.value), 'Paris')
    await page.getByRole('listitem').getByText(words.unknown).first().waitFor()
    await page.getByRole('button', { name: words.take }).focus()
    await member.press('Enter')
    expect(await fieldOf(page, words.traitName).inputValue()).toBe('address.city')
    const steps = page.getByRole('region', { name: words.waterfall }).getByRole('listitem')
    await expect
      .poll(async () => (await steps.allInnerTexts()).map((text) => /\d+$/.exec(text)?.[0]))
      .toEqual(['3', '2'])
    await fieldOf(page, words.value).focus()
    await page.getByRole('option', { name: /Paris/ }).waitFor()
    await page.getByRole('option', { name: /Lyon/ }).waitFor({ state: 'detached' })
    expect(member.faults).toEqual([])
    await member.leave()
  })
}

test('two tabs edit one audience: who comes second is told, sees both versions and chooses; a name that is taken is told where it is typed', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  await server.putAudience({
    key: 'shared',
    name: 'Shared',
    condition: { trait: 'address.city', op: 'exists' },
  })
  await server.putAudience({
    key: 'other',
    name: 'Élite',
    condition: { trait: 'address.city', op: 'exists' },
  })
  const [first, second] = [
    await TeamMember.signedIn(browser, server, { language: 'en' }),
    await TeamMember.signedIn(browser, server, { language: 'en' }),
  ]
  const names = [first, second].map(({ page }) => page.getByRole('textbox', { name: 'Name', exact: true }))
  for (const member of [first, second]) await member.open('/w/main/audiences/shared?edit=true')
  await typeInto(names[0] as Locator, 'elite')
  await first.page.getByText('Another audience has this name already.').waitFor()
  await typeInto(names[0] as Locator, 'By the first')
  await first.page.getByRole('button', { name: 'Save the changes' }).click()
  await first.page.getByRole('heading', { level: 1, name: 'By the first' }).waitFor()
  await typeInto(names[1] as Locator, 'By the second')
  await second.page.getByRole('button', { name: 'Save the changes' }).click()
  const told = second.page.getByRole('alert', { name: 'Changed meanwhile' })
  await told.getByText(/changed this .*Nothing was saved/).waitFor()
  await told.getByRole('cell', { name: 'By the first' }).waitFor()
  await told.getByRole('cell', { name: 'By the second' }).waitFor()
  expect((await server.read('/v1/audiences/shared')).json['name']).toBe('By the first')
  await told.getByRole('button', { name: 'Save mine in its place' }).press('Enter')
  await second.page.getByRole('heading', { level: 1, name: 'By the second' }).waitFor()
  expect((await server.read('/v1/audiences/shared')).json['name']).toBe('By the second')
  for (const member of [first, second]) {
    expect(member.faults).toEqual([])
    await member.leave()
  }
})

/** A new audience with one condition of a kind, without a draft from before. */
async function begin(member: TeamMember, add: string, kind: RegExp): Promise<void> {
  await member.open('/w/main/audiences?new=yes')
  member.page.setDefaultTimeout(STEP_MS)
  const button = member.page.getByRole('button', { name: add })
  await button.click()
  await member.page.getByRole('menuitem', { name: kind }).click()
}

/** A field by its label; the list that opens under it has the same. */
function fieldOf(page: Page, name: string): Locator {
  return page
    .getByRole('combobox', { name, exact: true })
    .or(page.getByRole('textbox', { name, exact: true }))
}

/** Empties a field and types into it, one key after the other. */
async function typeInto(field: Locator, text: string): Promise<void> {
  await field.focus()
  await field.press('ControlOrMeta+a')
  await field.press('Delete')
  await field.pressSequentially(text, { delay: 10 })
  await field.press('Tab')
}

/** The condition as the JSON view shows it. */
async function conditionOf(page: Page, words: (typeof TONGUES)['fr' | 'en']): Promise<unknown> {
  await page.getByText(words.json, { exact: true }).click()
  const text = await page.getByLabel(words.jsonText).inputValue()
  await page.getByText(words.builder, { exact: true }).click()
  return JSON.parse(text)
}
