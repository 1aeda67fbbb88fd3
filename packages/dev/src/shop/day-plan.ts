import { SeededRandom } from '../faults/seeded-random.ts'
import { DAY_MS, HOUR_MS, momentOf, type Place, rushOf } from './calendar.ts'
import {
  customerDay,
  type Habits,
  habitsOf,
  leaveDay,
  memberDay,
  subscribeDay,
  twinDay,
} from './people/habits.ts'
import { DRAW, seedOf, shareOf } from './seeds.ts'
import { dayStartOf, type Shop } from './shop.ts'
import type { Visit, VisitKind } from './visits/visit.ts'

const TUESDAY = 2
const EXPORT_HOUR = 2
const NEWSLETTER_HOUR = 8
const RECORD_CHANGES_A_DAY = 1 / 110
const QUESTIONS_A_DAY = 1 / 420
const ROBOTS_A_DAY_EACH = 1 / 2_200
// twenty for two thousand people in ninety days
const FAULTS_A_DAY_EACH = 1 / 9_000

/**
 * Who comes on a day, in the order in which they come. Everyone is asked by a few multiplications, so that a million
 * people cost no memory: only those who come are kept.
 */
export function planDay(shop: Shop, day: number): Visit[] {
  const plan = new DayPlan(shop, day)
  for (let person = 0; person < shop.people; person++) plan.ask(habitsOf(shop, person))
  plan.addStrangers()
  return plan.inOrder()
}

class DayPlan {
  readonly #shop: Shop
  readonly #day: number
  readonly #start: number
  readonly #online: number
  readonly #store: number
  readonly #isMailDay: boolean
  readonly #visits: Visit[] = []

  constructor(shop: Shop, day: number) {
    this.#shop = shop
    this.#day = day
    this.#start = dayStartOf(shop, day)
    this.#online = rushOf('online', day, this.#start)
    this.#store = rushOf('store', day, this.#start)
    this.#isMailDay = new Date(this.#start).getUTCDay() === TUESDAY
  }

  ask(habits: Habits): void {
    const day = this.#day
    const { seed } = habits
    if (memberDay(habits) === day) this.#add('sign_up', habits, 'online')
    else if (shareOf(seed, DRAW.browses, day) < habits.browsing * this.#online)
      this.#add('browse', habits, 'online')
    if (shareOf(seed, DRAW.shops, day) < habits.shopping * this.#store) this.#add('till', habits, 'store')
    this.#askForMail(habits)
    this.#askForRecords(habits)
    if (
      shareOf(seed, DRAW.asks, day) < QUESTIONS_A_DAY &&
      (habits.kind === 'member' || habits.kind === 'cardholder')
    )
      this.#add('question', habits, 'online')
  }

  /** Robots, and the mistakes of the sources. */
  addStrangers(): void {
    const { people, seed } = this.#shop
    const robots = Math.floor(people * ROBOTS_A_DAY_EACH + shareOf(seed, DRAW.bots, this.#day))
    for (let robot = 0; robot < robots; robot++) this.#addStranger('robot', robot, DRAW.bots)
    const rate = people * FAULTS_A_DAY_EACH
    for (let fault = Math.floor(this.#day * rate); fault < Math.floor((this.#day + 1) * rate); fault++)
      this.#addStranger('fault', fault, DRAW.faults)
  }

  inOrder(): Visit[] {
    return this.#visits.sort((a, b) => a.at - b.at)
  }

  #askForMail(habits: Habits): void {
    const day = this.#day
    const from = subscribeDay(habits)
    if (from > day) return
    if (from === day && habits.kind === 'visitor') this.#add('subscribe', habits, 'online')
    const until = leaveDay(habits)
    if (until === day) this.#add('leave', habits, 'online')
    if (!this.#isMailDay || from === day || until <= day) return
    // each gets every second letter
    const wave = seedOf(habits.seed, DRAW.wave) % 2
    if (Math.floor(day / 7) % 2 === wave)
      this.#addAt('newsletter', habits, this.#start + NEWSLETTER_HOUR * HOUR_MS)
  }

  #askForRecords(habits: Habits): void {
    const day = this.#day
    const from = customerDay(habits)
    if (from > day) return
    const night = this.#start + EXPORT_HOUR * HOUR_MS
    if (from === day) this.#addAt('customer_record', habits, night)
    else if (shareOf(habits.seed, DRAW.recordChange, day) < RECORD_CHANGES_A_DAY)
      this.#addAt('record_change', habits, night)
    if (twinDay(habits) === day) this.#addAt('twin_record', habits, night)
  }

  #add(kind: VisitKind, { person, seed }: Habits, place: Place): void {
    const own = this.#seedOf(seed, kind)
    const at = momentOf(place, this.#start, new SeededRandom(seedOf(own, DRAW.moment)))
    this.#visits.push({ at, day: this.#day, kind, person, seed: own })
  }

  /** Within the half hour after a moment. */
  #addAt(kind: VisitKind, { person, seed }: Habits, from: number): void {
    const own = this.#seedOf(seed, kind)
    const at = from + (seedOf(own, DRAW.moment) % (HOUR_MS / 2))
    this.#visits.push({ at, day: this.#day, kind, person, seed: own })
  }

  #addStranger(kind: VisitKind, number: number, draw: typeof DRAW.bots | typeof DRAW.faults): void {
    const own = seedOf(seedOf(this.#shop.seed, draw, this.#day), draw, number)
    const at = this.#start + (seedOf(own, DRAW.moment) % DAY_MS)
    this.#visits.push({ at, day: this.#day, kind, person: number, seed: own })
  }

  #seedOf(seed: number, kind: VisitKind): number {
    return seedOf(seedOf(seed, DRAW.visit, this.#day), VISIT_DRAWS[kind])
  }
}

const VISIT_DRAWS = {
  ...{ browse: DRAW.browses, sign_up: DRAW.memberDay, subscribe: DRAW.subscribeDay, till: DRAW.shops },
  ...{ customer_record: DRAW.customerRecord, twin_record: DRAW.twin, record_change: DRAW.recordChange },
  ...{
    newsletter: DRAW.wave,
    leave: DRAW.leaveDay,
    question: DRAW.asks,
    robot: DRAW.bots,
    fault: DRAW.faults,
  },
} as const
