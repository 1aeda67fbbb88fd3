import type { ClientError } from './client-error.ts'
import type { QueuedEvent } from './event-queue.ts'

/** Attempts at one batch before it goes back to the queue. */
export const ATTEMPTS_MAX = 8
// The pause after the first failed attempt; it doubles each time.
const PAUSE_MS_MIN = 500
/** The longest pause between two attempts, also when the server asks for more. */
export const PAUSE_MS_MAX = 60_000

/** What `fetch` must do for us; the browser's own fits. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** What became of a batch: answered (with the events that were refused), or the server was not reached. */
export type SendAnswer = { kind: 'answered'; refused: ClientError[] } | { kind: 'unreachable' }

export interface SendOptions {
  readonly writeKey: string
  readonly host: string
  readonly fetch: Fetch
  readonly now: () => Date
  readonly wait: (ms: number) => Promise<void>
}

type Attempt = SendAnswer | { kind: 'retry'; afterMs: number | undefined }

/** Makes the function that sends a batch, and tries again on network faults, 429 and 5xx. */
export function createSendBatch(
  options: SendOptions,
): (batch: readonly QueuedEvent[]) => Promise<SendAnswer> {
  const url = `${options.host.replace(/\/+$/, '')}/v1/batch`

  return async function sendBatch(batch) {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const result = await attemptOnce(batch)
      if (result.kind !== 'retry') return result
      if (attempt < ATTEMPTS_MAX) await options.wait(pauseMs(attempt, result.afterMs))
    }
    return { kind: 'unreachable' }
  }

  async function attemptOnce(batch: readonly QueuedEvent[]): Promise<Attempt> {
    try {
      const response = await options.fetch(url, request(options, batch))
      if (response.status === 429 || response.status >= 500) {
        return { kind: 'retry', afterMs: retryAfterMs(response) }
      }
      return { kind: 'answered', refused: rejections(batch, response.ok, await bodyOf(response)) }
    } catch {
      return { kind: 'retry', afterMs: undefined }
    }
  }
}

// The key in the body and a plain content type spare the browser's preflight request.
function request({ writeKey, now }: SendOptions, batch: readonly QueuedEvent[]): RequestInit {
  const head = JSON.stringify({ writeKey, sentAt: now().toISOString() }).slice(0, -1)
  const body = `${head},"batch":[${batch.map((event) => event.json).join(',')}]}`
  return { method: 'POST', body, headers: { 'content-type': 'text/plain' }, keepalive: true }
}

// Half of the pause is left to chance, so that pages do not come back all at once.
function pauseMs(attempt: number, askedMs: number | undefined): number {
  const doubled = Math.min(PAUSE_MS_MIN * 2 ** (attempt - 1), PAUSE_MS_MAX)
  return Math.min(Math.max(doubled * (0.5 + Math.random() / 2), askedMs ?? 0), PAUSE_MS_MAX)
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

interface Body {
  code?: string
  message?: string
  rejected?: { index: number; code: string; message: string }[]
}

async function bodyOf(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body
  } catch {
    return {}
  }
}

function rejections(batch: readonly QueuedEvent[], ok: boolean, body: Body): ClientError[] {
  if (!ok) {
    const { code = 'refused', message = 'The server refused the batch.' } = body
    return batch.map(({ messageId }) => ({ code, message, messageId }))
  }
  return (body.rejected ?? []).map(({ index, code, message }) => {
    const messageId = batch[index]?.messageId
    return messageId === undefined ? { code, message } : { code, message, messageId }
  })
}
