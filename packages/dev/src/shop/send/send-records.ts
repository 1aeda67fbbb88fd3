import type { JsonObject } from '@affluent/protocol/event'
import { DAY_MS } from '../calendar.ts'
import type { ShopRecord, ShopSource } from '../shop-record.ts'
import type { CollectClient, Taken } from './collect-client.ts'

/** Records that are sent together; those of different sources may overtake each other only within them. */
const WINDOW_RECORDS = 1_000

/** Where each source's records go; those without a key are left out. */
export type KeyOf = (source: ShopSource) => string | undefined

/**
 * Sends records, for each key one batch of what is older than a day, as history, and one of what is not.
 * @param now milliseconds since the epoch
 */
export async function sendRecords(
  client: CollectClient,
  keyOf: KeyOf,
  records: readonly ShopRecord[],
  now: number,
): Promise<Taken> {
  const batches = new Map<string, { writeKey: string; history: boolean; events: JsonObject[] }>()
  for (const { at, source, event } of records) {
    const writeKey = keyOf(source)
    if (writeKey === undefined) continue
    const history = at < now - DAY_MS
    const batch = batches.get(`${history} ${writeKey}`)
    if (batch === undefined) batches.set(`${history} ${writeKey}`, { writeKey, history, events: [event] })
    else batch.events.push(event)
  }
  const taken = await Promise.all([...batches.values()].map((batch) => client.send(batch)))
  const sum = (of: keyof Taken) => taken.reduce((total, one) => total + one[of], 0)
  return { accepted: sum('accepted'), refused: sum('refused'), unknown: sum('unknown') }
}

/** What has happened until a moment, in windows; leaves the iterator before what comes later. */
export class PastWindows {
  readonly #records: Iterator<ShopRecord>
  #next: ShopRecord | undefined

  constructor(records: Iterator<ShopRecord>) {
    this.#records = records
    this.#next = this.#step()
  }

  /** Lets records go that were sent before. */
  skip(count: number): void {
    for (let left = count; left > 0; left--) this.#next = this.#step()
  }

  /** When the next one is due, milliseconds since the epoch. */
  get dueAt(): number {
    return this.#next?.at ?? Number.POSITIVE_INFINITY
  }

  /** @param end milliseconds since the epoch, not included */
  take(end: number, max = WINDOW_RECORDS): ShopRecord[] {
    const window: ShopRecord[] = []
    while (window.length < max && this.#next !== undefined && this.#next.at < end) {
      window.push(this.#next)
      this.#next = this.#step()
    }
    return window
  }

  #step(): ShopRecord | undefined {
    const { value, done } = this.#records.next()
    return done === true ? undefined : value
  }
}
