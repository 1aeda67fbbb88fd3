import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OWNER, request, startTestServer, type TestServer } from './testing/test-server.ts'

/** What `npm run keys` runs. */
const KEYS = fileURLToPath(new URL('../dist/keys.js', import.meta.url))

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

interface Ended {
  readonly code: number
  readonly said: string
}

/** The process of `npm run keys`, on the data directory of the server unless told otherwise. */
function run(args: readonly string[], dataDir = server.dataDir): Promise<Ended> {
  const env = { PATH: process.env['PATH'], AFFLUENT_DATA_DIR: dataDir }
  return new Promise((resolve) => {
    execFile(process.execPath, [KEYS, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    )
  })
}

/** What was said, of a run that went well. */
async function say(...args: string[]): Promise<string> {
  const { code, said } = await run(args)
  expect(code, said).toBe(0)
  return said
}

function wordAfter(said: string, label: string): string {
  return new RegExp(`^${label} +(\\S+)`, 'm').exec(said)?.[1] ?? ''
}

async function readStatus(apiKey: string): Promise<number> {
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await request(`${server.url}/v1/pipeline`, { headers })).status
}

async function sendStatus(writeKey: string): Promise<number> {
  const keys = { apiKey: '', writeKey }
  return (await server.send('/v1/track', { event: 'Seen', userId: 'u1' }, { keys })).status
}

test('without a word a write key and an API key with all scopes are made; both open at once, and are listed', async () => {
  const said = await say()
  const [writeKey, apiKey] = [wordAfter(said, 'Write key'), wordAfter(said, 'API key')]
  expect([writeKey, apiKey]).toEqual([
    expect.stringMatching(/^affluent_wk_/),
    expect.stringMatching(/^affluent_ak_/),
  ])
  await expect.poll(() => sendStatus(writeKey)).toBe(200)
  await expect.poll(() => readStatus(apiKey)).toBe(200)
  const listed = await say('--list')
  expect(listed).toContain(`Write key   ${writeKey}  website`)
  expect(listed).toMatch(/API key {5}key_\d+ {2}affluent_ak_\w{4}… {2}npm run keys {2}read,/)
  expect(listed, 'a secret is shown once').not.toContain(apiKey)
})

test('an API key is made with a name and scopes, opens these alone, and is good no more once it is revoked by its id', async () => {
  const apiKey = wordAfter(await say('--name', 'Data warehouse', '--scopes', 'read'), 'API key')
  await expect.poll(() => readStatus(apiKey)).toBe(200)
  const write = await request(`${server.url}/v1/sources`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ slug: 'till', name: 'Till' }),
  })
  expect(write).toMatchObject({ status: 403, json: { error: { needs: 'destinations' } } })
  const line = (await say('--list')).split('\n').find((each) => each.includes('Data warehouse')) ?? ''
  const id = /key_\d+/.exec(line)?.[0] ?? ''
  expect(line).toMatch(/Data warehouse {2}read {2}/)
  expect(await say('--revoke', id)).toBe(`${id} is revoked.\n`)
  await expect.poll(() => readStatus(apiKey)).toBe(401)
  expect(await say('--list')).not.toContain('Data warehouse')
  expect(await run(['--revoke', id])).toEqual({
    code: 1,
    said: expect.stringContaining('Nothing was changed: The workspace "main" has no such key that is good'),
  })
})

test('a write key is revoked by itself; the others stay good', async () => {
  const writeKey = wordAfter(await say(), 'Write key')
  await expect.poll(() => sendStatus(writeKey)).toBe(200)
  expect(await say('--revoke', writeKey)).toBe('The write key is revoked.\n')
  await expect.poll(() => sendStatus(writeKey)).toBe(401)
  expect(await sendStatus(server.keys.writeKey)).toBe(200)
  expect(await say('--list')).not.toContain(writeKey)
})

test('keys of another workspace are neither listed nor revoked', async () => {
  const { writeKey } = await server.addWorkspace('other')
  expect(await say('--list')).not.toContain(writeKey)
  expect((await run(['--revoke', writeKey])).code).toBe(1)
  expect(await say('--list', '--workspace', 'other')).toContain(writeKey)
  expect(await say('--revoke', writeKey, '--workspace', 'other')).toBe('The write key is revoked.\n')
})

test('the owner gets a new password, and the one before opens no more', async () => {
  const signIn = async (password: string) =>
    (
      await request(`${server.url}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: OWNER.email, password }),
      })
    ).status
  const said = await say('--password')
  expect(wordAfter(said, 'Sign in')).toBe(OWNER.email)
  expect(await signIn(OWNER.password)).toBe(401)
  expect(await signIn(wordAfter(said, 'Password'))).toBe(200)
})

test.each([
  [['--revoke', 'key_1', '--list'], 2, 'One thing at a time'],
  [['--list', '--name', 'x'], 2, 'One thing at a time'],
  [['--scopes', 'all'], 2, '"all" is none'],
  [['--name', ' '], 2, '--name must be 1 to'],
  [['--rovoke', 'key_1'], 2, '--rovoke'],
  [['--revoke', 'key_999999'], 1, 'has no such key that is good'],
  [['--revoke', 'wk_nobody'], 1, 'has no such key that is good'],
  [['--list', '--workspace', 'nowhere'], 1, 'There is no workspace "nowhere"'],
])('%j is refused with %i, and nothing is changed', async (args, code, why) => {
  // when keys were last used is written down by the server, some time later
  const list = async () => (await say('--list')).replace(/(?:never used|used \S+)$/gm, '')
  const before = await list()
  expect(await run(args)).toEqual({ code, said: expect.stringContaining(why) })
  expect(await list()).toBe(before)
})

test('where no server runs, that is said', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  expect(await run(['--list'], empty)).toEqual({ code: 1, said: expect.stringContaining('does not run') })
  await rm(empty, { recursive: true })
})
