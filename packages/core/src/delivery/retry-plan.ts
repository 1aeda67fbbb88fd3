const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits before the second, third ... try, in milliseconds: ten tries within 24 hours. */
export const RETRY_WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
] as const

const JITTER = 0.2

/**
 * How long to wait after a try that came to nothing.
 * @param tries made so far
 * @param random 0 to 1: spreads the next tries by a fifth to both sides, so that those that failed together do not come
 * back together
 * @returns milliseconds; undefined when there is no further try
 */
export function waitAfter(tries: number, random: number): number | undefined {
  const wait = RETRY_WAITS_MS[tries - 1]
  return wait === undefined ? undefined : Math.round(wait * (1 - JITTER + 2 * JITTER * random))
}
