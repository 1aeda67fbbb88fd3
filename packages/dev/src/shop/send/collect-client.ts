import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { JsonObject } from '@affluent/protocol/event'

/** A request that ended well. */
export interface Taken {
  readonly accepted: number
  readonly refused: number
  /** not taken, because the server does not know the key, or the source is switched off */
  readonly unknown: number
}

/** Why nothing more is to be sent. */
export class SendingEnded extends Error {
  override readonly name = 'SendingEnded'
}

/** One batch for one source. */
export interface Batch {
  readonly writeKey: string
  readonly events: readonly JsonObject[]
  /** history changes state and sends nothing */
  readonly history: boolean
}

const GONE_MS = 30_000
const REQUEST_MS_MAX = 60_000
const PAUSE_MS_MIN = 500
const PAUSE_MS_MAX = 30_000
const GZIP_BYTES_MIN = 2_048
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const pack = promisify(gzip)

/**
 * Sends batches through the collect endpoint until they are taken: waits where the server asks for it, tries again
 * where it does not answer.
 */
export class CollectClient {
  readonly #url: URL
  readonly #isNear: boolean
  readonly #goesOn: () => boolean

  /** @param goesOn asked before each further try */
  constructor(url: string, goesOn: () => boolean) {
    this.#url = new URL(url)
    this.#isNear = LOOPBACK.test(this.#url.hostname)
    this.#goesOn = goesOn
  }

  /** @throws SendingEnded when the server is gone for half a minute, or when `goesOn` says no */
  async send({ writeKey, events, history }: Batch): Promise<Taken> {
    const path = history ? '/v1/import?history=true' : '/v1/batch'
    let wait = PAUSE_MS_MIN
    let silentSince: number | undefined
    for (;;) {
      // what is told as it happens says when it was sent, so that a wrong clock of ours does no harm; history has its
      // own times
      const body = JSON.stringify(
        history ? { batch: events } : { batch: events, sentAt: new Date().toISOString() },
      )
      const answer = await this.#post(path, writeKey, body)
      if (!this.#goesOn()) throw new SendingEnded('Told to end.')
      if (answer === undefined) {
        silentSince ??= performance.now()
        if (performance.now() - silentSince > GONE_MS)
          throw new SendingEnded(`No server at ${this.#url.origin} any more.`)
      } else {
        silentSince = undefined
        const taken = readAnswer(answer, events.length)
        if (taken !== undefined) return taken
      }
      await this.#rest(answer?.retryAfterMs ?? wait)
      wait = Math.min(PAUSE_MS_MAX, wait * 2)
    }
  }

  async #rest(ms: number): Promise<void> {
    const end = performance.now() + ms
    while (this.#goesOn() && performance.now() < end)
      await pause(Math.min(PAUSE_MS_MIN, end - performance.now()))
  }

  /** @returns undefined when there is no answer */
  async #post(path: string, writeKey: string, body: string): Promise<Answered | undefined> {
    // on one machine packing costs more than it saves
    const isPacked = !this.#isNear && body.length > GZIP_BYTES_MIN
    try {
      const answer = await fetch(new URL(path, this.#url), {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
          'content-type': 'application/json',
          ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
        },
        body: isPacked ? await pack(body) : body,
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      })
      const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
      return {
        status: answer.status,
        text: await answer.text(),
        retryAfterMs: Number.isFinite(seconds) ? Math.min(PAUSE_MS_MAX, seconds * 1_000) : undefined,
      }
    } catch {
      return undefined
    }
  }
}

/** Whether a server can take events now. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(REQUEST_MS_MAX) })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}

interface Answered {
  readonly status: number
  readonly text: string
  readonly retryAfterMs: number | undefined
}

/**
 * @returns undefined when it is worth another try
 * @throws Error when no try can help
 */
function readAnswer({ status, text }: Answered, events: number): Taken | undefined {
  if (status === 429 || status >= 500) return undefined
  const { accepted = 0, code } = readJson(text)
  if (status === 200) return { accepted, refused: events - accepted, unknown: 0 }
  // a batch of nothing but planted mistakes
  if (status === 400 && code === 'all_events_rejected') return { accepted: 0, refused: events, unknown: 0 }
  if (status === 401 || status === 403) return { accepted: 0, refused: 0, unknown: events }
  throw new Error(`A batch is answered with ${status}: ${text.slice(0, 300)}`)
}

function readJson(text: string): { accepted?: number; code?: string } {
  try {
    return JSON.parse(text) as { accepted?: number; code?: string }
  } catch {
    return {}
  }
}
