import type { SeededRandom } from '../faults/seeded-random.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

// Sunday first, as getUTCDay counts
const ONLINE_WEEK = [1.3, 1, 0.95, 1.05, 0.95, 0.9, 0.95]
const STORE_WEEK = [0.1, 0.7, 0.8, 1.2, 0.9, 1.2, 2.1]
// of the day in Paris, hour by hour; no base visit begins before 6
const ONLINE_HOURS = [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 7, 7, 5, 5, 5, 6, 7, 8, 10, 11, 8, 4]
const STORE_HOURS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 4, 3, 4, 5, 6, 7, 6, 2, 0, 0, 0, 0]
const SALE_EVERY_DAYS = 60
const SALE_FROM_DAY = 32
const SALE_TO_DAY = 46

/** The place where people look at pages or stand at a till. */
export type Place = 'online' | 'store'

/** How much busier than usual a day is. `day` counts from the shop's first, which begins at `dayStart`. */
export function rushOf(place: Place, day: number, dayStart: number): number {
  const week = place === 'online' ? ONLINE_WEEK : STORE_WEEK
  return (week[new Date(dayStart).getUTCDay()] as number) * (isSale(day) ? 1.6 : 1)
}

/** Two weeks of sale in every sixty days. */
export function isSale(day: number): boolean {
  const place = day % SALE_EVERY_DAYS
  return place >= SALE_FROM_DAY && place < SALE_TO_DAY
}

/**
 * A moment of a day at which people do such things.
 * @param dayStart midnight of UTC, milliseconds since the epoch
 */
export function momentOf(place: Place, dayStart: number, random: SeededRandom): number {
  const hours = place === 'online' ? ONLINE_HOURS : STORE_HOURS
  let left = random.next() * hours.reduce((sum, weight) => sum + weight, 0)
  const hour = hours.findIndex((weight) => (left -= weight) < 0)
  return dayStart + hour * HOUR_MS + random.between(0, HOUR_MS - 1) - parisOffset(dayStart)
}

/** How busy the shop's pages are at a moment, from 0.5 in the night to 1. */
export function paceOf(at: number): number {
  const hour = new Date(at + parisOffset(at)).getUTCHours()
  return Math.max(0.5, Math.min(1, (ONLINE_HOURS[hour] as number) / 6))
}

/** What clocks in Paris are ahead of UTC, in milliseconds: one hour, two in summer. */
function parisOffset(at: number): number {
  const year = new Date(at).getUTCFullYear()
  return at >= lastSunday(year, 2) && at < lastSunday(year, 9) ? 2 * HOUR_MS : HOUR_MS
}

/** 01:00 UTC, when the clocks of Europe change. */
function lastSunday(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0, 1))
  return lastDay.getTime() - lastDay.getUTCDay() * DAY_MS
}
