import { expect } from 'vitest'
import { type Answer, OWNER, request } from './test-server.ts'

/** A team member's browser: cookie, second secret, and the workspace in which it is. */
export class ConsoleSession {
  readonly cookie: string
  readonly csrf: string
  readonly #url: string

  constructor(url: string, cookie: string, csrf: string) {
    this.#url = url
    this.cookie = cookie
    this.csrf = csrf
  }

  /** Asks as the console does; a header that is undefined is left out. */
  ask(
    path: string,
    init: {
      method?: string
      body?: unknown
      workspace?: string | undefined
      headers?: Readonly<Record<string, string | undefined>>
    } = {},
  ): Promise<Answer> {
    const { method = 'GET', body } = init
    const workspace = 'workspace' in init ? init.workspace : 'main'
    const headers = {
      cookie: this.cookie,
      'affluent-workspace': workspace,
      ...(method === 'GET' ? {} : { 'affluent-csrf': this.csrf }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    }
    const sent = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    return request(`${this.#url}${path}`, {
      method,
      headers: Object.fromEntries(sent),
      ...(text === undefined ? {} : { body: text }),
    })
  }
}

/** Signs in, as the owner unless `who` says otherwise. */
export async function signIn(
  url: string,
  who: Readonly<Record<string, string>> = OWNER,
): Promise<ConsoleSession> {
  const answer = await trySignIn(url, who)
  expect(answer, answer.text).toMatchObject({ status: 200 })
  const { csrf } = answer.json['session'] as { csrf: string }
  return new ConsoleSession(url, cookieOf(answer), csrf)
}

/** Sends the sign-in form, with a body and headers that may be anything. */
export function trySignIn(
  url: string,
  body: unknown = OWNER,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return request(`${url}/v1/session`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Name and value of the cookie that an answer sets. */
function cookieOf(answer: Answer): string {
  const [cookie = ''] = answer.headers.getSetCookie()
  return cookie.split(';', 1)[0] as string
}
