import type { JsonObject } from '@affluent/protocol/event'
import { MINUTE_MS } from './calendar.ts'
import type { RecordQueue } from './record-queue.ts'
import { DRAW, seedOf, shareOf, uuidOf } from './seeds.ts'
import type { Shop } from './shop.ts'
import type { Planted, ShopSource } from './shop-record.ts'

/** What happens, before it is written down. */
export interface Happening {
  /** milliseconds since the epoch */
  readonly at: number
  /** when it is sent, if not at once */
  readonly sentAt?: number
  readonly source: ShopSource
  readonly truth: number | null
  readonly planted?: Planted | undefined
  /** without messageId and timestamp, unless they are planted */
  readonly event: JsonObject
}

const COPY_SHARE = 0.01

/** Writes down what happens: gives each record its messageId and its time, and sends one in a hundred a second time. */
export class Story {
  readonly shop: Shop
  readonly #queue: RecordQueue
  readonly #seed: number
  #told = 0

  /** @param seed of the messageIds: another one for each stream of a shop */
  constructor(shop: Shop, queue: RecordQueue, seed: number) {
    this.shop = shop
    this.#queue = queue
    this.#seed = seed
  }

  /** @returns the messageId */
  tell({ at, sentAt = at, source, truth, planted, event }: Happening): string {
    const number = this.#told++
    const messageId = uuidOf(this.#seed, DRAW.message, number)
    const whole: JsonObject = { messageId, timestamp: new Date(at).toISOString(), ...event }
    this.#queue.push({ at: sentAt, source, truth, planted, event: whole })
    if (planted === undefined && shareOf(this.#seed, DRAW.copy, number) < COPY_SHARE) {
      const later = sentAt + 2_000 + (seedOf(this.#seed, DRAW.copy, number) % MINUTE_MS)
      this.#queue.push({ at: later, source, truth, planted: 'copy', event: whole })
    }
    return messageId
  }
}
