import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { OneDeliveryAnswer } from '@affluent/protocol/endpoints/deliveries'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { JsonObject } from '@affluent/protocol/event'
import { MAPPING_CHARS_MAX, REFUSED_ANSWER_CHARS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rotateSecretKey } from '../platform/secrets/secret-box.ts'
import { SilentNameServer } from '../testing/silent-name-server.ts'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'
import { WebhookReceiver } from '../testing/webhook-receiver.ts'

const TOKEN = 'a-token-that-opens-the-door'
let server: TestServer
let silent: SilentNameServer
let receiver: WebhookReceiver

beforeAll(async () => {
  silent = await SilentNameServer.start()
  receiver = await WebhookReceiver.start()
  server = await startTestServer({ networks: '127.0.0.0/8', names: { servers: [silent.address] } })
})

afterAll(async () => {
  await server.stop()
  await receiver.stop()
  await silent.stop()
})

async function make(name: string, url: string): Promise<DestinationAnswer> {
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name, settings: { url } })
  expect(made, made.text).toMatchObject({ status: 201 })
  return made.json['destination'] as unknown as DestinationAnswer
}

async function deliveryOf(position: number, status: string): Promise<DeliveryAnswer> {
  let found: DeliveryAnswer | undefined
  await expect
    .poll(
      async () => {
        const { json } = await server.read(`/v1/deliveries?event=${position}`)
        found = (json['deliveries'] as unknown as DeliveryAnswer[])[0]
        return found?.status
      },
      { timeout: 15_000 },
    )
    .toBe(status)
  return found as DeliveryAnswer
}

test('a test says status and time, and nothing of what an inner server answers', async () => {
  receiver.behaviour = () => ({ status: 200, headers: { 'set-cookie': 'session=1' }, body: 'inner words' })
  const settings = { url: receiver.url }
  const answer = await server.write('/v1/destinations/test', 'POST', { type: 'webhook', settings })
  expect(answer.json).toEqual({
    ok: true,
    attempt: { at: expect.any(String), status: 200, ms: expect.any(Number), error: null },
  })
})

test('of an answer to a delivery only what says why it was refused is kept, and of a private place nothing', async () => {
  receiver.behaviour = () => ({ status: 400, headers: { 'set-cookie': 'session=1' }, body: 'inner words' })
  const { id } = await make('Inner', receiver.url)
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id })
  const failed = await deliveryOf(
    await server.sendAll([{ type: 'track', userId: 'u', event: 'E' }]),
    'failed',
  )
  const { json } = await server.read(`/v1/deliveries/${failed.id}`)
  const [attempt] = (json as unknown as OneDeliveryAnswer).delivery.attempts
  expect(attempt?.response).toMatchObject({ body: '', truncated: false })
  expect(JSON.stringify(json)).not.toMatch(/set-cookie|inner words/)
  expect(REFUSED_ANSWER_CHARS_MAX).toBeLessThan(10_000)
  await server.write(`/v1/destinations/${id}`, 'PUT', { enabled: false })
})

test('the query of a URL is sealed: it is sent, and shown nowhere', async () => {
  receiver.behaviour = () => ({ status: 500, body: 'no' })
  const destination = await make('With a token', `${receiver.url}?token=${TOKEN}&v=1`)
  expect(destination.settings.url).toBe(`${receiver.url}?token=***&v=***`)
  const tested = await server.write(`/v1/destinations/${destination.id}/test`, 'POST', undefined)
  expect(tested.json).toMatchObject({ ok: false, attempt: { status: 500 } })
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: destination.id })
  const position = await server.sendAll([{ type: 'track', userId: 'u', event: 'E' }])
  const delivery = await deliveryOf(position, 'pending_retry')
  const shown = [
    await server.read('/v1/destinations'),
    await server.read(`/v1/destinations/${destination.id}`),
    await server.read(`/v1/deliveries/${delivery.id}`),
  ]
  for (const { text } of shown) expect(text).not.toContain(TOKEN)
  expect(shown[2]?.text).toContain('token=***')
  expect(JSON.stringify(server.log)).not.toContain(TOKEN)
  for (const table of ['destination', 'delivery', 'delivery_attempt']) {
    const { rows } = await server.database.query(`select * from ${table}`)
    expect(JSON.stringify(rows), table).not.toContain(TOKEN)
  }
  const folder = join(server.dataDir, 'postgres', 'cluster', 'pg_wal')
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const wal = await readFile(join(folder, name))
    expect(wal.includes(TOKEN), name).toBe(false)
  }
  expect(receiver.received.some(({ json }) => json['event'] === 'Affluent Test')).toBe(true)
  expect(receiver.paths.filter((path) => path.includes(TOKEN)).length).toBeGreaterThan(1)
})

test('a URL given back as it was shown stays as it is, and a mask is never sent', async () => {
  const { id, settings } = await make('Masked', `${receiver.url}?token=${TOKEN}`)
  const put = (change: object) => server.write(`/v1/destinations/${id}`, 'PUT', change)
  expect(await put({ name: 'Still masked', settings: { url: settings.url } })).toMatchObject({ status: 200 })
  expect(await put({ settings: { url: settings.url.replace('/hook', '/other') } })).toMatchObject({
    status: 400,
    json: { error: { path: 'settings.url' } },
  })
  const before = receiver.paths.length
  await server.write(`/v1/destinations/${id}/test`, 'POST', undefined)
  expect(receiver.paths.slice(before)).toEqual([`/hook?token=${TOKEN}`])
})

test('secrets of one destination do not open in the row of another', async () => {
  const first = await make('Mine', receiver.url)
  const second = await make('Theirs', receiver.url)
  const number = (id: string) => Number(id.slice('dst_'.length))
  await server.database.query(
    'update destination set secrets = (select secrets from destination where id = $1) where id = $2',
    [number(first.id), number(second.id)],
  )
  const answer = await server.write(`/v1/destinations/${second.id}/test`, 'POST', undefined)
  expect(answer).toMatchObject({ status: 409, json: { error: { path: 'settings.secret' } } })
  const healed = await server.write(`/v1/destinations/${second.id}`, 'PUT', {
    settings: { secret: `whsec_${'a'.repeat(32)}` },
  })
  expect(healed).toMatchObject({ status: 200 })
  expect((await server.write(`/v1/destinations/${second.id}/test`, 'POST', undefined)).status).toBe(200)
})

test('a hanging name server delays no other workspace', async () => {
  const other = await server.addWorkspace('other')
  receiver.behaviour = () => ({ status: 200 })
  const hanging = Array.from({ length: 12 }, (_, index) =>
    server.write('/v1/destinations/test', 'POST', {
      type: 'webhook',
      settings: { url: `https://hangs${index}.example/hook` },
    }),
  )
  await expect.poll(() => silent.questions).toBeGreaterThan(3)
  const done: Answer[] = []
  for (const answer of hanging) void answer.then((each) => done.push(each))
  const settings = { url: receiver.url.replace('127.0.0.1', 'localhost') }
  const body = { type: 'webhook', name: 'Other', settings }
  expect(await server.write('/v1/destinations', 'POST', body, other)).toMatchObject({ status: 201 })
  expect(await server.write('/v1/destinations/test', 'POST', body, other)).toMatchObject({
    json: { ok: true },
  })
  // all of it while the names were still hanging
  expect(done).toEqual([])
  for (const answer of await Promise.all(hanging))
    expect(answer.json).toMatchObject({ ok: false, attempt: { error: { code: 'dns_failed' } } })
}, 30_000)

test('a mapping is bounded with its constants and names', async () => {
  const { id } = await make('Bounded', receiver.url)
  const put = (fields: JsonObject) =>
    server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id, mapping: { fields } })
  const refused = { status: 400, json: { error: { code: 'invalid_mapping', path: 'mapping.fields' } } }
  expect(await put({ a: { value: 'x'.repeat(MAPPING_CHARS_MAX) } })).toMatchObject(refused)
  expect(await put({ ['n'.repeat(256)]: { value: 1 } })).toMatchObject(refused)
  expect(await put({ a: { value: 'x'.repeat(MAPPING_CHARS_MAX - 100) } })).toMatchObject({ status: 201 })
  for (const value of ['\u0000', { inner: ['\ud800'] }])
    expect(await put({ a: { value } })).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request' } },
    })
})

test('what an earlier version sealed stays readable, and a changed key seals everything anew', async () => {
  const { id } = await make('Kept', `${receiver.url}?token=${TOKEN}`)
  const number = Number(id.slice('dst_'.length))
  const sealed = async () => {
    const { rows } = await server.database.query<{ secrets: Buffer }>(
      'select secrets from destination where id = $1',
      [number],
    )
    return rows[0]?.secrets.toString('hex')
  }
  const before = await sealed()
  const folder = server.dataDir
  await server.halt()
  await rotateSecretKey(folder)
  await server.start()
  expect(await sealed()).not.toBe(before)
  const seen = receiver.paths.length
  expect(await server.write(`/v1/destinations/${id}/test`, 'POST', undefined)).toMatchObject({
    json: { ok: true },
  })
  expect(receiver.paths.slice(seen)).toEqual([`/hook?token=${TOKEN}`])
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
}, 30_000)
