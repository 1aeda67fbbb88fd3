import { RETRY_AFTER_MS_MAX } from '@affluent/protocol/limits'

/** What a try at a delivery came to. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** nobody has to act: it is tried again; `waitMs`: the whole destination asks for so long a rest */
  | { readonly kind: 'retry'; readonly isOutage: boolean; readonly waitMs?: number }
  /** the sender has to fix the payload */
  | { readonly kind: 'failed' }
  /** somebody has to fix the destination: nothing more is sent until a member says so */
  | { readonly kind: 'stopped'; readonly reason: 'unauthorized' | 'gone' | 'url_not_allowed' }

/**
 * What an HTTP answer means, once and for all: 2xx is taken; 408, 429 and 5xx are tried again; 401 and 403 stop the
 * destination, 410 switches it off; everything else, redirects too, will not become better by itself (after RudderStack
 * and Standard Webhooks).
 * @param answer.status undefined when there was no answer at all
 * @param now milliseconds since the epoch
 */
export function judge(
  answer: { readonly status: number | undefined; readonly retryAfter?: string | undefined },
  now: number,
): Verdict {
  const { status, retryAfter } = answer
  if (status === undefined) return { kind: 'retry', isOutage: true }
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 401 || status === 403) return { kind: 'stopped', reason: 'unauthorized' }
  if (status === 410) return { kind: 'stopped', reason: 'gone' }
  if (status !== 408 && status !== 429 && status < 500) return { kind: 'failed' }
  const waitMs = readRetryAfter(retryAfter, now)
  const isOutage = status !== 429
  return waitMs === undefined ? { kind: 'retry', isOutage } : { kind: 'retry', isOutage, waitMs }
}

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): seconds or an HTTP date.
 * @returns milliseconds to wait, an hour at most; undefined when it says nothing usable
 */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : dateOf(text) - now
  if (!(ms > 0)) return undefined
  return Math.min(ms, RETRY_AFTER_MS_MAX)
}

/** Only the form with a day's name is an HTTP date; `Date.parse` takes a lot more. */
function dateOf(text: string): number {
  return /^\s*(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN
}
