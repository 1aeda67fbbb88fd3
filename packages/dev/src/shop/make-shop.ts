import { planDay } from './day-plan.ts'
import { RecordQueue } from './record-queue.ts'
import { DRAW, seedOf } from './seeds.ts'
import { dayStartOf, openShop, type Shop } from './shop.ts'
import type { ShopRecord } from './shop-record.ts'
import { Story } from './story.ts'
import { tellVisit } from './tell-visit.ts'

/** A shop's life up to a moment. */
export interface ShopOptions {
  readonly seed: number
  readonly people: number
  /** how long the shop has been open at `endAt`; its first day is told whole */
  readonly days: number
  /** milliseconds since the epoch */
  readonly endAt: number
}

/**
 * All that happened in a shop until a moment, in the order in which it was sent. The same options give the same bytes;
 * memory does not grow with the days, and with the people only by those who come on one day.
 */
export function* makeShop(options: ShopOptions): Generator<ShopRecord> {
  for (const record of baseRecords(openShop(options))) {
    if (record.at >= options.endAt) return
    yield record
  }
}

/** The life of a shop from its first day, without end: what comes later never changes what came before. */
export function* baseRecords(shop: Shop): Generator<ShopRecord> {
  const queue = new RecordQueue()
  const story = new Story(shop, queue, seedOf(shop.seed, DRAW.message))
  for (let day = 0; ; day++) {
    for (const visit of planDay(shop, day)) {
      yield* queue.before(visit.at)
      tellVisit(story, visit)
    }
    yield* queue.before(dayStartOf(shop, day + 1))
  }
}
