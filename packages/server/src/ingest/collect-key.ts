import type { IncomingMessage } from 'node:http'
import { countHeaders } from '../platform/http/count-headers.ts'

/**
 * The write key that a request carries in its head: Basic (`key:`, or `key` alone as Segment takes it), Bearer,
 * `X-Write-Key` as Jitsu's libraries send it, or `?writeKey=`.
 * @returns undefined when there is none that can be read; the body may still hold one
 */
export function keyOfRequest(request: IncomingMessage, query: string): string | undefined {
  return (
    keyOfHeader(request) ?? keyOfJitsu(request) ?? new URLSearchParams(query).get('writeKey') ?? undefined
  )
}

function keyOfHeader(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  if (header === undefined || countHeaders(request, 'authorization') !== 1) return undefined
  const [scheme = '', value = ''] = header.split(' ', 2)
  if (scheme.toLowerCase() === 'bearer') return isKey(value) ? value : undefined
  if (scheme.toLowerCase() !== 'basic' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return undefined
  const name = Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0]
  return name !== undefined && isKey(name) ? name : undefined
}

/** `key`, or `key:secret`: a write key of ours has no secret, so what stands behind the colon is no difference. */
function keyOfJitsu(request: IncomingMessage): string | undefined {
  const key = String(request.headers['x-write-key'] ?? '').split(':', 1)[0] as string
  return isKey(key) ? key : undefined
}

function isKey(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text)
}
