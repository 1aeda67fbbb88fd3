import { SESSION_MS_MAX } from '@affluent/protocol/limits'

/** The browser takes this name over https only, from this host only. */
const SECURE_NAME = '__Host-affluent'
const PLAIN_NAME = 'affluent'
const FLAGS = 'Path=/; HttpOnly; SameSite=Strict'

/**
 * The token that a request carries.
 * @param header `Cookie` as it came
 * @returns undefined when there is none; the one that only https can have set goes first
 */
export function readSessionCookie(header: string | undefined): string | undefined {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2)
    // the first of one name is the browser's own choice
    if (!cookies.has(name)) cookies.set(name, value)
  }
  return cookies.get(SECURE_NAME) ?? cookies.get(PLAIN_NAME)
}

/** `Set-Cookie` for a token. */
export function sessionCookie(token: string, isSecure: boolean): string {
  const maxAge = `Max-Age=${SESSION_MS_MAX / 1000}`
  return isSecure
    ? `${SECURE_NAME}=${token}; ${FLAGS}; ${maxAge}; Secure`
    : `${PLAIN_NAME}=${token}; ${FLAGS}; ${maxAge}`
}

/** `Set-Cookie`s that take away whatever a browser has. */
export const NO_SESSION_COOKIE = [
  `${SECURE_NAME}=; ${FLAGS}; Max-Age=0; Secure`,
  `${PLAIN_NAME}=; ${FLAGS}; Max-Age=0`,
]
