import type { IncomingMessage } from 'node:http'

/** How often a header stands in the request: Node keeps only the first of some. */
export function countHeaders(request: IncomingMessage, name: string): number {
  let count = 0
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) count++
  }
  return count
}
