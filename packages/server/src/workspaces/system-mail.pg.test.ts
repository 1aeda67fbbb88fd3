import { setTimeout as pause } from 'node:timers/promises'
import { INVITATION_MS_MAX, PASSWORD_RESET_MS_MAX, PASSWORD_RESETS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleSession, signIn, trySignIn } from '../testing/console-session.ts'
import { MailServer, type ReceivedMail } from '../testing/mail-server.ts'
import { MEMBER_PASSWORD, memberIdOf, signInAs } from '../testing/member-session.ts'
import { type Answer, OWNER, request, startTestServer, type TestServer } from '../testing/test-server.ts'

const NEW_PASSWORD = 'quite another sentence'
const PUBLIC_URL = 'https://cdp.example.com'

let mails: MailServer
let server: TestServer
let owner: ConsoleSession
let names = 0

beforeAll(async () => {
  mails = await MailServer.start({ user: 'cdp@example.com', password: 'p@ss/word' })
  server = await startTestServer({
    environment: {
      AFFLUENT_SMTP_URL: `smtp://cdp%40example.com:p%40ss%2Fword@127.0.0.1:${mails.port}`,
      AFFLUENT_MAIL_FROM: 'Affluent <cdp@example.com>',
      AFFLUENT_PUBLIC_URL: PUBLIC_URL,
      AFFLUENT_OWNER_PASSWORD: OWNER.password,
    },
  })
})

beforeEach(async () => {
  mails.received.length = 0
  mails.refusal = undefined
  server.clockOffset = 0
  owner = await signIn(server.url)
})

afterAll(async () => {
  await server.stop()
  await mails.stop()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  request(`${server.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
const ask = (email: string) => post('/v1/password-reset', { email })
const secretIn = ({ text = '' }: ReceivedMail, kind: 'inv' | 'rst'): string =>
  new RegExp(`#(${kind}_[\\w-]{43})`).exec(text)?.[1] ?? ''

/** Somebody who has accepted an invitation that came by mail. */
async function makeMember(role: 'viewer' | 'admin' | 'owner' = 'viewer'): Promise<string> {
  const email = `m${++names}@example.com`
  mails.received.length = 0
  await owner.ask('/v1/members', { method: 'POST', body: { email, role } })
  const [mail] = await mails.waitFor(1)
  const answer = await trySignIn(server.url, {
    invitation: secretIn(mail as ReceivedMail, 'inv'),
    password: MEMBER_PASSWORD,
  })
  expect(answer, answer.text).toMatchObject({ status: 200 })
  mails.received.length = 0
  return email
}

test('a try of the mail arrives at whoever asks for it', async () => {
  expect((await owner.ask('/v1/system-mail', { workspace: undefined })).json).toEqual({
    isSetUp: true,
    from: 'Affluent <cdp@example.com>',
    server: `127.0.0.1:${mails.port}`,
  })
  const answer = await owner.ask('/v1/system-mail/test', { method: 'POST', workspace: undefined })
  expect(answer.json).toEqual({ delivered: true, to: OWNER.email, refusal: null })
  const [mail] = await mails.waitFor(1)
  expect(mail).toMatchObject({
    from: { name: 'Affluent', address: 'cdp@example.com' },
    recipients: [OWNER.email],
    subject: 'Affluent can send mail',
  })
})

test('what the SMTP server says against a mail is answered in words', async () => {
  mails.refusal = 'Mailbox of nobody'
  const answer = await owner.ask('/v1/system-mail/test', { method: 'POST', workspace: undefined })
  expect(answer).toMatchObject({ status: 200, json: { delivered: false } })
  expect(answer.json['refusal']).toMatch(/does not take the sender or the recipient.*550 Mailbox of nobody/)
  expect(answer.text).not.toContain('p@ss')
})

test('the log says by its code that a mail was not taken, and names nobody', async () => {
  mails.refusal = 'grace@example.com is unknown here'
  await owner.ask('/v1/members', { method: 'POST', body: { email: 'grace@example.com', role: 'viewer' } })
  const told = server.log.filter(({ event }) => event === 'mail_refused')
  expect(told.at(-1)?.fields).toMatchObject({ code: 'EENVELOPE 550' })
  expect(JSON.stringify(server.log)).not.toContain('grace@')
})

test('an invitation goes by mail, and is not shown', async () => {
  const body = { email: 'Grace@example.com', role: 'marketer' }
  const made = await owner.ask('/v1/members', { method: 'POST', body })
  expect(made).toMatchObject({ status: 201, json: { invitation: null, mailRefusal: null } })
  const [mail] = (await mails.waitFor(1)) as [ReceivedMail]
  expect(mail.recipients).toEqual(['grace@example.com'])
  expect(mail.text).toContain(`${PUBLIC_URL}/invitation#inv_`)
  expect(mail.html).toContain(`href="${PUBLIC_URL}/invitation#inv_`)
  expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
  server.clockOffset = INVITATION_MS_MAX - 60_000
  const answer = await trySignIn(server.url, { invitation: secretIn(mail, 'inv'), password: MEMBER_PASSWORD })
  expect(answer).toMatchObject({ status: 200, json: { session: { member: { email: 'grace@example.com' } } } })
})

test('an invitation that cannot be mailed is shown, with the reason', async () => {
  mails.refusal = 'No such user'
  const body = { email: 'nobody@example.com', role: 'viewer' }
  const made = await owner.ask('/v1/members', { method: 'POST', body })
  expect(made.json).toMatchObject({
    invitation: expect.stringMatching(/^inv_/),
    mailRefusal: expect.stringContaining('No such user'),
  })
})

test('mail is written in the language of the workspace, or of the member', async () => {
  const country = (value: string | null) =>
    owner.ask('/v1/workspaces/main', { method: 'PUT', body: { country: value } })
  expect(await country('FR')).toMatchObject({ status: 200 })
  await owner.ask('/v1/members', { method: 'POST', body: { email: 'bruno@example.com', role: 'viewer' } })
  const [french] = (await mails.waitFor(1)) as [ReceivedMail]
  expect(french.subject).toMatch(/vous invite dans/)
  await country(null)
  const email = await makeMember()
  const member = await signIn(server.url, { email, password: MEMBER_PASSWORD })
  await member.ask('/v1/session', { method: 'PUT', body: { language: 'fr' }, workspace: undefined })
  await ask(email)
  expect((await mails.waitFor(1))[0]?.subject).toBe('Choisissez un nouveau mot de passe pour Affluent')
})

test('a new password: asked for by mail, used once, all other sessions end', async () => {
  const email = await makeMember()
  const before = await signIn(server.url, { email, password: MEMBER_PASSWORD })
  expect((await ask(email.toUpperCase())).status).toBe(204)
  const [mail] = (await mails.waitFor(1)) as [ReceivedMail]
  expect(mail.text).toContain(`${PUBLIC_URL}/password-reset#rst_`)
  const reset = secretIn(mail, 'rst')
  expect(await trySignIn(server.url, { reset, password: 'short' })).toMatchObject({ status: 400 })
  expect(await trySignIn(server.url, { reset, password: 'password123' })).toMatchObject({
    json: { error: { code: 'common_password' } },
  })
  expect((await before.ask('/v1/session', { workspace: undefined })).status).toBe(200)
  const tries = await Promise.all(
    [1, 2, 3].map(() => trySignIn(server.url, { reset, password: NEW_PASSWORD })),
  )
  expect(tries.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  expect(await trySignIn(server.url, { reset, password: NEW_PASSWORD })).toMatchObject({
    status: 401,
    json: { error: { code: 'invalid_reset', path: 'reset' } },
  })
  expect((await before.ask('/v1/session', { workspace: undefined })).status).toBe(401)
  expect((await trySignIn(server.url, { email, password: MEMBER_PASSWORD })).status).toBe(401)
  expect((await trySignIn(server.url, { email, password: NEW_PASSWORD })).status).toBe(200)
})

test('a link to a new password is good for an hour; one that is used ends the others', async () => {
  const email = await makeMember()
  await ask(email)
  await ask(email)
  const [first, second] = ((await mails.waitFor(2)) as ReceivedMail[]).map((mail) => secretIn(mail, 'rst'))
  server.clockOffset = PASSWORD_RESET_MS_MAX + 1_000
  expect((await trySignIn(server.url, { reset: first, password: NEW_PASSWORD })).status).toBe(401)
  server.clockOffset = PASSWORD_RESET_MS_MAX - 60_000
  expect((await trySignIn(server.url, { reset: first, password: NEW_PASSWORD })).status).toBe(200)
  expect((await trySignIn(server.url, { reset: second, password: NEW_PASSWORD })).status).toBe(401)
  const { rows } = await server.database.query<{ hash: Buffer }>(
    'select secret_hash as hash from password_reset',
  )
  expect(rows.map(({ hash }) => hash.length)).toEqual(rows.map(() => 32))
})

test('whether there is such an account is not told, and nothing is mailed to strangers', async () => {
  const email = await makeMember()
  const [known, unknown] = [await ask(email), await ask('stranger@example.com')]
  expect(unknown.status).toBe(known.status)
  expect(unknown.text).toBe(known.text)
  await mails.waitFor(1)
  await pause(200)
  expect(mails.received.flatMap(({ recipients }) => recipients)).toEqual([email])
  expect((await post('/v1/password-reset', { email }, { origin: 'https://evil.example' })).status).toBe(403)
})

test('the name that a request asks for is in no link', async () => {
  const email = await makeMember()
  await post('/v1/password-reset', { email }, { host: 'evil.example', 'x-forwarded-host': 'evil.example' })
  const [mail] = (await mails.waitFor(1)) as [ReceivedMail]
  expect(`${mail.text}${mail.html}`).not.toContain('evil')
})

test('no mailbox is filled: so many links may be used at once, and no more are sent', async () => {
  const email = await makeMember()
  for (let count = 0; count < PASSWORD_RESETS_MAX + 3; count++) expect((await ask(email)).status).toBe(204)
  await mails.waitFor(PASSWORD_RESETS_MAX)
  await pause(200)
  expect(mails.received).toHaveLength(PASSWORD_RESETS_MAX)
})

test('asking for links is limited as signing in is, and keeps nobody from signing in', async () => {
  const limited = await startTestServer({
    rateLimits: true,
    environment: {
      AFFLUENT_SMTP_URL: `smtp://cdp%40example.com:p%40ss%2Fword@127.0.0.1:${mails.port}`,
      AFFLUENT_MAIL_FROM: 'cdp@example.com',
    },
  })
  try {
    const statuses: number[] = []
    for (let count = 0; count < 12; count++) {
      const answer = await request(`${limited.url}/v1/password-reset`, {
        method: 'POST',
        body: JSON.stringify({ email: OWNER.email }),
        headers: { 'content-type': 'application/json' },
      })
      statuses.push(answer.status)
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(204))
    expect(statuses.at(-1)).toBe(429)
    expect((await trySignIn(limited.url)).status).toBe(200)
    const [mail] = (await mails.waitFor(1)) as [ReceivedMail]
    expect(mail.text).toContain(`${limited.url}/password-reset#rst_`)
  } finally {
    await limited.stop()
  }
})

test('an owner makes a link for a member; it is mailed to the member and not shown', async () => {
  const email = await makeMember()
  const id = await memberIdOf(owner, email)
  const answer = await owner.ask(`/v1/members/${id}/password-reset`, { method: 'POST' })
  expect(answer).toMatchObject({ status: 201, json: { reset: null, mailRefusal: null } })
  const [mail] = (await mails.waitFor(1)) as [ReceivedMail]
  expect(mail.recipients).toEqual([email])
})

test('without mail an owner or admin hands the link over, and nobody gains by it', async () => {
  const plain = await startTestServer()
  try {
    const boss = await signIn(plain.url)
    expect(await boss.ask('/v1/system-mail/test', { method: 'POST', workspace: undefined })).toMatchObject({
      status: 409,
      json: { error: { code: 'mail_not_set_up' } },
    })
    const asked = await request(`${plain.url}/v1/password-reset`, {
      method: 'POST',
      body: JSON.stringify({ email: OWNER.email }),
      headers: { 'content-type': 'application/json' },
    })
    expect(asked).toMatchObject({ status: 409, json: { error: { code: 'mail_not_set_up' } } })
    const admin = await signInAs(plain, boss, 'admin')
    await signInAs(plain, boss, 'viewer')
    const make = async (by: ConsoleSession, email: string) =>
      by.ask(`/v1/members/${await memberIdOf(boss, email)}/password-reset`, { method: 'POST' })
    const made = await make(admin, 'viewer@example.com')
    expect(made).toMatchObject({ status: 201, json: { reset: expect.stringMatching(/^rst_/) } })
    const { reset } = made.json as { reset: string }
    expect(await trySignIn(plain.url, { reset, password: NEW_PASSWORD })).toMatchObject({
      status: 200,
      json: { session: { member: { email: 'viewer@example.com' } } },
    })
    const refused = { status: 403, json: { error: { code: 'not_allowed' } } }
    expect(await make(admin, OWNER.email)).toMatchObject(refused)
    // who may more elsewhere is opened by nobody here who may not as much there
    await boss.ask('/v1/workspaces', {
      method: 'POST',
      body: { slug: 'other', name: 'Other', kind: 'sandbox' },
    })
    await plain.database.query(
      `insert into workspace_member (workspace_id, team_member_id, role)
       select w.id, m.id, 'viewer' from workspace w, team_member m where w.slug = 'other' and m.email = 'viewer@example.com'`,
    )
    expect(await make(admin, 'viewer@example.com')).toMatchObject(refused)
    expect(await make(boss, 'viewer@example.com')).toMatchObject({ status: 201 })
    const invited = { email: 'late@example.com', role: 'viewer' }
    await boss.ask('/v1/members', { method: 'POST', body: invited })
    expect(await make(boss, invited.email)).toMatchObject({
      status: 409,
      json: { error: { code: 'not_accepted' } },
    })
  } finally {
    await plain.stop()
  }
})
