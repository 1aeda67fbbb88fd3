import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'
import { isLoopbackName } from './allowed-hosts.ts'
import { isForeign } from './foreign-origin.ts'

/** Who is at the other end of a request, and how it came: as proxies say, when they are trusted. */
export class Clients {
  readonly #isTrusted: (address: string, hop: number) => boolean
  readonly #hasProxies: boolean

  /** @param trustedProxies networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed */
  constructor(trustedProxies: readonly string[]) {
    this.#isTrusted = proxyAddr.compile([...trustedProxies])
    this.#hasProxies = trustedProxies.length > 0
  }

  /** The client's address: the last one that no trusted proxy stands behind. */
  addressOf(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? ''
    if (!this.#hasProxies || peer === '') return peer
    const address = proxyAddr(request, this.#isTrusted)
    // what a proxy passes on is not always an address
    return isIP(address) === 0 ? peer : address
  }

  /** Whether the browser asked over https. The server itself speaks plain HTTP, behind whoever ends TLS. */
  isHttps(request: IncomingMessage): boolean {
    const { origin, host = '' } = request.headers
    const said = request.headers['x-forwarded-proto']
    if (typeof said === 'string' && this.#isTrusted(request.socket.remoteAddress ?? '', 0))
      return said.split(',', 1)[0]?.trim() === 'https'
    if (origin !== undefined && !isForeign(request.headers)) return origin.startsWith('https:')
    // browsers say this to https and to their own machine only
    return request.headers['sec-fetch-site'] !== undefined && !isLoopbackName(host)
  }
}
