import { DEVICE_MS_MAX, SESSION_MS_MAX } from '@affluent/protocol/limits'

const SESSION = 'affluent'
const DEVICE = 'affluent-device'
/** The browser takes a name that begins so over https only, from this host only. */
const SECURE = '__Host-'
const FLAGS = 'Path=/; HttpOnly; SameSite=Strict'

/**
 * The token of the session that a request carries.
 * @param header `Cookie` as it came
 * @param isHttps over https only the cookie counts that only https can have set: a sister domain may plant the other
 */
export function readSessionCookie(header: string | undefined, isHttps: boolean): string | undefined {
  return read(header, SESSION, isHttps)
}

/** The mark of a browser in which somebody has signed in. */
export function readDeviceCookie(header: string | undefined, isHttps: boolean): string | undefined {
  return read(header, DEVICE, isHttps)
}

/** `Set-Cookie` for the token of a session. */
export function sessionCookie(token: string, isHttps: boolean): string {
  return write(SESSION, token, SESSION_MS_MAX, isHttps)
}

/** `Set-Cookie` for the mark of a browser. */
export function deviceCookie(mark: string, isHttps: boolean): string {
  return write(DEVICE, mark, DEVICE_MS_MAX, isHttps)
}

/** `Set-Cookie`s that take the session away from a browser, whichever it has. */
export const NO_SESSION_COOKIE = [write(SESSION, '', 0, true), write(SESSION, '', 0, false)]

function read(header: string | undefined, name: string, isHttps: boolean): string | undefined {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2)
    // the first of one name is the browser's own choice
    if (!cookies.has(key)) cookies.set(key, value)
  }
  return cookies.get(SECURE + name) ?? (isHttps ? undefined : cookies.get(name))
}

function write(name: string, value: string, ms: number, isHttps: boolean): string {
  const flags = `${FLAGS}; Max-Age=${ms / 1000}`
  return isHttps ? `${SECURE}${name}=${value}; ${flags}; Secure` : `${name}=${value}; ${flags}`
}
