import { mix32 } from '../bench/mix/random.ts'
import { DAY_MS } from './calendar.ts'
import { DRAW, seedOf } from './seeds.ts'

/** A shop: from these three numbers follows everything that ever happens in it. */
export interface Shop {
  readonly seed: number
  /** how many people have to do with it; they are numbered from 0 */
  readonly people: number
  /** midnight of UTC at which its first day begins, milliseconds since the epoch */
  readonly startAt: number
}

/**
 * The shop that has been open for some days at a moment.
 * @param endAt milliseconds since the epoch
 */
export function openShop(options: { seed: number; people: number; days: number; endAt: number }): Shop {
  const { seed, people, days, endAt } = options
  return { seed: mix32(seed + 1), people, startAt: Math.floor((endAt - days * DAY_MS) / DAY_MS) * DAY_MS }
}

/** The seed of one person, which no other person of the shop has. */
export function personSeed(shop: Shop, person: number): number {
  return seedOf(shop.seed, DRAW.person, person)
}

/** The first moment of a day. */
export function dayStartOf(shop: Shop, day: number): number {
  return shop.startAt + day * DAY_MS
}

/** The day of a moment. */
export function dayOf(shop: Shop, at: number): number {
  return Math.floor((at - shop.startAt) / DAY_MS)
}
