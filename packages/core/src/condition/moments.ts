import { INSTANT_END_MS, INSTANT_MIN_MS } from '../event/event-time.ts'

/** Moments from the first to the last, both included, milliseconds since the epoch. */
export interface Moments {
  readonly from: number
  readonly to: number
}

// Before and after every date; no store needs infinity.
const FIRST = INSTANT_MIN_MS - 1e12
const LAST = INSTANT_END_MS + 1e12

/** All moments up to one. */
export function momentsUntil(to: number): Moments {
  return { from: FIRST, to }
}

/** All moments from one on. */
export function momentsSince(from: number): Moments {
  return { from, to: LAST }
}
