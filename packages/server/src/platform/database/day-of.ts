const DAY_MS = 86_400_000
let lastDay = { number: -1, name: '' }

/**
 * Day in UTC, as `2026-11-21`.
 * @param ms milliseconds since the epoch
 */
export function dayOf(ms: number): string {
  const number = Math.floor(ms / DAY_MS)
  // asked for each event, and nearly always for the same day
  if (number !== lastDay.number) lastDay = { number, name: new Date(ms).toISOString().slice(0, 10) }
  return lastDay.name
}
