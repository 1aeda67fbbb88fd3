import { signIn } from '@affluent/server/testing/console-session'
import { MailServer } from '@affluent/server/testing/mail-server'
import { MEMBER_PASSWORD } from '@affluent/server/testing/member-session'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

let server: TestServer
let mails: MailServer
let browser: Browser | undefined

const WORDS = {
  fr: {
    forgotten: /^Mot de passe oublié/,
    sent: /un lien vient d’y être envoyé/,
    submit: 'Choisir ce mot de passe',
    home: 'Accueil',
    reset: 'Nouveau mot de passe pour Support',
    create: 'Créer le lien',
    mailed: /^Le lien a été envoyé à support@example\.com/,
    test: 'Envoyer un essai',
    delivered: /a pris le courriel pour owner@example\.com/,
  },
  en: {
    forgotten: /^Forgotten password/,
    sent: /a link has just been sent to it/,
    submit: 'Use this password',
    home: 'Home',
    reset: 'New password for Support',
    create: 'Create the link',
    mailed: /^The link was sent to support@example\.com/,
    test: 'Send a test',
    delivered: /has taken the mail for owner@example\.com/,
  },
} as const

beforeAll(async () => {
  mails = await MailServer.start()
  server = await startTestServer({
    environment: {
      AFFLUENT_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
      AFFLUENT_MAIL_FROM: 'cdp@example.com',
    },
  })
  const owner = await signIn(server.url)
  for (const role of ['viewer', 'support']) {
    const before = mails.received.length
    await owner.ask('/v1/members', { method: 'POST', body: { email: `${role}@example.com`, role } })
    const [, invitation] = (await linkAfter(before, 'invitation')).split('#')
    await signIn(server.url, { invitation: invitation ?? '', password: MEMBER_PASSWORD })
  }
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
  await mails.stop()
})

test.for([
  { language: 'fr', width: 390, password: 'une phrase toute neuve' },
  { language: 'en', width: 1440, password: 'quite another phrase' },
] as const)(
  '$language, $width px, by keyboard: whoever has forgotten the password gets a link by mail and comes in with a new one; an owner sends one to a member, and tries the mail',
  { timeout: 120_000 },
  async ({ language, width, password }, context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const words = WORDS[language]
    const guest = await TeamMember.arrive(browser, server, { language, width })
    await guest.open('/sign-in')
    await guest.page.getByRole('link', { name: words.forgotten }).press('Enter')
    await guest.page.getByRole('textbox', { name: /mail/ }).waitFor()
    const before = mails.received.length
    await guest.type('viewer@example.com')
    await guest.press('Enter')
    await guest.page.getByText(words.sent).waitFor()
    const link = await linkAfter(before, 'password-reset')
    await guest.page.goto(link)
    await guest.page.getByRole('button', { name: words.submit }).waitFor()
    await guest.type(password)
    await guest.press('Enter')
    await guest.page.getByRole('heading', { level: 1, name: words.home }).waitFor()
    const old = await fetch(`${server.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'viewer@example.com', password: MEMBER_PASSWORD }),
    })
    expect(old.status).toBe(401)
    // the link is spent
    const again = await TeamMember.arrive(browser, server, { language, width })
    await again.page.goto(link)
    await again.page.getByRole('button', { name: words.submit }).waitFor()
    await again.type(password)
    await again.press('Enter')
    await again.page.getByRole('alert').waitFor()

    const owner = await TeamMember.signedIn(browser, server, { language, width })
    await owner.open('/w/main/team')
    await owner.page.getByRole('button', { name: words.reset }).press('Enter')
    await owner.page.getByRole('button', { name: words.create }).press('Enter')
    await owner.page.getByText(words.mailed).waitFor()
    await owner.press('Escape')
    await owner.page.getByRole('button', { name: words.test }).press('Enter')
    await owner.page.getByText(words.delivered).waitFor()
    for (const member of [guest, again, owner]) {
      expect(member.faults).toEqual([])
      await member.leave()
    }
  },
)

/** The link of the mail that comes after so many. */
async function linkAfter(count: number, page: string): Promise<string> {
  const mail = (await mails.waitFor(count + 1))[count]
  const found = new RegExp(`https?://\\S+/${page}#[\\w-]+`).exec(mail?.text ?? '')
  if (found === null) throw new Error(`The mail has no link: ${mail?.text}`)
  return found[0]
}
