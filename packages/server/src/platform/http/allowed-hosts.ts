import { isIP } from 'node:net'

/**
 * Whether a request may name the host that it names. A page of another site can have its own name stand for this server
 * (DNS rebinding) and would then be of "the same origin"; it cannot choose the name, which is its own. An address is no
 * name and is always taken.
 * @param listen where the server listens; on this machine only: names of this machine are taken, and those that are
 * listed
 * @param allowed names without a port; where the server listens to a network and none is listed, every name is taken
 */
export function createHostCheck(
  listen: string,
  allowed: readonly string[],
): (host: string | undefined) => boolean {
  if (allowed.includes('*') || (allowed.length === 0 && !isLoopback(listen))) return () => true
  const names = new Set(allowed.map((name) => name.toLowerCase()))
  return (host) => {
    if (host === undefined) return true
    const name = nameOf(host)
    return isIP(name) !== 0 || isLoopbackName(host) || names.has(name)
  }
}

/** @param host as a `Host` header has it */
export function isLoopbackName(host: string): boolean {
  const name = nameOf(host)
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

/** Without port, brackets, and the dot that a whole name may end in. */
function nameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1]
  return (bracketed ?? host.replace(/:\d+$/, '').replace(/\.$/, '')).toLowerCase()
}
