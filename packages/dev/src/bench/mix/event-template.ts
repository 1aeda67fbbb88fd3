/** The JSON of one event, with room for what differs each time it is sent. */
export interface EventTemplate {
  /** as the collect API's path names it */
  readonly type: 'identify' | 'track' | 'page'
  readonly json: string
}

/** Bytes of every event. */
export const EVENT_BYTES = 500
export const USER_DIGITS = 8
/** What a template has where an id, a person or a time is written later; all of fixed width. */
export const BLANK_UUID = '00000000-0000-4000-8000-000000000000'
export const BLANK_USER = `user_${'0'.repeat(USER_DIGITS)}`
export const BLANK_TIME = '2026-01-01T00:00:00.000Z'

const IDENTIFY_SHARE = 0.1
const KNOWN_SHARE = 0.5
const PAGE_SHARE = 0.4
const EMAIL = `${BLANK_USER}@example.com`
const PLANS = ['free', 'free', 'free', 'starter', 'pro', 'team'] as const
const FIRST_NAMES = ['Ada', 'Alan', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Radia', 'Tim'] as const
const PAGES = ['Home', 'Product', 'Category', 'Cart', 'Account', 'Help', 'Search', 'Blog'] as const
const CATEGORIES = ['shoes', 'jackets', 'trousers', 'bags', 'hats', 'outdoor'] as const
const EVENTS: readonly (readonly [name: string, weight: number])[] = [
  ['Product Viewed', 44],
  ['Product List Viewed', 16],
  ['Products Searched', 10],
  ['Product Added', 12],
  ['Cart Viewed', 6],
  ['Checkout Started', 4],
  ['Order Completed', 4],
  ['Email Opened', 4],
]

type Part = Readonly<Record<string, unknown>>

/**
 * Makes the events of the mix: 10 % identify, half of all with a user id, half anonymous, of a shop.
 * @param random gives numbers from 0 to 1 (1 excluded)
 */
export function makeTemplate(random: () => number): EventTemplate {
  const kind = random()
  if (kind < IDENTIFY_SHARE) {
    return template('identify', { userId: BLANK_USER, anonymousId: BLANK_UUID, traits: makeTraits(random) })
  }
  const known = kind < KNOWN_SHARE
  // once somebody is known, a browser sends both ids, a server the user id alone
  const ids = known
    ? { userId: BLANK_USER, ...(random() < 0.5 ? { anonymousId: BLANK_UUID } : {}) }
    : { anonymousId: BLANK_UUID }
  if (random() < PAGE_SHARE) return template('page', { ...ids, ...makePage(random) })
  const event = pickEvent(random)
  return template('track', { ...ids, event, properties: makeProperties(event, known, random) })
}

/** An identify call of the mix's size, for making profiles. */
export function makeIdentifyTemplate(random: () => number): EventTemplate {
  return template('identify', { userId: BLANK_USER, anonymousId: BLANK_UUID, traits: makeTraits(random) })
}

/** A track call of the mix's size by a user id, of an event that the mix has not. */
export function makeTrackTemplate(event: string): EventTemplate {
  return template('track', { userId: BLANK_USER, event, properties: { currency: 'EUR' } })
}

function template(type: EventTemplate['type'], body: Part): EventTemplate {
  const context = { library: { name: 'analytics.js', version: '2.1.0' }, locale: 'en-GB', note: '' }
  const event = { type, messageId: BLANK_UUID, timestamp: BLANK_TIME, ...body, context }
  const missing = EVENT_BYTES - JSON.stringify(event).length
  if (missing < 0) throw new Error(`A ${type} event of the mix is ${-missing} bytes too long.`)
  return { type, json: JSON.stringify({ ...event, context: { ...context, note: filler(missing) } }) }
}

function filler(length: number): string {
  return 'lorem ipsum dolor sit amet '.repeat(Math.ceil(length / 27)).slice(0, length)
}

function makeTraits(random: () => number): Part {
  return {
    email: EMAIL,
    firstName: pick(FIRST_NAMES, random),
    plan: pick(PLANS, random),
    newsletter: random() < 0.3,
    points: Math.floor(random() * 5_000),
  }
}

function makePage(random: () => number): Part {
  const name = pick(PAGES, random)
  const path = `/${name.toLowerCase()}/${Math.floor(random() * 1_000)}`
  return { name, properties: { path, title: name, referrer: 'https://www.example.com/' } }
}

function makeProperties(event: string, known: boolean, random: () => number): Part {
  const price = Math.round(500 + random() ** 3 * 50_000) / 100
  const sku = `sku-${Math.floor(random() ** 2 * 5_000)}`
  const category = pick(CATEGORIES, random)
  switch (event) {
    case 'Order Completed':
      return {
        orderId: `o-${Math.floor(random() * 1e9)}`,
        revenue: Math.round(price * 200) / 100,
        currency: 'EUR',
        ...(known ? { email: EMAIL } : {}),
        products: [{ sku, price, quantity: 2 }],
      }
    case 'Products Searched':
      return { query: category, results: Math.floor(random() * 200) }
    case 'Email Opened':
      return { campaign: `c-${Math.floor(random() * 50)}`, link: null }
    default:
      return { sku, category, price, currency: 'EUR', quantity: 1, inStock: random() < 0.9 }
  }
}

function pickEvent(random: () => number): string {
  let rest = random() * EVENTS.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of EVENTS) {
    rest -= weight
    if (rest < 0) return name
  }
  return 'Product Viewed'
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}
