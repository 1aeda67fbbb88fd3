import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { signIn } from '@affluent/server/testing/console-session'
import { invite, signInAs } from '@affluent/server/testing/member-session'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { WebhookReceiver } from '@affluent/server/testing/webhook-receiver'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_CHROMIUM, startChromium } from './chromium.ts'
import { TeamMember } from './team-member.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const NAUGHTY = [
  '<script>window.hacked = 1</script>',
  '"><img src=x onerror="window.hacked = 1">',
  "javascript:alert('x')",
  '{{constructor.constructor("window.hacked = 1")()}}',
  `\${window.hacked = 1}`,
  '\u202eevil\u202c',
  'Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮',
  '𝓉𝑒𝓍𝓉 🧑‍🤝‍🧑 表ポあA鷗',
  'x'.repeat(200),
]

let server: TestServer
let receiver: WebhookReceiver
let browser: Browser | undefined
let axe: string
let rooms: string[]

beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  receiver = await WebhookReceiver.start()
  axe = await readFile(AXE, 'utf8')
  rooms = await fill()
  if (NO_CHROMIUM === undefined) browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await receiver.stop()
  await server.stop()
})

const LOOKS = [
  { language: 'fr', scheme: 'light', width: 1440 },
  { language: 'en', scheme: 'dark', width: 1440 },
  { language: 'fr', scheme: 'dark', width: 390 },
  { language: 'en', scheme: 'light', width: 390 },
] as const

test.for(LOOKS)(
  'every room in $language, $scheme, $width px: axe finds nothing serious, nothing runs out of the page, text from outside stays text',
  { timeout: 180_000 },
  async (look, context) => {
    if (browser === undefined) return context.skip(NO_CHROMIUM)
    const member = await TeamMember.signedIn(browser, server, look)
    const { page } = member
    for (const room of rooms) {
      await member.open(room)
      await member.quiet()
      expect(await seriousFaults(page, axe), `${room} ${JSON.stringify(look)}`).toEqual([])
      expect(await page.evaluate('window.hacked'), room).toBeUndefined()
      const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
      expect(overflow, `${room}: wider than the window by so many pixels`).toBeLessThanOrEqual(0)
    }
    expect(member.faults).toEqual([])
    await member.leave()
  },
)

test('names, traits and properties that look like code are shown letter by letter', async (context) => {
  if (browser === undefined) return context.skip(NO_CHROMIUM)
  const member = await TeamMember.signedIn(browser, server, { language: 'en' })
  const { page } = member
  await member.open('/w/main/live')
  await page
    .getByText(NAUGHTY[0] as string)
    .first()
    .waitFor()
  const profile = await server.profile('user_id', 'naughty')
  await member.open(`/w/main/people/${profile?.id}`)
  for (const text of NAUGHTY.slice(0, 5)) await page.getByText(text).first().waitFor()
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(member.faults).toEqual([])
  await member.leave()
})

/** Something of everything, much of it naughty. */
async function fill(): Promise<string[]> {
  const traits = Object.fromEntries(
    NAUGHTY.map((text, index) => [`trait ${index} ${text}`.slice(0, 200), text]),
  )
  await server.sendAll([
    {
      type: 'identify',
      userId: 'naughty',
      traits: { ...traits, name: NAUGHTY[0], email: 'naughty@example.com' },
    },
    ...NAUGHTY.map((text) => ({
      type: 'track',
      userId: 'naughty',
      event: text,
      properties: { [text.slice(0, 200)]: text },
    })),
    { type: 'track', anonymousId: 'cookie-1', event: 'Product Viewed', properties: { price: 12.5 } },
    {
      type: 'identify',
      userId: 'known',
      anonymousId: 'cookie-1',
      traits: { name: 'Ada Lovelace', plan: 'pro' },
    },
  ])
  await server.send('/v1/track', { event: NAUGHTY[1] })
  const condition = { all: [{ event: NAUGHTY[0] }, { trait: 'name', op: 'contains', value: 'script' }] }
  await server.putAudience({ key: 'naughty', name: NAUGHTY[1] as string, condition })
  await server.audienceLive('naughty')
  const made = await server.write('/v1/destinations', 'POST', {
    ...{ type: 'webhook', name: NAUGHTY[1], settings: { url: receiver.url } },
  })
  const { id } = made.json['destination'] as unknown as DestinationAnswer
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id })
  await server.write('/v1/connections', 'POST', {
    from: { audience: 'naughty' },
    destination: id,
    sendCurrentMembers: true,
  })
  receiver.behaviour = ({ json }) =>
    json['event'] === 'Fails' ? { status: 400, body: NAUGHTY[0] as string } : { status: 200 }
  await server.sendAll([{ type: 'track', userId: 'naughty', event: 'Fails' }])
  await receiver.waitFor(() => receiver.received.length >= 2, 'two deliveries')
  await server.settle()
  const owner = await signIn(server.url)
  await invite(owner, { email: 'grace@example.com', role: 'privacy_officer', until: '2099-12-31T00:00:00Z' })
  await signInAs(server, owner, 'marketer')
  const profile = await server.profile('user_id', 'naughty')
  const merged = await server.profile('user_id', 'known')
  return [
    '/w/main/',
    '/w/main/live',
    '/w/main/live?event=evt_2',
    '/w/main/live?outcome=refused',
    '/w/main/people',
    `/w/main/people/${profile?.id}`,
    `/w/main/people/${merged?.id}`,
    '/w/main/audiences',
    '/w/main/audiences/naughty',
    '/w/main/destinations',
    `/w/main/destinations/${id}`,
    '/w/main/sources',
    '/w/main/team',
    '/w/main/settings',
  ]
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly target: readonly string[] }[]
  }[]
}

async function seriousFaults(page: Page, source: string): Promise<string[]> {
  // the page's own policy forbids foreign scripts: this one comes by the debugger
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Runtime.evaluate', { expression: source })
  const { result } = await devtools.send('Runtime.evaluate', {
    expression:
      "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(JSON.stringify)",
    ...{ awaitPromise: true, returnByValue: true },
  })
  await devtools.detach()
  const { violations } = JSON.parse(String(result.value)) as AxeResult
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ target }) => target.join(' '))
          .join(', ')}`,
    )
}
