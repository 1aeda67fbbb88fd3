import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { numberOf, personOf } from './steady-load.ts'

/** How a receiver behaves; all but the first and `refuses` only for as long as they are bad, and well after it. */
export const TEMPERS = ['good', 'hangs', 'fails', 'limits', 'closes', 'refuses', 'slow'] as const
export type Temper = (typeof TEMPERS)[number]

const SLOW_MS = 2_000
/** of the events of one that refuses some */
const REFUSED_SHARE = 0.02
const DISORDERS_KEPT = 5

interface Posted {
  readonly type: string
  readonly event?: string
  readonly messageId: string
  readonly userId?: string
}

/** A webhook's other end on this machine, which behaves badly for a while and keeps account of what it was sent. */
export class FakeReceiver {
  readonly temper: Temper
  isBad = false
  requests = 0
  /** how often each webhook-id was answered with 2xx */
  readonly taken = new Map<string, number>()
  /** those that were answered with 400 */
  readonly refused = new Set<string>()
  /**
   * when an event came that was taken, for the first time, by its messageId; milliseconds since the start of this
   * process
   */
  readonly cameAt = new Map<string, number>()
  /** memberships of each person that it was told of, in order */
  readonly memberships = new Map<string, boolean[]>()
  /** the first few that came out of order */
  readonly disorders: string[] = []
  disordered = 0
  readonly #server: Server
  readonly #latest = new Map<string, number>()
  readonly #retryAfterSeconds: number

  private constructor(temper: Temper, server: Server, retryAfterSeconds: number) {
    this.temper = temper
    this.#server = server
    this.#retryAfterSeconds = retryAfterSeconds
  }

  /** @param retryAfterSeconds what `limits` asks for */
  static async start(temper: Temper, retryAfterSeconds: number): Promise<FakeReceiver> {
    const server = createServer()
    const receiver = new FakeReceiver(temper, server, retryAfterSeconds)
    server.on('request', (request, response) => void receiver.#take(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** webhook-ids that were taken more than once. */
  get repeated(): string[] {
    return [...this.taken].filter(([, count]) => count > 1).map(([id]) => id)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return // whoever sent it was killed
    }
    this.requests++
    const id = String(request.headers['webhook-id'])
    const posted = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Posted
    if (this.temper === 'refuses' && isRefused(posted.messageId)) {
      this.refused.add(id)
      response.writeHead(400).end('not this one')
      return
    }
    if (this.isBad) {
      if (this.temper === 'hangs') return
      if (this.temper === 'closes') return void request.socket.destroy()
      if (this.temper === 'fails') return void response.writeHead(500).end('out of order')
      if (this.temper === 'limits')
        return void response.writeHead(429, { 'retry-after': String(this.#retryAfterSeconds) }).end()
    }
    this.#note(id, posted)
    // taken all the same when whoever asked does not live to hear of it
    if (this.isBad && this.temper === 'slow') await pause(SLOW_MS)
    response.writeHead(200).end('ok')
  }

  #note(id: string, posted: Posted): void {
    const times = this.taken.get(id) ?? 0
    this.taken.set(id, times + 1)
    if (times > 0) return
    const { event, messageId, userId = '' } = posted
    if (event === 'Audience Entered' || event === 'Audience Exited') {
      const told = this.memberships.get(userId)
      if (told === undefined) this.memberships.set(userId, [event === 'Audience Entered'])
      else told.push(event === 'Audience Entered')
      return
    }
    this.cameAt.set(messageId, performance.now())
    const person = personOf(messageId)
    const number = numberOf(messageId)
    const before = this.#latest.get(person) ?? 0
    if (number > before) this.#latest.set(person, number)
    else {
      this.disordered++
      if (this.disorders.length < DISORDERS_KEPT) this.disorders.push(`${messageId} after ${before}`)
    }
  }
}

/** Always the same ones: a repeat is refused too. */
function isRefused(messageId: string): boolean {
  let hash = 7
  for (const char of messageId) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return (Math.imul(hash, 0x9e3779b1) >>> 0) / 2 ** 32 < REFUSED_SHARE
}
