import { DRAW, seedOf, shareOf } from '../seeds.ts'
import { personSeed, type Shop } from '../shop.ts'

/**
 * What somebody is to the shop: *visitor*, never says who; *guest*, orders without an account; *member*, has an account
 * on the site; *cardholder*, known in the stores only; *passer*, buys in stores and shows no card.
 */
export type Kind = 'visitor' | 'guest' | 'member' | 'cardholder' | 'passer'

/** Why two people are taken for one, or nearly: they live together and share a browser, or an address for mail. */
export type Household = 'alone' | 'couple' | 'shared_tablet' | 'shared_email'

/** What one must know of a person to say whether they come today: cheap, as it is asked of everyone every day. */
export interface Habits {
  readonly person: number
  readonly seed: number
  readonly kind: Kind
  readonly household: Household
  /** visits a day of pages and of stores, on a usual day */
  readonly browsing: number
  readonly shopping: number
}

/** Not in the life of this shop. */
const NEVER = Number.POSITIVE_INFINITY
// people are drawn over this many days: about half of it is the history, the rest keeps the shop alive later
const HORIZON_DAYS = 180

const KINDS: readonly (readonly [upTo: number, kind: Kind])[] = [
  [0.36, 'visitor'],
  [0.44, 'guest'],
  [0.8, 'member'],
  [0.92, 'cardholder'],
  [1, 'passer'],
]
const VISITS_A_DAY = 0.0305
const BROWSING: Readonly<Record<Kind, number>> = {
  visitor: 0.6,
  guest: 0.8,
  member: 1.5,
  cardholder: 0.15,
  passer: 0.05,
}
const TICKETS_A_DAY = 0.036
const SHOPPING: Readonly<Record<Kind, number>> = {
  visitor: 0.1,
  guest: 0.15,
  member: 0.6,
  cardholder: 1.5,
  passer: 1.2,
}
const TABLET_SHARE = 0.02
const EMAIL_SHARE = 0.012
const COUPLE_SHARE = 0.18

/** The habits of a person. */
export function habitsOf(shop: Shop, person: number): Habits {
  const seed = personSeed(shop, person)
  const household = householdOf(shop, person)
  const kind = household === 'shared_tablet' ? 'member' : kindOf(seed)
  return {
    ...{ person, seed, kind, household },
    browsing: VISITS_A_DAY * BROWSING[kind] * zeal(shareOf(seed, DRAW.browsing)),
    shopping: TICKETS_A_DAY * SHOPPING[kind] * zeal(shareOf(seed, DRAW.shopping)),
  }
}

/** The one with whom somebody lives: two neighbouring numbers. */
export function householdSeed(shop: Shop, person: number): number {
  return seedOf(shop.seed, DRAW.household, person >> 1)
}

/** The day on which an account is made, negative when that was before the shop's first day. */
export function memberDay({ seed, kind }: Habits): number {
  if (kind !== 'member') return NEVER
  const share = shareOf(seed, DRAW.memberDay)
  return share < 0.55 ? -1 - Math.floor(share * 1_200) : Math.floor(((share - 0.55) / 0.45) * HORIZON_DAYS)
}

/** The day of the first newsletter. */
export function subscribeDay(habits: Habits): number {
  const share = shareOf(habits.seed, DRAW.subscribeDay)
  switch (habits.kind) {
    case 'member':
      return share < 0.62 ? memberDay(habits) : NEVER
    case 'visitor':
      return share < 0.08 ? Math.floor((share / 0.08) * HORIZON_DAYS) : NEVER
    case 'cardholder':
      return share < 0.3 ? customerDay(habits) : NEVER
    default:
      return NEVER
  }
}

/** The day on which somebody has had enough of newsletters. */
export function leaveDay(habits: Habits): number {
  const share = shareOf(habits.seed, DRAW.leaveDay)
  const from = subscribeDay(habits)
  return share < 0.15 && from !== NEVER
    ? Math.max(0, from) + 5 + Math.floor((share / 0.15) * HORIZON_DAYS)
    : NEVER
}

/** The day on which the customer file first tells of somebody; day 0 for all that it has known before. */
export function customerDay(habits: Habits): number {
  const share = shareOf(habits.seed, DRAW.customerRecord)
  if (habits.kind === 'cardholder') return share < 0.7 ? 0 : Math.floor(((share - 0.7) / 0.3) * HORIZON_DAYS)
  if (habits.kind === 'member' && share < 0.75) return Math.max(0, memberDay(habits) + 1)
  return NEVER
}

/** The day on which somebody was entered in the customer file a second time. */
export function twinDay(habits: Habits): number {
  const from = customerDay(habits)
  const share = shareOf(habits.seed, DRAW.twin)
  if (from === NEVER || share > 0.2) return NEVER
  // half of them are old mistakes, which come with the first export
  return share < 0.1 ? from : from + 1 + Math.floor(((share - 0.1) / 0.1) * HORIZON_DAYS)
}

/** The day from which somebody has a loyalty card. */
export function cardDay(habits: Habits): number {
  if (habits.kind === 'member' && shareOf(habits.seed, DRAW.card) > 0.66) return NEVER
  return customerDay(habits)
}

/** Of 1 in the middle; a few people come fifty times as often as the rarest: the shape of a Zipf law. */
function zeal(share: number): number {
  return 1 / (share + 0.02) / 3.93
}

function kindOf(seed: number): Kind {
  const share = shareOf(seed, DRAW.kind)
  return (KINDS.find(([upTo]) => share < upTo) as (typeof KINDS)[number])[1]
}

function householdOf(shop: Shop, person: number): Household {
  if ((person | 1) >= shop.people) return 'alone'
  const share = shareOf(householdSeed(shop, person), DRAW.shared)
  if (share < TABLET_SHARE) return 'shared_tablet'
  if (share < TABLET_SHARE + EMAIL_SHARE) return 'shared_email'
  return share < COUPLE_SHARE ? 'couple' : 'alone'
}
