import {
  API_REQUESTS_PER_SECOND_MAX,
  SIGN_IN_ADDRESS_TRIES_MAX,
  SIGN_IN_STRANGERS_TRIES_MAX,
  SIGN_IN_TRIES_MAX,
  SIGN_IN_WINDOW_MS,
  WORKSPACE_EVENTS_PER_SECOND_MAX,
  WRONG_KEYS_PER_MINUTE_MAX,
} from '@affluent/protocol/limits'
import ipaddr from 'ipaddr.js'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiError } from './api-error.ts'

/** How much one workspace, key or address may ask. */
export interface RateLimits {
  /** @throws ApiError 429 */
  checkEvents(workspace: number, events: number): Promise<void>
  /** @throws ApiError 429 */
  checkApi(key: string): Promise<void>
  /**
   * Counts a wrong key.
   * @throws ApiError 429 when this address has sent too many
   */
  checkWrongKey(address: string): Promise<void>
  /**
   * Counts a try to sign in, before it is known how it ends: tries that run at the same time are counted too. Whoever
   * is known in this browser has a counter of their own, so that strangers keep nobody out.
   * @throws ApiError 429 when there have been too many
   */
  checkSignIn(who: SignInTry): Promise<CountedTry>
}

/** Who tries to sign in. */
export interface SignInTry {
  readonly address: string
  /** the e-mail address in lower case, whether there is such a member or not */
  readonly account: string
  /** tells a browser in which somebody has signed in to the account; undefined: nobody has */
  readonly device: string | undefined
}

/** A try that was counted. */
export interface CountedTry {
  /** it was the right password: it does not count, and the account begins anew here */
  forgive(): Promise<void>
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
  const windowSeconds = SIGN_IN_WINDOW_MS / 1000
  const addresses = new RateLimiterMemory({ points: SIGN_IN_ADDRESS_TRIES_MAX, duration: windowSeconds })
  const accounts = new RateLimiterMemory({ points: SIGN_IN_STRANGERS_TRIES_MAX, duration: windowSeconds })
  const places = new RateLimiterMemory({ points: SIGN_IN_TRIES_MAX, duration: windowSeconds })
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
      consume(wrongKeys, networkOf(address), 1, () =>
        refuse('too_many_attempts', 'Too many wrong keys. Try again in 60 s.', 60),
      ),
    checkSignIn: async ({ address, account, device }) => {
      const network = networkOf(address)
      const place = `${account} ${device ?? network}`
      if (device !== undefined) {
        await consume(places, place, 1, tooManySignIns)
        return {
          forgive: async () => {
            await places.delete(place)
          },
        }
      }
      await consume(addresses, network, 1, tooManySignIns)
      await consume(places, place, 1, tooManySignIns)
      await consume(accounts, account, 1, tooManySignIns)
      return {
        forgive: async () => {
          await Promise.all([addresses.reward(network, 1), places.delete(place), accounts.reward(account, 1)])
        },
      }
    },
  }
}

/** No limits, for operators who have their own in front (`AFFLUENT_RATE_LIMITS=off`). */
export const unlimited: RateLimits = {
  checkEvents: async () => {},
  checkApi: async () => {},
  checkWrongKey: async () => {},
  checkSignIn: async () => ({ forgive: async () => {} }),
}

/** What one person has: an address of IPv4, the 64 bits in front of IPv6, of which whoever has one has all. */
function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address
  const parsed = ipaddr.IPv6.parse(address)
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.parts.slice(0, 4).join(':')
}

function tooManySignIns(seconds: number): ApiError {
  const minutes = Math.ceil(seconds / 60)
  return refuse('too_many_attempts', `Too many tries to sign in. Try again in ${minutes} min.`, seconds)
}

async function consume(
  limiter: RateLimiterMemory,
  key: string,
  points: number,
  rejection: (seconds: number) => ApiError,
): Promise<void> {
  try {
    await limiter.consume(key, points)
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason
    throw rejection(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)))
  }
}

function refuse(
  code: 'rate_limited' | 'too_many_attempts',
  message: string,
  retryAfterSeconds: number,
): ApiError {
  return new ApiError(429, code, message, { retryAfterSeconds })
}
