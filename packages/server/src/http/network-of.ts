import { isIPv4 } from 'node:net'

/** An address cut to its network: the last byte of IPv4, all but the first 48 bits of IPv6. */
export function networkOf(address: string): string {
  if (address === '') return ''
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  if (isIPv4(plain)) return plain.replace(/\d+$/, '0')
  const groups = plain.split('::')[0]?.split(':') ?? []
  return groups.length >= 3 && plain !== '::1' ? `${groups.slice(0, 3).join(':')}::` : '::'
}
