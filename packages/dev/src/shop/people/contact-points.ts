import type { SeededRandom } from '../../faults/seeded-random.ts'
import { type Country, plain } from '../data/places.ts'

/** The place of a value among all of its kind, so that no two people have the same one. */
export interface Place {
  readonly number: number
  readonly numbers: number
}

const DIGITS_MIN = 4
// prime to ten: multiplication scatters the numbers and keeps them apart
const SCATTER = 7_919
const RESERVED_TAILS = 10_000

/** An address for mail that nobody else of the shop has. */
export function makeEmail(
  person: { readonly firstName: string; readonly lastName: string; readonly country: Country },
  place: Place,
  random: SeededRandom,
): string {
  const first = plain(person.firstName)
  const last = plain(person.lastName)
  const tail = tailOf(place)
  const local = random.pick([
    `${first}.${last}${tail}`,
    `${first}${last}${tail}`,
    `${first.slice(0, 1)}${last}${tail}`,
    `${last}.${first}${tail}`,
  ])
  return `${local}@${random.pick(person.country.mailboxes)}`
}

/**
 * A mobile number that nobody else of the shop has: while they last, in France one of those that are kept for invented
 * people.
 * @returns E.164
 */
export function makePhone(country: Country['code'], place: Place): string {
  const tail = tailOf(place)
  const wide = tail.padStart(8, '0')
  const isReserved = place.numbers <= RESERVED_TAILS
  switch (country) {
    case 'FR':
      return isReserved ? `+3363998${tail}` : `+337${wide}`
    case 'BE':
      return `+324${wide}`
    case 'CH':
      return `+417${wide}`
    case 'IT':
      return `+3933${wide}`
    case 'GB':
      return `+4474${wide}`
    case 'US':
      return isReserved ? `+1212555${tail}` : `+12${wide}0`
  }
}

function tailOf({ number, numbers }: Place): string {
  const digits = Math.max(DIGITS_MIN, String(numbers - 1).length)
  return String((number * SCATTER) % 10 ** digits).padStart(digits, '0')
}
