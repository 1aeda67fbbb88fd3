import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { signIn } from '@affluent/server/testing/console-session'
import { invite, MEMBER_PASSWORD, signInAs } from '@affluent/server/testing/member-session'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { WebhookReceiver } from '@affluent/server/testing/webhook-receiver'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let receiver: WebhookReceiver
let browser: Browser | undefined
let pages: readonly string[]
let destination: string

const WORDS = {
  fr: {
    account: /^Votre compte/,
    viewAs: 'Voir comme un autre rôle',
    viewer: 'Lecture seule',
    team: 'Équipe et clés',
    sources: 'Sources',
    live: 'En direct',
    people: 'Personnes',
    audiences: 'Audiences',
    newAudience: 'Nouvelle audience',
    edit: 'Modifier',
    pause: 'Mettre en pause',
    test: 'Envoyer un essai',
    logFor: /^Il faut l’un de ces rôles\s: Propriétaire, Administration/,
    closed: 'Votre rôle n’ouvre pas cette page',
    yourRole: /votre rôle est «\sLecture seule\s»/,
    invite: 'Inviter',
    inviteTitle: 'Inviter un membre',
    create: 'Créer l’invitation',
    copied: 'Je l’ai copié',
    accept: 'Accepter l’invitation',
    tooShort: 'Au moins 8 caractères.',
    home: 'Accueil',
    marketing: 'Marketing',
    revoke: (email: string) => `Révoquer l’invitation de ${email}`,
    confirmRevoke: 'Révoquer l’invitation',
    changeRole: (name: string) => `Changer le rôle de ${name}`,
    lastOwner: /dernier propriétaire sans fin/,
  },
  en: {
    account: /^Your account/,
    viewAs: 'View as another role',
    viewer: 'Viewer',
    team: 'Team and keys',
    sources: 'Sources',
    live: 'Live events',
    people: 'People',
    audiences: 'Audiences',
    newAudience: 'New audience',
    edit: 'Edit',
    pause: 'Pause',
    test: 'Send a test',
    logFor: /^This needs one of the roles: Owner, Administrator/,
    closed: 'Your role does not open this page',
    yourRole: /Your role in this workspace is “Viewer”/,
    invite: 'Invite',
    inviteTitle: 'Invite a member',
    create: 'Create the invitation',
    copied: 'I have copied it',
    accept: 'Accept the invitation',
    tooShort: 'At least 8 characters.',
    home: 'Home',
    marketing: 'Marketer',
    revoke: (email: string) => `Revoke the invitation of ${email}`,
    confirmRevoke: 'Revoke the invitation',
    changeRole: (name: string) => `Change the role of ${name}`,
    lastOwner: /last owner without an end/,
  },
} as const

beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  receiver = await WebhookReceiver.start()
  await server.sendAll([
    { type: 'identify', userId: 'ada', anonymousId: 'cookie', traits: { plan: 'pro', name: 'Ada' } },
    { type: 'track', userId: 'ada', event: 'Order Completed', properties: { total: 12 } },
  ])
  await server.putAudience({
    key: 'pro',
    name: 'Pro',
    condition: { trait: 'plan', op: 'equals', value: 'pro' },
  })
  await server.audienceLive('pro')
  const made = await server.write('/v1/destinations', 'POST', {
    ...{ type: 'webhook', name: 'CRM', settings: { url: receiver.url } },
  })
  destination = (made.json['destination'] as unknown as DestinationAnswer).id
  await server.write('/v1/connections', 'POST', { from: { audience: 'pro' }, destination })
  await server.settle()
  const profile = await server.profile('user_id', 'ada')
  pages = [
    '/w/main/',
    '/w/main/people',
    `/w/main/people/${profile?.id}`,
    `/w/main/people/${profile?.id}?tab=identity`,
    `/w/main/people/${profile?.id}?tab=audiences`,
    '/w/main/audiences',
    '/w/main/audiences/pro',
    '/w/main/destinations',
    `/w/main/destinations/${destination}`,
    '/w/main/settings',
  ]
  const owner = await signIn(server.url)
  await signInAs(server, owner, 'viewer')
  await signInAs(server, owner, 'marketer')
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await receiver.stop()
  await server.stop()
})

const accountOf = (name: string) => ({ email: `${name}@example.com`, password: MEMBER_PASSWORD })

/** What the server refuses on a page, since the role does not permit it: a page asks for nothing of that kind. */
function noteRefusals(page: Page): string[] {
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(`${page.url()}: ${response.url()}`)
  })
  return refused
}

test.for(['fr', 'en'] as const)(
  '%s: a viewer opens every page that the role has without a refusal, and sees nothing to edit; a page that it has not says which roles have it',
  { timeout: 120_000 },
  async (language, context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const words = WORDS[language]
    const member = await TeamMember.signedIn(browser, server, { language }, accountOf('viewer'))
    const { page } = member
    const refused = noteRefusals(page)
    await member.open('/w/main/')
    for (const path of pages) {
      await member.visit(path)
      expect(await page.getByRole('alert').count(), path).toBe(0)
    }
    expect(refused).toEqual([])
    const rooms = page.getByRole('navigation').first()
    await rooms.getByRole('link', { name: words.audiences }).waitFor()
    for (const room of [words.team, words.sources, words.live])
      expect(await rooms.getByRole('link', { name: room, exact: true }).count(), room).toBe(0)

    await member.open('/w/main/audiences/pro')
    expect(await page.getByRole('link', { name: words.edit }).count()).toBe(0)
    await member.open('/w/main/audiences')
    await page.getByRole('link', { name: 'Pro' }).first().waitFor()
    expect(await page.getByRole('link', { name: words.newAudience }).count()).toBe(0)
    await member.open(`/w/main/destinations/${destination}`)
    await page.getByText(words.logFor).waitFor()
    for (const name of [words.pause, words.test])
      expect(await page.getByRole('button', { name }).count()).toBe(0)

    await member.open('/w/main/team')
    await page.getByRole('heading', { name: words.closed }).waitFor()
    await page.getByText(words.yourRole).waitFor()
    await member.open('/w/main/audiences?new=yes')
    await page.getByRole('heading', { name: words.closed }).waitFor()
    expect(member.faults).toEqual([])
    await member.leave()
  },
)

const OTHERS = ['admin', 'analyst', 'developer', 'privacy_officer', 'support'] as const

test.concurrent.for(OTHERS)(
  'whoever is %s opens any page: what the role has not is left out, and nothing is asked for that is refused',
  { timeout: 120_000 },
  async (role, context) => {
    const { expect } = context
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const session = await signIn(server.url)
    await signInAs(server, session, role)
    const member = await TeamMember.signedIn(browser, server, { language: 'en' }, accountOf(role))
    const refused = noteRefusals(member.page)
    const more = [
      'live',
      'live?event=evt_2&view=story',
      'audiences?new=yes',
      'audiences/pro?edit=true',
      'sources',
      'team',
    ]
    await member.open('/w/main/')
    for (const path of [...pages, ...more.map((room) => `/w/main/${room}`)]) await member.visit(path)
    expect(refused).toEqual([])
    expect(member.faults).toEqual([])
    await member.leave()
  },
)

test('a marketer makes and edits audiences, and nothing of destinations', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const words = WORDS.en
  const member = await TeamMember.signedIn(browser, server, { language: 'en' }, accountOf('marketer'))
  const { page } = member
  const refused = noteRefusals(page)
  await member.open('/w/main/')
  for (const path of pages) await member.visit(path)
  await member.open('/w/main/audiences')
  await page.getByRole('link', { name: words.newAudience }).waitFor()
  await member.open('/w/main/people')
  await page.getByText(/^Your role sees people masked/).waitFor()
  await member.open('/w/main/audiences/pro')
  await page.getByRole('link', { name: words.edit }).press('Enter')
  await page.getByRole('heading', { level: 1, name: /Pro/ }).waitFor()
  await page.getByRole('button', { name: 'Save' }).first().waitFor()
  await member.open(`/w/main/destinations/${destination}`)
  await page.getByText(words.logFor).waitFor()
  expect(await page.getByRole('button', { name: words.pause }).count()).toBe(0)
  expect(refused).toEqual([])
  expect(member.faults).toEqual([])
  await member.leave()
})

test.for(['fr', 'en'] as const)(
  '%s: by keyboard an owner invites a marketer, who accepts by the link and has the rooms of the role; an invitation is revoked; the last owner stays',
  { timeout: 120_000 },
  async (language, context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const words = WORDS[language]
    const email = `grace.${language}@example.com`
    const owner = await TeamMember.signedIn(browser, server, { language })
    await owner.open('/w/main/team')
    await owner.page.getByRole('button', { name: words.invite, exact: true }).press('Enter')
    const dialog = owner.page.getByRole('dialog', { name: words.inviteTitle })
    await dialog.getByRole('textbox', { name: /mail/ }).waitFor()
    await owner.type(email)
    await owner.press('Tab')
    // from "viewer", the last one, up to the role that is wanted
    for (let step = 0; step < 8; step++) {
      if (await dialog.getByRole('radio', { name: words.marketing }).isChecked()) break
      await owner.press('ArrowUp')
    }
    await dialog.getByRole('textbox', { name: /mail/ }).press('Enter')
    const shown = owner.page.getByRole('dialog', { name: new RegExp(email) })
    const link = await shown.locator('code').first().innerText()
    await shown.getByRole('button', { name: words.copied }).press('Enter')
    await shown.waitFor({ state: 'detached' })
    expect(await owner.page.content()).not.toContain(link.split('#')[1])
    await owner.page.getByText(email).first().waitFor()

    const guest = await TeamMember.arrive(browser, server, { language, width: 390 })
    await guest.page.goto(link)
    await guest.page.getByRole('button', { name: words.accept }).waitFor()
    await guest.type(`Grace ${language}`)
    await guest.press('Tab')
    await guest.type('short')
    await guest.press('Enter')
    await guest.page.getByText(words.tooShort, { exact: true }).waitFor()
    await guest.type(' and then long enough')
    await guest.press('Enter')
    await guest.page.getByRole('heading', { level: 1, name: words.home }).waitFor()
    expect(new URL(guest.page.url()).hash).toBe('')
    await guest.page.goto(`${server.url}/w/main/audiences`)
    await guest.page.getByRole('link', { name: words.newAudience }).waitFor()
    expect(guest.faults).toEqual([])
    await guest.leave()

    const session = await signIn(server.url)
    await invite(session, { email: `withdrawn.${language}@example.com`, role: 'viewer' })
    await owner.open('/w/main/team')
    await owner.page.getByText(`Grace ${language}`).waitFor()
    await owner.page
      .getByRole('button', { name: words.revoke(`withdrawn.${language}@example.com`) })
      .press('Enter')
    await owner.page.getByRole('dialog').getByRole('button', { name: words.confirmRevoke }).press('Enter')
    await owner.page.getByText(`withdrawn.${language}@example.com`).first().waitFor({ state: 'detached' })
    await owner.page.getByRole('button', { name: words.changeRole('Owner') }).press('Enter')
    await owner.page.getByRole('dialog').getByText(words.lastOwner).waitFor()
    await owner.press('Escape')
    expect(owner.faults).toEqual([])
    await owner.leave()
  },
)

test.for(['fr', 'en'] as const)(
  '%s: an owner views the workspace as another role, is told so on every page, and takes the own role back',
  async (language, context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const words = WORDS[language]
    const member = await TeamMember.signedIn(browser, server, { language })
    const { page } = member
    await member.open('/w/main/audiences')
    await page.getByRole('navigation').getByRole('link', { name: words.team }).waitFor()
    await page.getByRole('button', { name: words.account }).press('Enter')
    await page.getByRole('menuitem', { name: words.viewAs }).press('ArrowRight')
    await page.getByRole('menuitem', { name: words.viewer }).press('Enter')
    const bar = page.getByRole('region', { name: words.viewAs })
    await bar.waitFor()
    await page.getByRole('link', { name: words.newAudience }).waitFor({ state: 'detached' })
    expect(await page.getByRole('navigation').getByRole('link', { name: words.team }).count()).toBe(0)
    await member.open('/w/main/')
    await bar.getByRole('button').press('Enter')
    await page.getByRole('navigation').getByRole('link', { name: words.team }).waitFor()
    await bar.waitFor({ state: 'detached' })
    expect(member.faults).toEqual([])
    await member.leave()
  },
)
