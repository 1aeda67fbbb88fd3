import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { OUTGOING_ANSWER_BYTES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AddressGuard } from '../platform/outgoing/address-guard.ts'
import { OutgoingClient } from '../platform/outgoing/outgoing-client.ts'
import { FORBIDDEN_URLS } from '../platform/outgoing/testing/forbidden-urls.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { WebhookReceiver } from '../testing/webhook-receiver.ts'

// nothing inner is listed here: whoever listens on loopback must not hear anything
let server: TestServer
let listener: Server
let connections = 0

beforeAll(async () => {
  server = await startTestServer()
  listener = createServer((_, response) => response.end())
  listener.on('connection', () => connections++)
  await new Promise<void>((resolve) => listener.listen(0, resolve))
})

afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve))
  await server.stop()
})

function urls(): string[] {
  const { port } = listener.address() as AddressInfo
  return [
    ...FORBIDDEN_URLS,
    `http://localhost:${port}/`,
    `http://127.0.0.1:${port}/`,
    `http://[::1]:${port}/`,
  ]
}

test('no form of an inner address can be saved or tested', async () => {
  for (const url of urls()) {
    const settings = { url }
    const saved = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'x', settings })
    expect(saved, url).toMatchObject({
      status: 400,
      json: { error: { code: 'url_not_allowed', path: 'settings.url' } },
    })
    const tested = await server.write('/v1/destinations/test', 'POST', { type: 'webhook', settings })
    expect(tested, url).toMatchObject({ status: 400, json: { error: { code: 'url_not_allowed' } } })
  }
  const settings = { url: 'https://public.example/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'changed', settings })
  const { id } = made.json['destination'] as unknown as DestinationAnswer
  for (const url of urls()) {
    const changed = await server.write(`/v1/destinations/${id}`, 'PUT', { settings: { url } })
    expect(changed, url).toMatchObject({ status: 400, json: { error: { code: 'url_not_allowed' } } })
  }
  await server.write(`/v1/destinations/${id}`, 'DELETE', undefined)
  expect(connections).toBe(0)
})

test('what stands in the database all the same is not sent to', async () => {
  const settings = { url: 'https://public.example/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'planted', settings })
  const { id } = made.json['destination'] as unknown as DestinationAnswer
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination: id })
  for (const [index, url] of urls().entries()) {
    await server.database.query('update destination set settings = $1', [JSON.stringify({ url })])
    // one that was stopped is started again, and read anew
    await server.write(`/v1/destinations/${id}`, 'PUT', { name: `planted ${index}`, enabled: true })
    const position = await server.sendAll([{ type: 'track', userId: 'u', event: 'E' }])
    const delivery = await ended(position)
    expect(delivery.status, url).toBe('failed')
    expect(delivery.attempts[0]?.error?.code, url).toBe('url_not_allowed')
  }
  expect(connections).toBe(0)
}, 150_000)

test('a redirect is an answer: nobody goes where it points', async () => {
  const { port } = listener.address() as AddressInfo
  const inner = `http://127.0.0.1:${port}/`
  const receiver = await WebhookReceiver.start()
  const open = await startTestServer({ networks: '127.0.0.0/8' })
  const settings = { url: receiver.url }
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.behaviour = () => ({ status, headers: { location: inner } })
    const { json } = await open.write('/v1/destinations/test', 'POST', { type: 'webhook', settings })
    expect(json).toMatchObject({ ok: false, attempt: { status, error: { code: 'redirected' } } })
  }
  receiver.behaviour = () => ({ status: 302, headers: { location: receiver.url } })
  const chain = await open.write('/v1/destinations/test', 'POST', { type: 'webhook', settings })
  expect(chain.json).toMatchObject({ ok: false, attempt: { error: { code: 'redirected' } } })
  receiver.behaviour = () => ({ status: 200, headers: { refresh: `0; url=${inner}` } })
  const refresh = await open.write('/v1/destinations/test', 'POST', { type: 'webhook', settings })
  expect(refresh.json).toMatchObject({ ok: true })
  expect(receiver.received).toHaveLength(7)
  expect(connections).toBe(0)
  await open.stop()
  await receiver.stop()
})

test('an answer is read up to its bound, and one that drips is cut in time', async () => {
  const receiver = await WebhookReceiver.start(() => ({ status: 200, body: 'x'.repeat(1_000_000) }))
  const guard = new AddressGuard(['127.0.0.0/8'], async () => [])
  const client = new OutgoingClient(guard, 1)
  const long = await client.send({ method: 'POST', url: receiver.url, headers: {}, body: '{}' })
  expect(long).toMatchObject({ status: 200, truncated: true, isPrivate: true })
  expect(long.body).toHaveLength(OUTGOING_ANSWER_BYTES_MAX)
  await client.close()
  const open = await startTestServer({ networks: '127.0.0.0/8' })
  for (const [reply, code] of [
    ['close', 'connection_closed'],
    ['break', 'connection_closed'],
    ['hang', 'timeout'],
  ] as const) {
    receiver.behaviour = () => reply
    const began = Date.now()
    const answer = await open.write('/v1/destinations/test', 'POST', {
      type: 'webhook',
      settings: { url: receiver.url },
    })
    expect(answer.json, reply).toMatchObject({ ok: false, attempt: { error: { code } } })
    expect(Date.now() - began).toBeLessThan(20_000)
  }
  await open.stop()
  await receiver.stop()
})

async function ended(position: number): Promise<DeliveryAnswer> {
  const end = Date.now() + 15_000
  for (;;) {
    const { json } = await server.read(`/v1/deliveries?event=${position}`)
    const [delivery] = json['deliveries'] as unknown as DeliveryAnswer[]
    if (delivery?.endedAt != null) return delivery
    if (Date.now() > end) throw new Error(`The delivery has not ended: ${JSON.stringify(delivery)}`)
    await pause(20)
  }
}
