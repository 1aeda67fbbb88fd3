import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a request goes: a host without brackets and its port. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** A private place that the operator lists: a network or a host, with one port or all of them. */
export type PrivatePlace =
  | {
      readonly kind: 'network'
      readonly network: ipaddr.IPv4 | ipaddr.IPv6
      readonly bits: number
      readonly port: number | undefined
    }
  | { readonly kind: 'name'; readonly name: string; readonly port: number }

/**
 * Reads one entry of AFFLUENT_ALLOWED_PRIVATE_NETWORKS: `10.0.0.0/8`, `10.0.0.0/8:8080`, `10.1.2.3:8080`,
 * `[fd00::/8]:443`, `[fd00::1]:443`, `crm.internal:8443`.
 * @returns undefined when it is none
 */
export function readPrivatePlace(text: string): PrivatePlace | undefined {
  if (ipaddr.isValidCIDR(text)) return toNetwork(text, undefined)
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = (bracketed ?? plain ?? '').toLowerCase()
  const port = Number(digits)
  if (port < 1 || port > 65_535) return undefined
  if (ipaddr.isValidCIDR(host)) return toNetwork(host, port)
  if (isIP(host) !== 0) return toNetwork(`${host}/${isIP(host) === 4 ? 32 : 128}`, port)
  const isName =
    plain !== undefined && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host) && !/^[\d.]+$/.test(host)
  return isName ? { kind: 'name', name: host, port } : undefined
}

function toNetwork(cidr: string, port: number | undefined): PrivatePlace {
  const [network, bits] = ipaddr.parseCIDR(cidr)
  return { kind: 'network', network, bits, port }
}

/** Whether the operator has listed an address, as reached under this host and port. */
export function isListed(places: readonly PrivatePlace[], address: string, { host, port }: Place): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return places.some((place) => {
    if (place.port !== undefined && place.port !== port) return false
    if (place.kind === 'name') return place.name === host
    return parsed.kind() === place.network.kind() && parsed.match(place.network, place.bits)
  })
}

/** Whether a name may turn out to be listed at this port, once its addresses are known. */
export function mayBeListed(places: readonly PrivatePlace[], { host, port }: Place): boolean {
  return places.some(
    (place) =>
      (place.port === undefined || place.port === port) && (place.kind === 'network' || place.name === host),
  )
}
