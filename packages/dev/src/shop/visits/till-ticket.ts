import type { JsonObject } from '@affluent/protocol/event'
import { SeededRandom } from '../../faults/seeded-random.ts'
import { DAY_MS } from '../calendar.ts'
import { COUNTRIES, type Country, STORES, type Store } from '../data/places.ts'
import { cardDay } from '../people/habits.ts'
import { meet, type Shopper } from '../people/shopper.ts'
import { heardEmail } from '../people/spelling.ts'
import { DRAW, uuidOf } from '../seeds.ts'
import type { Story } from '../story.ts'
import { choose, describeRefund, type Line, lineOf, type Order, placeOrder } from './basket.ts'
import { externalId } from './session.ts'
import type { Visit } from './visit.ts'

const SHOWS_CARD = 0.88
const PARTNERS_CARD = 0.2

/**
 * A ticket of a till: with a loyalty card when one is shown, otherwise under a number of its own that joins nothing.
 */
export function payAtTill(story: Story, visit: Visit): void {
  const random = new SeededRandom(visit.seed)
  const shopper = meet(story.shop, visit.person)
  const { city } = shopper.home
  const store = STORES.find(({ key }) => key === city.store) ?? random.pick(STORES)
  const country = countryOf(store)
  const wanted = 1 + Math.floor(random.next() ** 2 * 5)
  const lines: Line[] = []
  while (lines.length < wanted) lines.push(lineOf(choose(shopper, random), country, visit.day, random))
  const order = placeOrder(lines, { country, day: visit.day, store: store.name }, random)
  const card = cardShown(story, shopper, visit.day, random)
  const email = card !== undefined && random.chance(0.08) ? { email: heardEmail(shopper.email, random) } : {}
  const tell = (at: number, event: string, properties: JsonObject) =>
    story.tell({
      ...{ at, source: 'tills', truth: shopper.habits.person },
      event: {
        ...{ type: 'track', event },
        ...(card === undefined
          ? { anonymousId: `ticket-${uuidOf(visit.seed, DRAW.ticket, visit.person)}` }
          : {}),
        properties,
        context: {
          library: { name: 'caisse', version: '7.3.1' },
          ...(card === undefined ? {} : { externalIds: [externalId('loyalty_card', card)] }),
        },
      },
    })
  tell(visit.at, 'Order Completed', { ...order.properties, ...placeOf(store, random), ...email })
  if (random.chance(0.06)) bringBack(order, store, { at: visit.at, tell }, random)
}

function bringBack(
  order: Order,
  store: Store,
  {
    at,
    tell,
  }: { readonly at: number; readonly tell: (at: number, event: string, properties: JsonObject) => void },
  random: SeededRandom,
): void {
  const back = at + random.between(2, 20) * DAY_MS + random.between(-60, 60) * 60_000
  tell(back, 'Order Refunded', {
    ...describeRefund(order, random),
    channel: 'store',
    ...placeOf(store, random),
  })
}

function placeOf(store: Store, random: SeededRandom): JsonObject {
  return { store: store.key, city: store.city, till: random.between(1, 4) }
}

/** Tills take the money of their country. */
function countryOf({ key }: Store): Country {
  const code = key === 'geneve' ? 'CH' : 'FR'
  return COUNTRIES.find((country) => country.code === code) as Country
}

/** People who live together also show each other's card. */
function cardShown(story: Story, shopper: Shopper, day: number, random: SeededRandom): string | undefined {
  const { habits, loyaltyCard } = shopper
  const own = day >= cardDay(habits) && random.chance(SHOWS_CARD) ? loyaltyCard : undefined
  if (habits.household === 'alone' || !random.chance(PARTNERS_CARD)) return own
  const partner = meet(story.shop, habits.person ^ 1)
  return day >= cardDay(partner.habits) ? partner.loyaltyCard : own
}
