import { SeededRandom } from '../faults/seeded-random.ts'
import { HOUR_MS, paceOf } from './calendar.ts'
import { habitsOf } from './people/habits.ts'
import { RecordQueue } from './record-queue.ts'
import { DRAW, seedOf } from './seeds.ts'
import { dayOf, type Shop } from './shop.ts'
import type { ShopRecord } from './shop-record.ts'
import { Story } from './story.ts'
import { tellVisit } from './tell-visit.ts'
import type { Visit } from './visits/visit.ts'

/** How a shop lives on where somebody watches it. */
export interface LivingOptions {
  /** milliseconds since the epoch */
  readonly from: number
  /** by day; less in the night */
  readonly eventsAnHour: number
}

const EVENTS_A_VISIT = 9
const TILL_SHARE = 0.12
// the most eager browse about this often on a day
const BROWSING_MAX = 0.5

/**
 * Visits beside those of the shop's own life, so that something is always to be seen: one event every few seconds,
 * without end. The people are the shop's own, the eager ones more often.
 */
export function* livingRecords(shop: Shop, { from, eventsAnHour }: LivingOptions): Generator<ShopRecord> {
  const seed = seedOf(seedOf(shop.seed, DRAW.living), DRAW.living, Math.floor(from / 1_000))
  const random = new SeededRandom(seed)
  const queue = new RecordQueue()
  const story = new Story(shop, queue, seed)
  const visitsAnHour = eventsAnHour / EVENTS_A_VISIT
  for (let at = from; ; at += Math.ceil(((0.5 + random.next()) * HOUR_MS) / (visitsAnHour * paceOf(at)))) {
    yield* queue.before(at)
    tellVisit(story, makeVisit(shop, at, random))
  }
}

function makeVisit(shop: Shop, at: number, random: SeededRandom): Visit {
  const kind = random.chance(TILL_SHARE) ? 'till' : 'browse'
  const seed = seedOf(Math.floor(random.next() * 2 ** 32), DRAW.visit)
  return { at, day: dayOf(shop, at), kind, person: pickEager(shop, random), seed }
}

function pickEager(shop: Shop, random: SeededRandom): number {
  for (let tries = 0; ; tries++) {
    const person = random.between(0, shop.people - 1)
    if (random.next() * BROWSING_MAX < habitsOf(shop, person).browsing || tries > 100) return person
  }
}
