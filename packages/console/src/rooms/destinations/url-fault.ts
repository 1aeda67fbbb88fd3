/** Why the server does not take an address: `private` stands for a network that an operator may allow. */
export type UrlFault = 'private' | 'malformed' | 'scheme' | 'login' | 'port' | 'tooLong'

/** What is wrong with an address. The server has one code for all of it, so it is read off its message. */
export function urlFaultOf(message: string): UrlFault {
  if (message.includes('AFFLUENT_ALLOWED_PRIVATE_NETWORKS')) return 'private'
  if (message.startsWith('Only http and https')) return 'scheme'
  if (message.startsWith('A URL must not hold')) return 'login'
  if (message.startsWith('Port ')) return 'port'
  if (message.startsWith('A URL has')) return 'tooLong'
  return 'malformed'
}
