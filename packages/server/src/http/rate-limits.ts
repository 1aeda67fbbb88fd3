import {
  API_REQUESTS_PER_SECOND_MAX,
  WORKSPACE_EVENTS_PER_SECOND_MAX,
  WRONG_KEYS_PER_MINUTE_MAX,
} from '@affluent/protocol/limits'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { RefusalError } from './refusal-error.ts'

/** How much one workspace, key or address may ask. */
export interface RateLimits {
  /** @throws RefusalError 429 */
  checkEvents(workspace: number, events: number): Promise<void>
  /** @throws RefusalError 429 */
  checkApi(key: string): Promise<void>
  /**
   * Counts a wrong key.
   * @throws RefusalError 429 when this address has sent too many
   */
  checkWrongKey(address: string): Promise<void>
}

const WINDOW_SECONDS = 10

/** Limits kept in memory, for one process. */
export function createRateLimits(): RateLimits {
  const events = new RateLimiterMemory({
    points: WORKSPACE_EVENTS_PER_SECOND_MAX * WINDOW_SECONDS,
    duration: WINDOW_SECONDS,
  })
  const api = new RateLimiterMemory({
    points: API_REQUESTS_PER_SECOND_MAX * WINDOW_SECONDS,
    duration: WINDOW_SECONDS,
  })
  const wrongKeys = new RateLimiterMemory({ points: WRONG_KEYS_PER_MINUTE_MAX, duration: 60 })
  return {
    checkEvents: (workspace, count) =>
      consume(events, String(workspace), count, (seconds) => {
        const limit = WORKSPACE_EVENTS_PER_SECOND_MAX.toLocaleString('en-US')
        return refuse(
          'rate_limited',
          `A workspace may send ${limit} events a second; try again in ${seconds} s.`,
          seconds,
        )
      }),
    checkApi: (key) =>
      consume(api, key, 1, (seconds) =>
        refuse('rate_limited', `Too many requests; try again in ${seconds} s.`, seconds),
      ),
    checkWrongKey: (address) =>
      consume(wrongKeys, address, 1, () =>
        refuse('too_many_attempts', 'Too many wrong keys. Try again in 60 s.', 60),
      ),
  }
}

/** No limits, for operators who have their own in front (`AFFLUENT_RATE_LIMITS=off`). */
export const unlimited: RateLimits = {
  checkEvents: async () => {},
  checkApi: async () => {},
  checkWrongKey: async () => {},
}

async function consume(
  limiter: RateLimiterMemory,
  key: string,
  points: number,
  refusal: (seconds: number) => RefusalError,
): Promise<void> {
  try {
    await limiter.consume(key, points)
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason
    throw refusal(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)))
  }
}

function refuse(
  code: 'rate_limited' | 'too_many_attempts',
  message: string,
  retryAfterSeconds: number,
): RefusalError {
  return new RefusalError(429, code, message, { retryAfterSeconds })
}
