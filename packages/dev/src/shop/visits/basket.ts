import type { JsonObject } from '@affluent/protocol/event'
import type { SeededRandom } from '../../faults/seeded-random.ts'
import { isSale } from '../calendar.ts'
import { SALE_COUPON, SHOP_NAME, SITE, WELCOME_COUPON } from '../data/campaigns.ts'
import type { Country } from '../data/places.ts'
import { CATEGORIES, PRODUCTS, type Product, shelfOf } from '../data/products.ts'
import type { Shopper } from '../people/shopper.ts'

/** One line of a cart or an order. */
export interface Line {
  readonly product: Product
  readonly quantity: number
  /** of one, in cents of the customer's currency */
  readonly cents: number
}

/** A paid basket. */
export interface Order {
  readonly id: string
  readonly lines: readonly Line[]
  readonly currency: string
  /** as the event tells it: Segment's e-commerce specification */
  readonly properties: JsonObject
}

const FREE_SHIPPING_CENTS = 6_900
const SHIPPING_CENTS = 490
const PAYMENTS = ['card', 'card', 'card', 'paypal', 'apple_pay', 'instalments']

/** What somebody looks at: mostly on the shelves that they like, mostly what everyone wants. */
export function choose(shopper: Shopper, random: SeededRandom): Product {
  const category = random.chance(0.7)
    ? shopper.favourites[random.chance(0.7) ? 0 : 1]
    : random.between(0, CATEGORIES.length - 1)
  return mostWanted(shelfOf(CATEGORIES[category] as string), random)
}

/** What a stranger looks at. */
export function chooseAny(random: SeededRandom): Product {
  return mostWanted(PRODUCTS, random)
}

/** A line with the price of that day in that country. */
export function lineOf(product: Product, country: Country, day: number, random: SeededRandom): Line {
  return {
    product,
    cents: priceOf(product, country, day),
    quantity: random.chance(0.86) ? 1 : random.between(2, 4),
  }
}

/** A line as events tell it. */
export function describeLine({ product, quantity, cents }: Line): JsonObject {
  return { ...describeProduct(product), price: cents / 100, quantity }
}

/** An article as events tell it. */
export function describeProduct({ id, sku, name, category, brand, variant, slug }: Product): JsonObject {
  return { ...{ product_id: id, sku, name, category, brand, variant }, url: `${SITE}/p/${slug}` }
}

/** What lines cost together, in cents. */
export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0)
}

/**
 * Pays for lines.
 * @param store its name; undefined for the site
 */
export function placeOrder(
  lines: readonly Line[],
  facts: { readonly country: Country; readonly day: number; readonly store: string | undefined },
  random: SeededRandom,
): Order {
  const { country, day, store } = facts
  const { currency } = country
  const id = `${store === undefined ? 'W' : 'T'}${random.between(10 ** 7, 10 ** 8 - 1)}${random.between(1_000, 9_999)}`
  const subtotal = totalOf(lines)
  const coupon = couponOf(day, store, random)
  const discount = coupon === undefined ? 0 : Math.round(subtotal * (coupon === SALE_COUPON ? 0.15 : 0.1))
  const shipping = store !== undefined || subtotal - discount >= FREE_SHIPPING_CENTS ? 0 : SHIPPING_CENTS
  const revenue = subtotal - discount
  const properties: JsonObject = {
    ...{ order_id: id, channel: store === undefined ? 'online' : 'store', affiliation: store ?? SHOP_NAME },
    ...{
      revenue: revenue / 100,
      shipping: shipping / 100,
      discount: discount / 100,
      total: (revenue + shipping) / 100,
      currency,
    },
    ...(coupon === undefined ? {} : { coupon }),
    payment_method: store === undefined ? random.pick(PAYMENTS) : random.pick(['card', 'card', 'cash']),
    products: lines.map(describeLine),
  }
  return { id, lines, currency, properties }
}

/** The return of some lines of an order, as an event tells it. */
export function describeRefund(order: Order, random: SeededRandom): JsonObject {
  const all = order.lines.length === 1 || random.chance(0.3)
  const lines = all ? order.lines : [random.pick(order.lines)]
  return {
    ...{ order_id: order.id, currency: order.currency, revenue: totalOf(lines) / 100 },
    reason: random.pick(['taille', 'couleur', 'défaut', 'changement d’avis']),
    products: lines.map(describeLine),
  }
}

function couponOf(day: number, store: string | undefined, random: SeededRandom): string | undefined {
  if (isSale(day)) return random.chance(0.4) ? SALE_COUPON : undefined
  return store === undefined && random.chance(0.08) ? WELCOME_COUPON : undefined
}

function priceOf(product: Product, country: Country, day: number): number {
  const full =
    country.rate === 100 ? product.cents : Math.round((product.cents * country.rate) / 10_000) * 100
  return isSale(day) && product.slug.length % 5 < 2 ? Math.round(full * 0.7) : full
}

function mostWanted(shelf: readonly Product[], random: SeededRandom): Product {
  return shelf[Math.floor(random.next() ** 2 * shelf.length)] as Product
}
