import { isIP } from 'node:net'
import type { OutgoingRequest } from '@affluent/connectors/destination-kind'
import type { AttemptError } from '@affluent/protocol/attempt'
import {
  DESTINATION_SOCKETS_MAX,
  OUTGOING_ANSWER_BYTES_MAX,
  OUTGOING_CONNECT_MS_MAX,
  OUTGOING_WAIT_MS_MAX,
} from '@affluent/protocol/limits'
import { Agent, buildConnector, request } from 'undici'
import { type AddressGuard, placeOf, UrlNotAllowed } from './address-guard.ts'

const ADDRESSES_DIALLED_MAX = 3
const MESSAGE_CHARS_MAX = 200

/** What came back, or why nothing did. */
export interface OutgoingAnswer {
  readonly ms: number
  /** undefined: no answer */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  /** at most OUTGOING_ANSWER_BYTES_MAX of it */
  readonly body: string
  readonly truncated: boolean
  /** it came from a place that only the operator's list opens: who may send there may not read there */
  readonly isPrivate: boolean
  readonly error: { readonly code: AttemptError; readonly message: string } | undefined
}

/**
 * The one way out for everything that leaves: addresses are decided about when they are dialled, redirects are answers
 * and are not followed, times and sizes are bounded, proxies of the environment play no part. One for each destination:
 * its sockets are its own.
 */
export class OutgoingClient {
  readonly #guard: AddressGuard
  readonly #agent: Agent
  #read: { readonly text: string; readonly url: URL } | undefined
  /** whether what was dialled last is a private place */
  #isPrivate = false

  /** @param workspace on whose behalf it sends */
  constructor(guard: AddressGuard, workspace: number) {
    this.#guard = guard
    this.#agent = new Agent({
      connections: DESTINATION_SOCKETS_MAX,
      pipelining: 1,
      connect: guardedConnector(guard, workspace, (isPrivate) => {
        this.#isPrivate = isPrivate
      }),
      headersTimeout: OUTGOING_WAIT_MS_MAX,
      bodyTimeout: OUTGOING_WAIT_MS_MAX,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
      // an answer is read up to a bound, not refused for being large
      maxResponseSize: -1,
    })
  }

  /** Sends one request; never throws: what goes wrong is an answer too. */
  async send(outgoing: OutgoingRequest): Promise<OutgoingAnswer> {
    const began = performance.now()
    const passed = () => Math.round(performance.now() - began)
    const cut = new AbortController()
    const timer = setTimeout(() => cut.abort(new TooLate()), OUTGOING_WAIT_MS_MAX)
    try {
      const url = this.#readUrl(outgoing.url)
      const answer = await request(url, {
        dispatcher: this.#agent,
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body,
        signal: cut.signal,
      })
      const { body, truncated } = await readBounded(answer.body)
      const status = answer.statusCode
      return {
        ms: passed(),
        status,
        headers: plainHeaders(answer.headers),
        body,
        truncated,
        isPrivate: this.#isPrivate,
        error: undefined,
      }
    } catch (error) {
      const nothing = { status: undefined, headers: {}, body: '', truncated: false, isPrivate: false }
      return { ms: passed(), ...nothing, error: describe(error) }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Nearly always the one of before. */
  #readUrl(text: string): URL {
    if (this.#read?.text !== text) this.#read = { text, url: this.#guard.readUrl(text) }
    return this.#read.url
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

class TooLate extends Error {
  override readonly name = 'TooLate'
}

type Connected = Parameters<buildConnector.connector>[1]

/**
 * A connector that asks for all addresses of a name, decides about them, and dials those that are good, one after the
 * other, until one answers.
 */
function guardedConnector(
  guard: AddressGuard,
  workspace: number,
  onConnect: (isPrivate: boolean) => void,
): buildConnector.connector {
  const dial = buildConnector({ timeout: OUTGOING_CONNECT_MS_MAX })
  return (target, done) => {
    const place = placeOf(target as Pick<URL, 'protocol' | 'hostname' | 'port'>)
    const { host } = place
    const servername = target.servername ?? (isIP(host) === 0 ? host : '')
    const dialNext = ([address, ...others]: readonly string[]): void => {
      const connected: Connected = (...result) => {
        const [error, socket] = result
        if (error !== null) return others.length > 0 ? dialNext(others) : done(error, null)
        // the last word: what the socket is really connected to
        const reached = socket.remoteAddress ?? ''
        if (guard.allows(reached, place)) {
          onConnect(guard.isListed(reached, place))
          return done(null, socket)
        }
        socket.destroy()
        done(new UrlNotAllowed(`"${host}" is no public address.`), null)
      }
      dial({ ...target, hostname: address as string, host: target.host ?? host, servername }, connected)
    }
    guard
      .resolve(place, workspace)
      .then((addresses) => dialNext(addresses.slice(0, ADDRESSES_DIALLED_MAX)))
      .catch((error: Error) => done(error, null))
  }
}

async function readBounded(stream: AsyncIterable<Buffer>): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const room = OUTGOING_ANSWER_BYTES_MAX - bytes
    if (chunk.length > room) {
      chunks.push(chunk.subarray(0, room))
      // leaving the loop destroys the stream, and with it the socket
      return { body: textOf(chunks), truncated: true }
    }
    chunks.push(chunk)
    bytes += chunk.length
  }
  return { body: textOf(chunks), truncated: false }
}

/** What PostgreSQL takes as text. */
function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8').replaceAll('\u0000', '\ufffd')
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {}
  // what a partner would keep in a browser is a secret of its own
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !/^set-cookie2?$/i.test(name))
      plain[name] = Array.isArray(value) ? value.join(', ') : value
  return plain
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/

function describe(error: unknown): NonNullable<OutgoingAnswer['error']> {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (error instanceof UrlNotAllowed) return { code: 'url_not_allowed', message }
  if (error instanceof TooLate || code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT')
    return { code: 'timeout', message: 'No answer in time.' }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { code: 'dns_failed', message: 'The host name is not known.' }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return { code: 'connection_refused', message: 'Nobody listens at this address.' }
  if (TLS.test(code))
    return {
      code: 'tls_failed',
      message: `The secure connection failed: ${message.slice(0, MESSAGE_CHARS_MAX)}`,
    }
  return { code: 'connection_closed', message: 'The connection was closed before the answer was complete.' }
}
