import type { IncomingMessage, ServerResponse } from 'node:http'
import { consoleScriptHashes } from './console-files.ts'

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const API = {
  ...EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

// Mantine and the charts put styles into the page; scripts come from files of ours, or stand in our own page as built
const CONSOLE_POLICY = [
  "default-src 'none'",
  `script-src ${["'self'", ...consoleScriptHashes()].join(' ')}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]
const CONSOLE = { ...EVERYWHERE, 'content-security-policy': CONSOLE_POLICY.join('; ') }

const OPERATIONS = new Set(['/healthz', '/readyz', '/metrics', '/openapi.json'])

/**
 * Says to browsers what they may do with an answer of the API or of the console, errors too. The collect endpoint has
 * its own words.
 */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url as string).split('?', 1)[0] as string
  const headers = path.startsWith('/v1/') || OPERATIONS.has(path) ? API : CONSOLE
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}
