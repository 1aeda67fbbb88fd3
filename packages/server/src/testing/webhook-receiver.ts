import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { JsonObject } from '@affluent/protocol/event'

/** A request as it came. */
export interface Received {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: JsonObject
  /** milliseconds since the epoch */
  readonly at: number
  /** with which it was answered; 0: it was not */
  readonly status: number
}

/** How a receiver answers. */
export type Behaviour = (received: Omit<Received, 'status'>, tries: number) => Reply | Promise<Reply>
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** says nothing, and keeps the connection */
  | 'hang'
  /** ends the connection without an answer */
  | 'close'
  /** begins an answer and then ends the connection */
  | 'break'

const TAKEN: Reply = { status: 200, body: 'ok' }
const WAIT_MS = 20_000
const POLL_MS = 20

/** A real peer of webhooks on loopback, which keeps what came and answers as it is told. */
export class WebhookReceiver {
  readonly received: Received[] = []
  /** paths with their queries, in the order in which requests came */
  readonly paths: string[] = []
  behaviour: Behaviour = () => TAKEN
  readonly #server: Server
  readonly #tries = new Map<string, number>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(behaviour?: Behaviour): Promise<WebhookReceiver> {
    const server = createServer()
    const receiver = new WebhookReceiver(server)
    if (behaviour !== undefined) receiver.behaviour = behaviour
    server.on('request', (request, response) => void receiver.#take(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** What was answered with 2xx. */
  get taken(): Received[] {
    return this.received.filter(({ status }) => status >= 200 && status < 300)
  }

  /** Waits until as many were answered with 2xx. */
  async waitForTaken(count: number, ms = WAIT_MS): Promise<Received[]> {
    await this.waitFor(() => this.taken.length >= count, `${count} taken, ${this.received.length} came`, ms)
    return this.taken
  }

  async waitFor(holds: () => boolean, what: string, ms = WAIT_MS): Promise<void> {
    const end = Date.now() + ms
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`The webhook waited in vain for: ${what}; now ${this.taken.length}`)
      await pause(POLL_MS)
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.paths.push(request.url ?? '')
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const text = Buffer.concat(chunks).toString('utf8')
    const headers = request.headers as Record<string, string>
    const id = headers['webhook-id'] ?? ''
    const tries = (this.#tries.get(id) ?? 0) + 1
    this.#tries.set(id, tries)
    const came = { id, headers, text, json: JSON.parse(text) as JsonObject, at: Date.now() }
    const reply = await this.behaviour(came, tries)
    this.received.push({ ...came, status: typeof reply === 'object' ? reply.status : 0 })
    if (reply === 'hang') return
    if (reply === 'close') return void request.socket.destroy()
    if (reply === 'break') {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{')
      setTimeout(() => request.socket.destroy(), POLL_MS)
      return
    }
    response.writeHead(reply.status, reply.headers)
    response.end(reply.body)
  }
}
