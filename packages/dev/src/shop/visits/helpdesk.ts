import type { JsonObject } from '@affluent/protocol/event'
import { SeededRandom } from '../../faults/seeded-random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../calendar.ts'
import { memberDay } from '../people/habits.ts'
import { meet, phoneOn, type Shopper } from '../people/shopper.ts'
import { typedEmail, typedPhone } from '../people/spelling.ts'
import { DRAW, seedOf } from '../seeds.ts'
import type { Story } from '../story.ts'
import { externalId } from './session.ts'
import type { Visit } from './visit.ts'

const SUBJECTS = [
  'Où est mon colis ?',
  'Retour et remboursement',
  'Article abîmé',
  'Question sur une taille',
  'Carte de fidélité',
  'Facture',
]

/** Why somebody turns to the helpdesk. */
export interface Question {
  readonly at: number
  readonly day: number
  readonly orderId: string | undefined
  readonly isMember: boolean
}

/** Somebody asks the helpdesk, out of the blue. */
export function askAnything(story: Story, visit: Visit): void {
  const shopper = meet(story.shop, visit.person)
  const isMember = visit.day >= memberDay(shopper.habits)
  askHelp(story, shopper, { ...visit, orderId: undefined, isMember }, new SeededRandom(visit.seed))
}

/**
 * A ticket of the helpdesk, from its opening to its end. The helpdesk knows people by what they wrote or called from:
 * an address, at times their other one, or a telephone number alone.
 */
export function askHelp(story: Story, shopper: Shopper, question: Question, random: SeededRandom): void {
  const { at, day, orderId, isMember } = question
  const channel = random.pick(['email', 'email', 'email', 'phone', 'phone', 'chat'])
  const who = caller(shopper, { day, channel, isMember }, random)
  const ticket = `H${seedOf(random.between(0, 2 ** 31), DRAW.ticket) % 1_000_000}`
  const tell = (when: number, event: string, properties: JsonObject) =>
    story.tell({
      ...{ at: when, source: 'helpdesk', truth: shopper.habits.person },
      event: {
        ...{ type: 'track', event },
        properties: { ticket_id: ticket, channel, ...properties },
        context: { library: { name: 'guichet', version: '1.8.2' }, externalIds: who },
      },
    })
  tell(at, 'Ticket Opened', {
    subject: random.pick(SUBJECTS),
    ...(orderId === undefined ? {} : { order_id: orderId }),
  })
  const replied = at + random.between(5, 600) * MINUTE_MS
  tell(replied, 'Ticket Replied', { first_reply_minutes: Math.round((replied - at) / MINUTE_MS) })
  const solved = replied + random.between(1, 60) * HOUR_MS
  tell(solved, 'Ticket Solved', {})
  if (random.chance(0.35))
    tell(solved + random.between(1, 2) * DAY_MS, 'Satisfaction Rated', {
      score: random.pick([5, 5, 5, 4, 4, 3, 2, 1]),
    })
}

function caller(
  shopper: Shopper,
  { day, channel, isMember }: { readonly day: number; readonly channel: string; readonly isMember: boolean },
  random: SeededRandom,
): JsonObject[] {
  if (channel === 'phone') return [externalId('phone', typedPhone(phoneOn(shopper, day), random))]
  const usual = random.chance(0.82)
  const email = usual ? typedEmail(shopper.email, random) : shopper.otherEmail
  const contact = externalId('helpdesk_id', `hd-${seedOf(shopper.habits.seed, DRAW.ticket, usual ? 1 : 2)}`)
  if (channel === 'chat' && isMember)
    return [externalId('user_id', shopper.userId), externalId('email', email)]
  return random.chance(0.5) ? [contact, externalId('email', email)] : [externalId('email', email)]
}
