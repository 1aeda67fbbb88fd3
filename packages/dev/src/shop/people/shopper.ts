import { SeededRandom } from '../../faults/seeded-random.ts'
import { type City, COUNTRIES, type Country } from '../data/places.ts'
import { DRAW, seedOf, shareOf } from '../seeds.ts'
import type { Shop } from '../shop.ts'
import { makeEmail, makePhone } from './contact-points.ts'
import { type Habits, habitsOf, householdSeed } from './habits.ts'

/** A person as the shop could know them, if it knew everything. */
export interface Shopper {
  readonly habits: Habits
  readonly woman: boolean
  readonly firstName: string
  readonly lastName: string
  /** ISO 8601, a day */
  readonly birthday: string
  readonly home: Home
  readonly email: string
  /** another mailbox, which they give now and then */
  readonly otherEmail: string
  /** E.164 */
  readonly phone: string
  /** the number that they had before `phoneDay` */
  readonly formerPhone: string
  /** the day from which they have another telephone number and another telephone; most never do */
  readonly phoneDay: number
  readonly userId: string
  readonly loyaltyCard: string
  readonly favourites: readonly [category: number, other: number]
}

/** Where people live; couples live together. */
export interface Home {
  readonly country: Country
  readonly city: City
  readonly street: string
  readonly lastName: string
}

const HORIZON_DAYS = 180

/** Meets a person again: always the same one for a shop and a number. */
export function meet(shop: Shop, person: number): Shopper {
  const habits = habitsOf(shop, person)
  const { seed, household } = habits
  const random = new SeededRandom(seedOf(seed, DRAW.portrait))
  const live = household === 'alone' ? seed : householdSeed(shop, person)
  const home = makeHome(new SeededRandom(seedOf(live, DRAW.household)))
  const woman = random.chance(0.62)
  const firstName = random.pick(woman ? home.country.names.women : home.country.names.men)
  const lastName = home.lastName
  const named = { firstName, lastName, country: home.country }
  const year = random.between(1948, 2007)
  const birthday = new Date(Date.UTC(year, 0, 1) + random.between(0, 364) * 86_400_000)
    .toISOString()
    .slice(0, 10)
  const numbers = 2 * shop.people
  const phoneShare = shareOf(seed, DRAW.phoneDay)
  const shopper = {
    ...{ habits, woman, firstName, lastName, birthday, home },
    email: makeEmail(named, { number: 2 * person, numbers }, random),
    otherEmail: makeEmail(named, { number: 2 * person + 1, numbers }, random),
    phone: makePhone(home.country.code, { number: 2 * person, numbers }),
    formerPhone: makePhone(home.country.code, { number: 2 * person + 1, numbers }),
    phoneDay: phoneShare < 0.14 ? Math.floor((phoneShare / 0.14) * HORIZON_DAYS) : -1,
    userId: `mc_${seedOf(seed, DRAW.userId).toString(36).padStart(7, '0')}`,
    loyaltyCard: cardNumber(seedOf(seed, DRAW.card)),
    favourites: [random.between(0, 8), random.between(0, 8)] as const,
  }
  const other = person ^ 1
  if (household === 'shared_email' && other < person) return { ...shopper, email: meet(shop, other).email }
  return shopper
}

/** The telephone number of a day. */
export function phoneOn(shopper: Shopper, day: number): string {
  return day < shopper.phoneDay ? shopper.formerPhone : shopper.phone
}

function makeHome(random: SeededRandom): Home {
  let left = random.between(1, 100)
  const country = COUNTRIES.find(({ share }) => (left -= share) <= 0) as Country
  const street = random.pick(country.streets)
  const house = random.between(1, 140)
  return {
    ...{ country, city: random.pick(country.cities), lastName: random.pick(country.names.families) },
    street: country.numberFirst ? `${house} ${street}` : `${street} ${house}`,
  }
}

/** Thirteen digits, the last of which proves the others, as on any card. */
function cardNumber(word: number): string {
  const digits = `29${String(word).padStart(10, '0')}`
  const sum = [...digits].reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3),
    0,
  )
  return `${digits}${(10 - (sum % 10)) % 10}`
}
