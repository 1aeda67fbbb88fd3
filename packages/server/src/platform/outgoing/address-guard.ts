import { isIP } from 'node:net'
import { URL_CHARS_MAX } from '@affluent/protocol/limits'
import ipaddr from 'ipaddr.js'
import { isListed, mayBeListed, type Place, type PrivatePlace, readPrivatePlace } from './private-places.ts'

/** An address that nothing may be sent to. */
export class UrlNotAllowed extends Error {
  override readonly name = 'UrlNotAllowed'
}

/** All addresses of a host name, asked for on behalf of a workspace. */
export type Resolve = (host: string, workspace: number) => Promise<readonly string[]>

const PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443])
/** Names that mean a place inside wherever they are asked. */
const INNER_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|ip6-localhost|ip6-loopback)$/
/** Public by its number, and the platform's own service in Azure's clouds. */
const INNER_ADDRESSES = new Set(['168.63.129.16'])

/**
 * Decides where outgoing requests may go: to public addresses, and to private ones that the operator has listed. The
 * one place that decides, for saving, testing and sending alike; the last word is said about the very address that is
 * dialled.
 */
export class AddressGuard {
  readonly #places: readonly PrivatePlace[]
  readonly #resolve: Resolve

  /**
   * @param places that the operator allows though they are private, as `readPrivatePlace` reads them
   * @param resolve asks for the addresses of a name
   */
  constructor(places: readonly string[], resolve: Resolve) {
    this.#places = places.flatMap((place) => readPrivatePlace(place) ?? [])
    this.#resolve = resolve
  }

  /**
   * Reads a URL that a member gives, and asks whether it may be sent to as things are now.
   * @param workspace on whose behalf
   * @returns the URL as it will be used
   * @throws UrlNotAllowed
   */
  async checkUrl(text: string, workspace: number): Promise<URL> {
    const url = this.readUrl(text)
    const place = placeOf(url)
    if (isIP(place.host) !== 0) return url
    let addresses: readonly string[]
    try {
      addresses = await this.#resolve(place.host, workspace)
    } catch {
      // a name that is not known now cannot be dialled; whoever dials asks again
      return url
    }
    this.#choose(place, addresses)
    return url
  }

  /**
   * All that a URL says by itself, without asking for addresses.
   * @throws UrlNotAllowed
   */
  readUrl(text: string): URL {
    if (text.length > URL_CHARS_MAX) throw new UrlNotAllowed(`A URL has ${URL_CHARS_MAX} characters at most.`)
    // the parser would take a backslash for a slash, and `https:host` for `https://host`: people and programs read such
    // URLs in different ways
    if (
      /[\\\s\u0000-\u001f]/.test(text.trim()) ||
      !/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text.trim()) ||
      !URL.canParse(text)
    )
      throw new UrlNotAllowed('This is no URL; write it as https://example.com/hook.')
    const url = new URL(text)
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new UrlNotAllowed(`Only http and https can be sent to; "${url.protocol}" cannot.`)
    if (url.username !== '' || url.password !== '')
      throw new UrlNotAllowed('A URL must not hold a user name or password.')
    const place = placeOf(url)
    if (isIP(place.host) !== 0) this.#choose(place, [place.host])
    else if (INNER_NAMES.test(place.host) && !this.#isListedName(place))
      throw new UrlNotAllowed(`"${place.host}" is a name of an inner network. ${HOW}`)
    else if (!PORTS.has(place.port) && !mayBeListed(this.#places, place)) throw wrongPort(place)
    return url
  }

  /**
   * Asks for the addresses of a place.
   * @returns those that may be dialled
   * @throws UrlNotAllowed, or what the resolver says
   */
  async resolve(place: Place, workspace: number): Promise<readonly string[]> {
    const { host } = place
    return this.#choose(place, isIP(host) === 0 ? await this.#resolve(host, workspace) : [host])
  }

  /** Whether one may be connected to an address for a place: asked again of the socket itself. */
  allows(address: string, place: Place): boolean {
    return this.isListed(address, place) || (isPublic(address) && PORTS.has(place.port))
  }

  /** Whether an address may be sent to only because the operator has listed it. */
  isListed(address: string, place: Place): boolean {
    return isListed(this.#places, address, place)
  }

  /**
   * The addresses at which a place may be reached: of a name that mixes them only listed ones.
   * @throws UrlNotAllowed when one of them is inner and not listed, or public at an uncommon port
   */
  #choose(place: Place, addresses: readonly string[]): readonly string[] {
    const listed = addresses.filter((address) => this.isListed(address, place))
    if (listed.length > 0) return listed
    // which one it is stays unsaid: whoever may set up a webhook would read the names of inner networks
    if (addresses.length === 0 || !addresses.every(isPublic))
      throw new UrlNotAllowed(`"${place.host}" is no public address. ${HOW}`)
    if (!PORTS.has(place.port)) throw wrongPort(place)
    return addresses
  }

  /** `localhost` is good once the loopback network is listed, any other inner name once it is listed itself. */
  #isListedName(place: Place): boolean {
    if (/(^|\.)localhost$|^ip6-(localhost|loopback)$/.test(place.host))
      return ['127.0.0.1', '::1'].some((address) => this.isListed(address, place))
    return this.#places.some(
      (each) => each.kind === 'name' && each.name === place.host && each.port === place.port,
    )
  }
}

function wrongPort({ port }: Place): UrlNotAllowed {
  return new UrlNotAllowed(`Port ${port} is not sent to; use 80, 443, 8080 or 8443.`)
}

/** Where a URL leads to. */
export function placeOf({ protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>): Place {
  const usual = protocol === 'https:' ? 443 : 80
  return { host: plainHost(hostname), port: port === '' ? usual : Number(port) }
}

const HOW = 'An operator may list inner networks in AFFLUENT_ALLOWED_PRIVATE_NETWORKS.'
/** 6bone, given back: nobody has addresses in it. */
const GIVEN_BACK = ipaddr.IPv6.parseCIDR('3ffe::/16')

/** A host without brackets and without a last dot. */
function plainHost(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

/**
 * Global unicast, by the registries that ipaddr.js holds; what wraps another address (NAT64, 6to4, Teredo) is not, and
 * a mapped one is what it wraps.
 */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || INNER_ADDRESSES.has(parsed.toString())) return false
  if (parsed.kind() === 'ipv4') return true
  // 2000::/3 is all that is given out; ::/96 and 64:ff9b:1::/48 wrap IPv4
  return parsed.match(ipaddr.IPv6.parse('2000::'), 3) && !parsed.match(GIVEN_BACK)
}
