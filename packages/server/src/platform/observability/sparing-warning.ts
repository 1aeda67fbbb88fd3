import type { Log, LogFields } from './log.ts'

const REST_MS = 60_000

/**
 * A warning of what callers can cause as often as they like: said the first time, then once a minute at the most, with
 * how often it came since.
 * @param now milliseconds since the epoch
 */
export function sparingWarning(log: Log, event: string, now: () => number): (fields: LogFields) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  let unsaid = 0
  return (fields) => {
    unsaid += 1
    if (now() - saidAt < REST_MS) return
    log.warn(event, { ...fields, times: unsaid })
    saidAt = now()
    unsaid = 0
  }
}
