import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { PREFLIGHT_HEADERS_MAX } from '@affluent/protocol/limits'

/** On every answer of the collect API: any page may send to it and read what it says; no cookie is ever asked for. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After, Affluent-Position',
  'cross-origin-resource-policy': 'cross-origin',
}

const USUAL_HEADERS = 'Authorization, Content-Type, X-Retry-Count, X-Write-Key'
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
const PREFLIGHT_SECONDS = 86_400

/**
 * What a browser is told before it sends: the headers that it asks for are allowed, since libraries send many and the
 * collector reads few of them.
 */
export function answerPreflight(request: IncomingMessage): OutgoingHttpHeaders {
  return {
    ...CORS,
    'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
    'access-control-allow-headers': allowedHeaders(request.headers['access-control-request-headers']),
    'access-control-max-age': String(PREFLIGHT_SECONDS),
    vary: 'Access-Control-Request-Headers',
  }
}

function allowedHeaders(asked: string | undefined): string {
  const names = (asked ?? '').split(',').map((name) => name.trim())
  const allowed = names.filter((name) => HEADER_NAME.test(name)).slice(0, PREFLIGHT_HEADERS_MAX)
  return allowed.length === 0 ? USUAL_HEADERS : allowed.join(', ')
}
