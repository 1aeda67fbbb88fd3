import { setTimeout as pause } from 'node:timers/promises'
import { livingRecords } from './living-records.ts'
import { baseRecords, type ShopOptions } from './make-shop.ts'
import { type CollectClient, SendingEnded, type Taken } from './send/collect-client.ts'
import { type KeyOf, PastWindows, sendRecords } from './send/send-records.ts'
import { openShop } from './shop.ts'
import type { ShopRecord } from './shop-record.ts'

/** What a shop needs to be told to a server. */
export interface Keeping {
  readonly client: CollectClient
  readonly keyOf: KeyOf
  /** records that the server has taken before */
  readonly sent: number
  /** of living on, times the usual pace; 0: not at all */
  readonly speed: number
  readonly goesOn: () => boolean
  /** told after each window: records of the shop's own life that the server has */
  readonly onSent: (sent: number) => Promise<void>
  /** told once, when all that is past has been sent */
  readonly onHistory: (told: HistoryTold) => Promise<void>
}

/** What came of the history. */
export interface HistoryTold {
  readonly records: number
  readonly accepted: number
  readonly refused: number
  readonly ms: number
}

// by day, at the usual pace: one event every three seconds
const EVENTS_AN_HOUR = 1_200
const TURN_MS_MIN = 50
const TURN_MS_MAX = 1_000
// so long before it is told, the stream begins, so that people are in the middle of what they do
const WARM_UP_MS = 600_000
// after a sleep of the machine, what nobody could watch does not happen
const MISSED_MS = 60_000

// so many records under keys that the server does not know, and none that it does
const UNKNOWN_MAX = 100

/**
 * Tells a server the history of a shop, then what happens in it from moment to moment, until `goesOn` says no.
 * @throws SendingEnded when the server wants no more
 */
export async function keepShop(options: ShopOptions, keeping: Keeping): Promise<void> {
  const own = new PastWindows(baseRecords(openShop(options)))
  own.skip(keeping.sent)
  const keeper = new ShopKeeper(keeping)
  await keeper.tellHistory(own, keeping.speed === 0 ? () => options.endAt : Date.now)
  if (keeping.speed > 0) await keeper.liveOn(own, options)
}

class ShopKeeper {
  readonly #keeping: Keeping
  #sent: number
  #unknown = 0

  constructor(keeping: Keeping) {
    this.#keeping = keeping
    this.#sent = keeping.sent
  }

  /** @param end where the past ends, milliseconds since the epoch */
  async tellHistory(own: PastWindows, end: () => number): Promise<void> {
    const { goesOn, onHistory } = this.#keeping
    const began = performance.now()
    let accepted = 0
    let refused = 0
    while (goesOn()) {
      const window = own.take(end())
      if (window.length === 0) break
      const taken = await this.#send(window, window.length)
      accepted += taken.accepted
      refused += taken.refused
    }
    const records = this.#sent - this.#keeping.sent
    if (goesOn()) await onHistory({ records, accepted, refused, ms: performance.now() - began })
  }

  async liveOn(own: PastWindows, options: ShopOptions): Promise<void> {
    const { speed, goesOn } = this.#keeping
    const begins = Date.now()
    const pace = { from: begins - WARM_UP_MS, eventsAnHour: EVENTS_AN_HOUR * speed }
    const living = new PastWindows(livingRecords(openShop(options), pace))
    while (living.dueAt < begins) living.take(begins)
    while (goesOn()) {
      const now = Date.now()
      const mine = own.take(now)
      const others = living.take(now).filter(({ at }) => at >= now - MISSED_MS)
      if (mine.length + others.length > 0) {
        const window = [...mine, ...others].sort((a, b) => a.at - b.at)
        await this.#send(window, mine.length)
      }
      const due = Math.min(own.dueAt, living.dueAt) - Date.now()
      await pause(Math.max(TURN_MS_MIN, Math.min(TURN_MS_MAX, due)))
    }
  }

  /** @param own how many of them are of the shop's own life */
  async #send(window: readonly ShopRecord[], own: number): Promise<Taken> {
    const { client, keyOf, onSent } = this.#keeping
    const taken = await sendRecords(client, keyOf, window, Date.now())
    this.#unknown = taken.accepted > 0 ? 0 : this.#unknown + taken.unknown
    if (this.#unknown > UNKNOWN_MAX) throw new SendingEnded('The server does not know the write key.')
    this.#sent += own
    await onSent(this.#sent)
    return taken
  }
}
