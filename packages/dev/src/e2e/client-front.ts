import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { TestServer } from '@affluent/server/testing/test-server'
import { expect } from 'vitest'

/**
 * What a client sees once instead of an answer: a rejection, or nothing, although the server has taken what it sent.
 */
export type Failure = 503 | 429 | 'answer lost'

/** A request that came through. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** undefined: the client got no answer */
  readonly status: number | undefined
}

/**
 * Stands between one client and the server, fails its first sendings as told, passes all else on unchanged, and counts
 * what arrives.
 */
export class ClientFront {
  readonly seen: Seen[] = []
  readonly #affluent: TestServer
  readonly #failures: Failure[]
  readonly #server: Server
  readonly #before: PipelineAnswer

  private constructor(affluent: TestServer, failures: readonly Failure[], before: PipelineAnswer) {
    this.#affluent = affluent
    this.#failures = [...failures]
    this.#before = before
    this.#server = createServer((request, response) => this.#pass(request, response))
  }

  /** @param failures in order, one for each POST, until none is left */
  static async start(affluent: TestServer, failures: readonly Failure[] = []): Promise<ClientFront> {
    const front = new ClientFront(affluent, failures, await affluent.settle())
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve))
    return front
  }

  /** What the client takes for the server. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /**
   * Waits until so many events are stored, and expects that they are all: each once, none refused, none in quarantine,
   * and no request of the client refused but as this front did.
   */
  async expectStored(events: number): Promise<void> {
    await expect.poll(() => this.#stored(), { timeout: 30_000, interval: 100 }).toBeGreaterThanOrEqual(events)
    const after = await this.#affluent.settle()
    expect({
      stored: after.stored - this.#before.stored,
      refused: after.refused - this.#before.refused,
      quarantined: after.quarantined - this.#before.quarantined,
    }).toEqual({ stored: events, refused: 0, quarantined: 0 })
    expect(this.#failures, 'failures that the client never met').toEqual([])
    const failed = this.seen.filter(({ status }) => status !== undefined && status >= 400)
    expect(failed.filter(({ status }) => status !== 503 && status !== 429)).toEqual([])
  }

  async #stored(): Promise<number> {
    return (await this.#affluent.pipeline()).stored - this.#before.stored
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const failure = request.method === 'POST' ? this.#failures.shift() : undefined
    if (failure === 503 || failure === 429) {
      this.#note(request, failure)
      const headers = {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'Retry-After',
        'retry-after': '1',
      }
      request.resume().on('end', () => response.writeHead(failure, headers).end('{"success":false}'))
      return
    }
    const { method, url: path = '/', headers } = request
    const passed = forward(`${this.#affluent.url}${path}`, { method, headers }, (answer) => {
      this.#note(request, failure === undefined ? answer.statusCode : undefined)
      if (failure === undefined) answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
      else answer.resume().on('end', () => request.socket.destroy())
    })
    passed.on('error', () => request.socket.destroy())
    request.pipe(passed)
  }

  #note({ method = '', url: path = '' }: IncomingMessage, status: number | undefined): void {
    this.seen.push({ method, path, status })
  }
}

/** The types of a person's events, sorted. */
export async function typesOf(server: TestServer, namespace: string, value: string): Promise<string[]> {
  const events = await server.events(namespace, value)
  return events.map(({ type }) => String(type)).sort((a, b) => a.localeCompare(b))
}
