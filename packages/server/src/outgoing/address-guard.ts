import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { URL_CHARS_MAX } from '@affluent/protocol/limits'
import ipaddr from 'ipaddr.js'

/** An address that nothing may be sent to. */
export class UrlNotAllowed extends Error {
  override readonly name = 'UrlNotAllowed'
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>

const PORTS = new Set(['', '80', '443', '8080', '8443'])
/** Names that mean a place inside wherever they are asked. */
const INNER_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|ip6-localhost|ip6-loopback)$/
/** Public by its number, and the platform's own service in Azure's clouds. */
const INNER_ADDRESSES = new Set(['168.63.129.16'])

/**
 * Decides where outgoing requests may go: to public addresses, and to private ones that the operator has listed. The one place that decides, for
 * saving, testing and sending alike; the last word is said about the very address that is dialled.
 */
export class AddressGuard {
  readonly #networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]
  readonly #resolve: Resolve
  readonly #asking = new Map<string, Promise<readonly string[]>>()

  /**
   * @param networks that the operator allows though they are private, in CIDR form
   * @param resolve tests hand in their own
   */
  constructor(networks: readonly string[], resolve: Resolve = resolveAll) {
    this.#networks = networks.map((network) => ipaddr.parseCIDR(network))
    this.#resolve = resolve
  }

  /**
   * Reads a URL that a member gives, and asks whether it may be sent to as things are now.
   * @returns the URL as it will be used
   * @throws UrlNotAllowed
   */
  async checkUrl(text: string): Promise<URL> {
    const url = this.readUrl(text)
    const host = plainHost(url.hostname)
    if (isIP(host) !== 0) return url
    let addresses: readonly string[]
    try {
      addresses = await this.#resolve(host)
    } catch {
      // a name that is not known now cannot be dialled; whoever dials asks again
      return url
    }
    this.chooseAddresses(host, addresses)
    return url
  }

  /**
   * All that a URL says by itself, without asking for addresses.
   * @throws UrlNotAllowed
   */
  readUrl(text: string): URL {
    if (text.length > URL_CHARS_MAX) throw new UrlNotAllowed(`A URL has ${URL_CHARS_MAX} characters at most.`)
    // the parser would take a backslash for a slash: people and programs read such a URL in different ways
    if (/[\\\s\u0000-\u001f]/.test(text.trim()) || !URL.canParse(text))
      throw new UrlNotAllowed('This is no URL; write it as https://example.com/hook.')
    const url = new URL(text)
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new UrlNotAllowed(`Only http and https can be sent to; "${url.protocol}" cannot.`)
    if (url.username !== '' || url.password !== '')
      throw new UrlNotAllowed('A URL must not hold a user name or password.')
    const host = plainHost(url.hostname)
    if (isIP(host) !== 0) {
      this.chooseAddresses(host, [host])
    } else if (!this.#isListedLoopback(host) && INNER_NAMES.test(host)) {
      throw new UrlNotAllowed(`"${host}" is a name of an inner network. ${HOW}`)
    }
    if (!PORTS.has(url.port) && !this.#mayHaveAnyPort(host))
      throw new UrlNotAllowed(`Port ${url.port} is not sent to; use 80, 443, 8080 or 8443.`)
    return url
  }

  /**
   * Asks for the addresses of a host name.
   * @returns those that may be dialled
   * @throws UrlNotAllowed, or what the resolver says
   */
  async resolve(host: string): Promise<readonly string[]> {
    // one question a name at a time: a resolver that hangs must not take all the threads that there are for asking
    let asking = this.#asking.get(host)
    if (asking === undefined) {
      asking = this.#resolve(host).finally(() => this.#asking.delete(host))
      this.#asking.set(host, asking)
    }
    return this.chooseAddresses(host, await asking)
  }

  /**
   * Of the addresses that may be dialled, those that may be at this port: an uncommon one is for listed networks only.
   * @throws UrlNotAllowed
   */
  atPort(addresses: readonly string[], port: string): readonly string[] {
    const good = PORTS.has(port) ? addresses : addresses.filter((address) => this.#isListed(address))
    if (good.length > 0) return good
    throw new UrlNotAllowed(`Port ${port} is not sent to; use 80, 443, 8080 or 8443.`)
  }

  /**
   * The addresses that a host may be reached at.
   * @param addresses all that the name stands for
   * @throws UrlNotAllowed when one of them is inner and not listed: of a name that mixes them only listed ones are good
   */
  chooseAddresses(host: string, addresses: readonly string[]): readonly string[] {
    const listed = addresses.filter((address) => this.#isListed(address))
    if (listed.length > 0) return listed
    const inner = addresses.find((address) => !isPublic(address))
    if (addresses.length > 0 && inner === undefined) return addresses
    throw new UrlNotAllowed(
      `"${host}" ${inner === undefined || inner === host ? 'is' : `stands for ${inner}, which is`} no public address. ${HOW}`,
    )
  }

  /** Whether one may be connected to an address: asked again of the socket itself. */
  allows(address: string): boolean {
    return this.#isListed(address) || isPublic(address)
  }

  /** `localhost` is good once the loopback network is listed. */
  #isListedLoopback(host: string): boolean {
    return (
      /(^|\.)localhost$|^ip6-(localhost|loopback)$/.test(host) &&
      (this.#isListed('127.0.0.1') || this.#isListed('::1'))
    )
  }

  /** Whoever lists a network knows its ports; names are asked again when they are dialled. */
  #mayHaveAnyPort(host: string): boolean {
    return isIP(host) === 0 ? this.#networks.length > 0 : this.#isListed(host)
  }

  #isListed(address: string): boolean {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    return this.#networks.some(
      ([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits),
    )
  }
}

const HOW = 'An operator may list inner networks in AFFLUENT_ALLOWED_PRIVATE_NETWORKS.'

/** A host without brackets and without a last dot. */
export function plainHost(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

/** Global unicast, by the registries that ipaddr.js holds; what wraps another address (NAT64, 6to4, Teredo) is not, and a mapped one is what it wraps. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || INNER_ADDRESSES.has(parsed.toString())) return false
  if (parsed.kind() === 'ipv4') return true
  // 2000::/3 is all that is given out; ::/96 and 64:ff9b:1::/48 wrap IPv4
  return parsed.match(ipaddr.IPv6.parse('2000::'), 3)
}

async function resolveAll(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}
