import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { CollectClient, SendingEnded } from './collect-client.ts'

const opened: { close: () => void }[] = []

afterEach(() => {
  for (const server of opened.splice(0)) server.close()
})

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

async function listen(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8')
    })
    request.on('end', () => handler(request, response, body))
  })
  opened.push({
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const BATCH = { writeKey: 'wk', events: [{ type: 'track', event: 'A', userId: 'u' }], history: true }

test('a batch that the server cannot take now is sent again when it asked for it, the same', async () => {
  const bodies: string[] = []
  const times: number[] = []
  const url = await listen((request, response, body) => {
    bodies.push(`${request.url} ${request.headers.authorization} ${body}`)
    times.push(performance.now())
    if (bodies.length === 1) response.writeHead(429, { 'retry-after': '1' }).end('{}')
    else if (bodies.length === 2) response.writeHead(503, { 'retry-after': '0' }).end('{}')
    else response.writeHead(200).end('{"success":true,"accepted":1}')
  })
  const taken = await new CollectClient(url, () => true).send(BATCH)
  expect(taken).toEqual({ accepted: 1, refused: 0, unknown: 0 })
  const sent = `/v1/import?history=true Basic ${Buffer.from('wk:').toString('base64')} {"batch":[{"type":"track","event":"A","userId":"u"}]}`
  expect(bodies).toEqual([sent, sent, sent])
  expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(900)
})

test('what happens now says when it was sent', async () => {
  const bodies: string[] = []
  const url = await listen((request, response, body) => {
    bodies.push(`${request.url} ${body}`)
    response.writeHead(200).end('{"success":true,"accepted":1}')
  })
  await new CollectClient(url, () => true).send({ ...BATCH, history: false })
  expect(bodies[0]).toMatch(/^\/v1\/batch .*"sentAt":"\d{4}-/)
})

test('a batch of which nothing is taken is done with; so is one for a key that the server does not know', async () => {
  let status = 400
  const url = await listen((_, response) => {
    response
      .writeHead(status)
      .end(status === 400 ? '{"code":"all_events_rejected"}' : '{"code":"invalid_write_key"}')
  })
  const client = new CollectClient(url, () => true)
  expect(await client.send(BATCH)).toEqual({ accepted: 0, refused: 1, unknown: 0 })
  status = 401
  expect(await client.send(BATCH)).toEqual({ accepted: 0, refused: 0, unknown: 1 })
})

test('an answer that no further try can change is an error', async () => {
  const url = await listen((_, response) => response.writeHead(413).end('{"code":"payload_too_large"}'))
  await expect(new CollectClient(url, () => true).send(BATCH)).rejects.toThrow('answered with 413')
})

test('whoever is told to end does not try again', async () => {
  let goesOn = true
  const url = await listen((_, response) => {
    goesOn = false
    response.writeHead(503).end()
  })
  await expect(new CollectClient(url, () => goesOn).send(BATCH)).rejects.toThrow(SendingEnded)
})
