import type { SeededRandom } from '../../faults/seeded-random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../calendar.ts'
import type { Shopper } from '../people/shopper.ts'
import type { Story } from '../story.ts'
import { describeRefund, type Order } from './basket.ts'
import { askHelp } from './helpdesk.ts'
import { reportMail } from './mail.ts'
import { externalId } from './session.ts'

/** An order of the site or the app. */
export interface PlacedOrder {
  readonly shopper: Shopper
  readonly order: Order
  readonly day: number
  readonly at: number
  /** they were signed in */
  readonly isMember: boolean
}

/** What an order brings: a confirmation by mail, at times a return, at times a question. */
export function followOrder(story: Story, placed: PlacedOrder, random: SeededRandom): void {
  const { shopper, order, day, at, isMember } = placed
  const mail = { campaign: 'confirmation-commande', subject: `Votre commande ${order.id}`, day }
  const sentAt = at + random.between(20_000, 90_000)
  reportMail(story, shopper, { at: sentAt, event: 'Email Sent', mail, more: { order_id: order.id } })
  if (random.chance(0.5))
    reportMail(story, shopper, {
      at: sentAt + random.between(1, 300) * MINUTE_MS,
      event: 'Email Opened',
      mail,
    })
  if (random.chance(0.09)) refund(story, placed, random)
  if (random.chance(0.05)) {
    const asked = at + random.between(1, 6) * DAY_MS + random.between(0, 5) * HOUR_MS
    askHelp(story, shopper, { at: asked, day, orderId: order.id, isMember }, random)
  }
}

/** A cart that was left: a letter three hours later, which some open and some follow. */
export function followWarmCart(
  story: Story,
  shopper: Shopper,
  { at, day }: { readonly at: number; readonly day: number },
  random: SeededRandom,
  comeBack: (at: number) => void,
): void {
  const mail = { campaign: 'panier-abandonne', subject: 'Votre panier vous attend', day }
  reportMail(story, shopper, { at, event: 'Email Sent', mail })
  if (!random.chance(0.45)) return
  const opened = at + random.between(2, 900) * MINUTE_MS
  reportMail(story, shopper, { at: opened, event: 'Email Opened', mail })
  if (!random.chance(0.35)) return
  const clicked = opened + random.between(5_000, 60_000)
  reportMail(story, shopper, { at: clicked, event: 'Email Clicked', mail, more: { link: 'panier' } })
  comeBack(clicked + 2_000)
}

function refund(story: Story, { shopper, order, at, isMember }: PlacedOrder, random: SeededRandom): void {
  const who = isMember ? { userId: shopper.userId } : {}
  story.tell({
    at: at + random.between(4, 14) * DAY_MS + random.between(0, 9) * HOUR_MS,
    ...{ source: 'web', truth: shopper.habits.person },
    event: {
      ...{ type: 'track', event: 'Order Refunded', ...who },
      properties: { ...describeRefund(order, random), channel: 'online', email: shopper.email },
      context: {
        library: { name: 'analytics-node', version: '2.3.0' },
        externalIds: [externalId('email', shopper.email)],
      },
    },
  })
}
