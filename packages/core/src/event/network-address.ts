import type { JsonObject } from '@affluent/protocol/event'

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^[\da-f:.]*:[\da-f:.]*$/i

/**
 * An address cut to its network: the last byte of IPv4, all but the first 48 bits of IPv6; with what stands around it
 * (a port, a zone) left out.
 * @returns '' when it is no address
 */
export function cutAddress(address: string): string {
  const plain = withoutPort(address.trim()).replace(/^::ffff:(?=[\d.]+$)/i, '')
  if (IPV4.test(plain)) return plain.replace(/\d+$/, '0')
  if (!IPV6.test(plain)) return ''
  const groups = plain.split('::')[0]?.split(':') ?? []
  return groups.length >= 3 && plain !== '::1' ? `${groups.slice(0, 3).join(':')}::` : '::'
}

function withoutPort(address: string): string {
  const inBrackets = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1]
  if (inBrackets !== undefined) return inBrackets.replace(/%.*$/, '')
  return address.replace(/^([\d.]+):\d+$/, '$1').replace(/%.*$/, '')
}

/** Whether an event says an address in `context.ip`. */
export function hasOwnAddress(json: JsonObject): boolean {
  const ip = contextOf(json)?.['ip']
  return ip !== undefined && ip !== null
}

/**
 * Cuts the address in the `context.ip` of an event or of a batch, in place; of a list as proxies write it, each. What
 * is no address there is not kept.
 * @returns whether anything was cut
 */
export function cutOwnAddress(json: JsonObject): boolean {
  const context = contextOf(json)
  const ip = context?.['ip']
  if (context === undefined || ip === undefined || ip === null) return false
  const cut = typeof ip === 'string' ? ip.split(',').map(cutAddress).join(', ') : null
  if (cut === ip) return false
  context['ip'] = cut
  return true
}

function contextOf(json: JsonObject): JsonObject | undefined {
  const context = json['context']
  return typeof context === 'object' && context !== null && !Array.isArray(context) ? context : undefined
}
