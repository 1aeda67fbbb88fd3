import type { JsonObject } from '@affluent/protocol/event'
import { SeededRandom } from '../../faults/seeded-random.ts'
import { CATEGORIES } from '../data/products.ts'
import { cardDay, memberDay, subscribeDay } from '../people/habits.ts'
import { meet, phoneOn, type Shopper } from '../people/shopper.ts'
import { heardEmail, otherSpelling, typedEmail, typedPhone } from '../people/spelling.ts'
import { DRAW, seedOf } from '../seeds.ts'
import type { Story } from '../story.ts'
import { externalId } from './session.ts'
import type { Visit } from './visit.ts'

/**
 * A record of the customer file, which is exported every night: the first one of a person, a second one by mistake, or
 * a change.
 */
export function exportRecord(story: Story, visit: Visit): void {
  const shopper = meet(story.shop, visit.person)
  const { habits } = shopper
  const isTwin = visit.kind === 'twin_record'
  // what was once typed stays as it was typed
  const typing = new SeededRandom(seedOf(habits.seed, isTwin ? DRAW.twin : DRAW.customerRecord, 1))
  const record = isTwin ? twinRecord(shopper, visit.day, typing) : firstRecord(shopper, visit.day, typing)
  const card =
    visit.day >= cardDay(habits) && !isTwin ? [externalId('loyalty_card', shopper.loyaltyCard)] : []
  const crmId = String(10_000_000_000 + 2 * seedOf(habits.seed, DRAW.customerRecord, 2) + (isTwin ? 1 : 0))
  story.tell({
    ...{ at: visit.at, source: 'crm', truth: habits.person },
    event: {
      type: 'identify',
      traits: {
        ...record,
        loyaltyPoints: new SeededRandom(visit.seed).between(0, 90) * 10,
        favouriteCategory: CATEGORIES[shopper.favourites[0]] as string,
        consents: { email: visit.day >= subscribeDay(habits), post: habits.seed % 4 > 0 },
      },
      context: {
        library: { name: 'fichier-clients', version: '12.1' },
        externalIds: [externalId('crm_id', crmId), ...card],
      },
    },
  })
}

function firstRecord(shopper: Shopper, day: number, typing: SeededRandom): JsonObject {
  const { habits, firstName, lastName, birthday, email } = shopper
  // the record of a member comes from the site, that of a cardholder from a form at the till
  const fromSite = memberDay(habits) <= day && typing.chance(0.75)
  const mail = fromSite ? email : typing.chance(0.7) ? heardEmail(email, typing) : undefined
  return {
    ...{ title: shopper.woman ? 'Mme' : 'M.', firstName, lastName, birthday },
    ...(mail === undefined ? {} : { email: mail }),
    phone: typedPhone(phoneOn(shopper, day), typing),
    address: addressOf(shopper),
  }
}

function twinRecord(shopper: Shopper, day: number, typing: SeededRandom): JsonObject {
  const { firstName, lastName, birthday, email, otherEmail } = shopper
  const roll = typing.next()
  const mail = roll < 0.4 ? typedEmail(email, typing) : roll < 0.65 ? otherEmail : undefined
  return {
    ...{ firstName: otherSpelling(firstName, typing), lastName: otherSpelling(lastName, typing) },
    ...(typing.chance(0.7) ? { birthday } : {}),
    ...(mail === undefined ? {} : { email: mail }),
    ...(mail === undefined || typing.chance(0.5) ? { phone: typedPhone(phoneOn(shopper, day), typing) } : {}),
    address: addressOf(shopper),
  }
}

function addressOf({ home }: Shopper): JsonObject {
  const { street, city, country } = home
  return { street, postalCode: city.postalCode, city: city.name, country: country.code }
}
