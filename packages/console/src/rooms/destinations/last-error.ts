import type { AttemptError } from '@affluent/protocol/attempt'

interface KnownReason {
  readonly code: AttemptError
  /** of the HTTP answer, when there was one */
  readonly status: number | undefined
}

const BY_STATUS: Readonly<Record<number, AttemptError>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  408: 'server_error',
  410: 'gone',
  429: 'rate_limited',
}
const BY_BEGINNING: ReadonlyArray<readonly [string, AttemptError]> = [
  ['No answer in time', 'timeout'],
  ['The host name is not known', 'dns_failed'],
  ['Nobody listens', 'connection_refused'],
  ['The secure connection failed', 'tls_failed'],
  ['The connection was closed', 'connection_closed'],
]

/** Whether a message says more than the status of the answer, which is said in the member's language. */
export function saysMore(message: string): boolean {
  return !/^The destination answered \d{3}\.$/.test(message)
}

/**
 * What the server's message about a destination's last failure means: it comes without its code. undefined: shown as it
 * came.
 */
export function reasonOf(message: string): KnownReason | undefined {
  const answered = /^The destination answered (\d{3})\b/.exec(message)?.[1]
  if (answered !== undefined) {
    const status = Number(answered)
    const other = status >= 500 ? 'server_error' : status < 400 ? 'redirected' : 'refused'
    return { code: BY_STATUS[status] ?? other, status }
  }
  const code = BY_BEGINNING.find(([beginning]) => message.startsWith(beginning))?.[1]
  return code === undefined ? undefined : { code, status: undefined }
}
