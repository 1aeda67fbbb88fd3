import type { JsonObject } from '@affluent/protocol/event'
import { SeededRandom } from '../../faults/seeded-random.ts'
import { HOUR_MS, isSale, MINUTE_MS } from '../calendar.ts'
import { ARRIVALS, type Arrival, SALE_CAMPAIGN, SEARCHES } from '../data/campaigns.ts'
import { plain } from '../data/places.ts'
import { type DeviceKind, deviceOf, hasApp } from '../people/devices.ts'
import { cardDay, memberDay } from '../people/habits.ts'
import { meet, phoneOn, type Shopper } from '../people/shopper.ts'
import { typedEmail } from '../people/spelling.ts'
import { DRAW, seedOf } from '../seeds.ts'
import type { Story } from '../story.ts'
import { followOrder, followWarmCart } from './after-order.ts'
import { choose, describeLine, describeProduct, type Line, lineOf, placeOrder, totalOf } from './basket.ts'
import { externalId, Session } from './session.ts'
import type { Visit } from './visit.ts'

/** What is known beforehand of a visit to the site or the app. */
export interface Wish {
  /** where they come from; by chance when absent */
  readonly arrival?: Pick<Arrival, 'referrer' | 'campaign'>
  /** they come to buy */
  readonly buys?: boolean
  readonly signsUp?: boolean
  readonly subscribes?: boolean
}

type Facts = Pick<Visit, 'at' | 'day' | 'person' | 'seed'>

// of a hundred visits, so many end with an order
const BUYS: Readonly<Record<string, number>> = { member: 0.15, guest: 0.16 }
const SALE_PULL = 1.4

/** Somebody looks around on the site or in the app, and may fill a cart, and may buy. */
export function browse(story: Story, visit: Facts, wish: Wish = {}): void {
  const random = new SeededRandom(visit.seed)
  const shopper = meet(story.shop, visit.person)
  const isMember = visit.day >= memberDay(shopper.habits)
  const device = deviceOf(story.shop, shopper, pickDevice(shopper, wish, random), visit.day)
  const inApp = device.handset !== undefined
  const session = new Session(
    story,
    shopper,
    {
      ...{ at: visit.at, device, arrival: wish.arrival ?? pickArrival(visit.day, random) },
      signedIn: isMember && wish.signsUp !== true && random.chance(inApp ? 0.85 : 0.35),
      offline:
        inApp && wish.signsUp === undefined && random.chance(0.06) ? random.between(1, 23) * HOUR_MS : 0,
    },
    random,
  )
  if (inApp) session.track('Application Opened', { from_background: random.chance(0.5) })
  lookAround(session, random)
  if (isMember && !session.signedIn && random.chance(0.3)) signIn(session, visit.day, random)
  const lines = fillCart(session, visit.day, random)
  if (wish.signsUp === true) signUp(session, visit.day, random)
  if (wish.subscribes === true) subscribe(session, random)
  const chance = (BUYS[shopper.habits.kind] ?? 0) * (isSale(visit.day) ? SALE_PULL : 1)
  const buys = (isMember || shopper.habits.kind === 'guest') && (wish.buys ?? random.chance(chance))
  if (buys) buy(story, session, visit, lines, random)
  else if (lines.length > 0)
    leaveCart(story, session, visit, { lines, mayCall: wish.arrival === undefined }, random)
}

function pickDevice(shopper: Shopper, wish: Wish, random: SeededRandom): DeviceKind {
  if (shopper.habits.household === 'shared_tablet' && random.chance(0.3)) return 'tablet'
  if (wish.arrival === undefined && hasApp(shopper) && random.chance(0.5)) return 'app'
  return random.chance(0.62) ? 'phone' : 'desk'
}

function pickArrival(day: number, random: SeededRandom): Pick<Arrival, 'referrer' | 'campaign'> {
  let left = random.next() * ARRIVALS.reduce((sum, { share }) => sum + share, 0)
  const { referrer, campaign } = ARRIVALS.find(({ share }) => (left -= share) < 0) as Arrival
  if (campaign?.medium !== 'paid_social' || !isSale(day)) return { referrer, campaign }
  return { referrer, campaign: { ...campaign, name: SALE_CAMPAIGN } }
}

function lookAround(session: Session, random: SeededRandom): void {
  if (random.chance(0.45)) {
    session.look('Home', '/', 'Mode et maison')
    session.wait(3, 30)
  }
  if (random.chance(0.14)) {
    const query = random.pick(SEARCHES)
    session.look('Search', `/recherche?q=${encodeURIComponent(query)}`, `Recherche : ${query}`)
    session.track('Products Searched', { query })
    session.wait(4, 40)
  }
}

function fillCart(session: Session, day: number, random: SeededRandom): Line[] {
  const { shopper } = session
  const lines: Line[] = []
  for (let views = 1 + Math.floor(random.next() ** 2 * 5); views > 0; views--) {
    const product = choose(shopper, random)
    const line = lineOf(product, shopper.home.country, day, random)
    if (random.chance(0.4)) {
      session.look('Category', `/c/${plain(product.category)}`, product.category)
      session.track('Product List Viewed', { list_id: plain(product.category), category: product.category })
      session.wait(5, 50)
    }
    session.look('Product', `/p/${product.slug}`, product.name)
    const seen: JsonObject = {
      ...{ ...describeProduct(product), price: line.cents / 100, currency: shopper.home.country.currency },
    }
    session.track('Product Viewed', seen)
    session.wait(8, 120)
    if (random.chance(0.03)) session.track('Product Added to Wishlist', seen)
    if (!random.chance(0.16)) continue
    lines.push(line)
    session.track('Product Added', { ...seen, quantity: line.quantity })
    session.wait(2, 30)
  }
  return lines
}

/** What the shop's own pages know of a member. */
function accountTraits(shopper: Shopper, day: number): JsonObject {
  const { firstName, lastName, email, birthday, home } = shopper
  return {
    ...{ email, firstName, lastName, birthday, locale: home.country.locale },
    address: {
      street: home.street,
      postalCode: home.city.postalCode,
      city: home.city.name,
      country: home.country.code,
    },
    ...(day < shopper.phoneDay || shopper.habits.seed % 3 > 0 ? { phone: phoneOn(shopper, day) } : {}),
  }
}

/** Two of three card holders have typed the number of their card into their account. */
function cardOf(shopper: Shopper, day: number): JsonObject[] {
  if (day < cardDay(shopper.habits) || shopper.habits.seed % 3 === 0) return []
  return [externalId('loyalty_card', shopper.loyaltyCard)]
}

function signIn(session: Session, day: number, random: SeededRandom): void {
  session.look('Sign In', '/connexion', 'Connexion')
  session.wait(5, 40)
  session.signIn(accountTraits(session.shopper, day), cardOf(session.shopper, day))
  session.track('Signed In', { method: random.chance(0.8) ? 'password' : 'google' })
}

function signUp(session: Session, day: number, random: SeededRandom): void {
  const { shopper } = session
  session.look('Sign Up', '/compte/creer', 'Créer un compte')
  session.wait(30, 150)
  const consents = { email: random.chance(0.65), sms: random.chance(0.25) }
  // what is typed first may be wrong; the account's own address is fixed by the confirmation that they click on
  session.signIn({ ...accountTraits(shopper, day), email: typedEmail(shopper.email, random), consents })
  if (session.device.handset !== undefined && random.chance(0.5)) session.alias()
  session.track('Signed Up', { method: 'email' })
  for (const [channel, given] of Object.entries(consents)) {
    if (given) session.track('Consent Given', { purpose: 'marketing', channel, wording: 'inscription-v3' })
  }
  if (shopper.habits.seed % 40 === 0) {
    session.group(`pro_${shopper.habits.seed % 10_000}`, {
      name: `Atelier ${shopper.lastName}`,
      industry: 'décoration',
    })
  }
}

function subscribe(session: Session, random: SeededRandom): void {
  session.wait(3, 30)
  const email = typedEmail(session.shopper.email, random)
  session.identify({ email, consents: { email: true } })
  session.track('Newsletter Subscribed', { email, place: 'footer' })
  session.track('Consent Given', { purpose: 'marketing', channel: 'email', wording: 'newsletter-v2' })
}

function buy(
  story: Story,
  session: Session,
  visit: Facts,
  filled: readonly Line[],
  random: SeededRandom,
): void {
  const { shopper } = session
  const { country } = shopper.home
  const lines = [...filled]
  const wanted = 1 + Math.floor(random.next() ** 3 * 4)
  while (lines.length < wanted) {
    const line = lineOf(choose(shopper, random), country, visit.day, random)
    lines.push(line)
    session.track('Product Added', { ...describeLine(line), currency: country.currency })
    session.wait(5, 60)
  }
  viewCart(session, lines)
  session.wait(10, 60)
  if (shopper.habits.kind === 'member' && !session.signedIn && random.chance(0.93))
    signIn(session, visit.day, random)
  startCheckout(session, lines)
  session.wait(40, 240)
  const order = placeOrder(lines, { country, day: visit.day, store: undefined }, random)
  // without an account, the address of the order is all that tells who it was
  const email = session.signedIn ? {} : { email: typedEmail(shopper.email, random) }
  session.track('Order Completed', { ...order.properties, ...email })
  followOrder(story, { shopper, order, day: visit.day, at: session.at, isMember: session.signedIn }, random)
}

function leaveCart(
  story: Story,
  session: Session,
  visit: Facts,
  { lines, mayCall }: { readonly lines: readonly Line[]; readonly mayCall: boolean },
  random: SeededRandom,
): void {
  if (random.chance(0.15)) {
    const line = lines.at(-1) as Line
    session.track('Product Removed', {
      ...describeLine(line),
      currency: session.shopper.home.country.currency,
    })
    return
  }
  if (random.chance(0.6)) viewCart(session, lines)
  if (session.signedIn && random.chance(0.3)) startCheckout(session, lines)
  if (!session.signedIn || !mayCall) return
  const seed = seedOf(visit.seed, DRAW.visit)
  followWarmCart(
    story,
    session.shopper,
    { at: session.at + 3 * HOUR_MS + random.between(0, 20) * MINUTE_MS, day: visit.day },
    random,
    (at) => browse(story, { ...visit, at, seed }, { arrival: CART_MAIL, buys: random.chance(0.4) }),
  )
}

const CART_MAIL = { referrer: '', campaign: { name: 'panier-abandonne', source: 'crm', medium: 'email' } }

function viewCart(session: Session, lines: readonly Line[]): void {
  session.look('Cart', '/panier', 'Panier')
  session.track('Cart Viewed', { ...totals(session, lines), products: lines.map(describeLine) })
}

function startCheckout(session: Session, lines: readonly Line[]): void {
  session.look('Checkout', '/commande', 'Commande')
  session.track('Checkout Started', { ...totals(session, lines), products: lines.map(describeLine) })
}

function totals({ shopper }: Session, lines: readonly Line[]): JsonObject {
  return { value: totalOf(lines) / 100, currency: shopper.home.country.currency }
}
