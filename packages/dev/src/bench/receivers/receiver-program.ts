// Webhooks' other ends, in a process of their own: each on a port, each with its own way to answer.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Histogram } from '../load/histogram.ts'
import type { ReceiverAnswer, ReceiverManner, ReceiverRequest } from './receiver-messages.ts'

const RETRY_AFTER_SECONDS = '5'

let taken = 0
let ids = new Set<string>()
let first = 0
let last = 0
let lag = new Histogram()

process.on('message', (request: ReceiverRequest) => {
  switch (request.kind) {
    case 'open':
      return void open(request.manners)
    case 'forget':
      taken = 0
      ids = new Set()
      lag = new Histogram()
      return say({ kind: 'forgotten' })
    case 'report':
      return say({
        kind: 'report',
        report: { taken, distinct: ids.size, seconds: (last - first) / 1_000, lag: lag.summary() },
      })
  }
})
process.on('disconnect', () => process.exit(0))

async function open(manners: readonly ReceiverManner[]): Promise<void> {
  const ports: number[] = []
  for (const manner of manners) {
    const server = createServer((request, response) => receive(manner, request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports.push((server.address() as AddressInfo).port)
  }
  say({ kind: 'opened', ports })
}

function receive(manner: ReceiverManner, request: IncomingMessage, response: ServerResponse): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => {
    body += text
  })
  request.on('end', () => {
    switch (manner) {
      case 'takes':
        note(String(request.headers['webhook-id']), body)
        return response.writeHead(204).end()
      case 'hangs':
        return
      case 'fails':
        return response.writeHead(500).end()
      case 'limits':
        return response.writeHead(429, { 'retry-after': RETRY_AFTER_SECONDS }).end()
    }
  })
}

/** An event says when the server got it, a membership since when it is so. */
function note(id: string, body: string): void {
  const now = Date.now()
  if (taken === 0) first = now
  last = now
  taken++
  ids.add(id)
  const since = instantIn(body, 'receivedAt') ?? instantIn(body, 'timestamp')
  if (since !== undefined) lag.record(now - since)
}

/** Found without reading all of it: the time for that is no part of Affluent. */
function instantIn(body: string, name: string): number | undefined {
  const at = body.lastIndexOf(`"${name}":"`)
  return at === -1 ? undefined : Date.parse(body.slice(at + name.length + 4, at + name.length + 28))
}

function say(message: ReceiverAnswer): void {
  process.send?.(message)
}
