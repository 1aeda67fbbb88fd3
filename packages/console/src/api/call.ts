import { ApiError } from './api-error.ts'
import { noteReachable } from './reachability.ts'
import type { Request } from './request.ts'

/** What goes along with a request of a signed-in member. */
export interface Pass {
  readonly workspace?: string | undefined
  readonly csrf?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Asks the server. Throws an ApiError when the answer is not a success or does not come. */
export async function call<Answer>(request: Request<Answer>, pass: Pass = {}): Promise<Answer> {
  const response = await send(request, pass)
  const text = await response.text()
  const answer = parse(text)
  if (!response.ok) throw errorOf(response, answer)
  return answer as Answer
}

async function send({ method = 'GET', path, body, ifMatch }: Request, pass: Pass): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (pass.workspace !== undefined) headers['affluent-workspace'] = pass.workspace
  if (pass.csrf !== undefined && method !== 'GET') headers['affluent-csrf'] = pass.csrf
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (ifMatch !== undefined) headers['if-match'] = `"${ifMatch}"`
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (pass.signal !== undefined) init.signal = pass.signal
  try {
    const response = await fetch(path, init)
    noteReachable(true)
    return response
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    noteReachable(false)
    throw unreachable(cause)
  }
}

function unreachable(cause: unknown): ApiError {
  const message = 'The server does not answer. Check that it runs, then try again.'
  return new ApiError(0, 'unreachable', message, { cause })
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorOf(response: Response, answer: unknown): ApiError {
  const { error } = (answer ?? {}) as {
    error?: {
      code?: string
      message?: string
      path?: string
      needs?: string
      id?: string
      details?: Record<string, unknown>
    }
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError(response.status, error?.code ?? 'unexpected', error?.message ?? response.statusText, {
    path: error?.path,
    id: error?.id,
    details: error?.needs === undefined ? error?.details : { ...error.details, needs: error.needs },
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  })
}
