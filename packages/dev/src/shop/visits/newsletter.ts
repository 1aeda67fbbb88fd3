import { SeededRandom } from '../../faults/seeded-random.ts'
import { DAY_MS, MINUTE_MS } from '../calendar.ts'
import { NEWSLETTERS } from '../data/campaigns.ts'
import { meet } from '../people/shopper.ts'
import { DRAW, seedOf } from '../seeds.ts'
import { dayOf } from '../shop.ts'
import type { Story } from '../story.ts'
import { browse } from './browse.ts'
import { reportMail } from './mail.ts'
import type { Visit } from './visit.ts'

/** One newsletter to one person: sent, perhaps opened, perhaps followed to the site. */
export function sendNewsletter(story: Story, visit: Visit): void {
  const { at, day, person, seed } = visit
  const random = new SeededRandom(seed)
  const shopper = meet(story.shop, person)
  const week = Math.floor(day / 7)
  const mail = {
    campaign: `newsletter-${week + 1}`,
    subject: NEWSLETTERS[week % NEWSLETTERS.length] as string,
    day,
  }
  reportMail(story, shopper, { at, event: 'Email Sent', mail })
  if (random.chance(0.006)) {
    reportMail(story, shopper, {
      at: at + 9_000,
      event: 'Email Bounced',
      mail,
      more: { bounce: 'mailbox_full' },
    })
    return
  }
  // some read everything, some nothing
  if (!random.chance(shopper.habits.seed % 3 === 0 ? 0.6 : 0.16)) return
  const opened = at + Math.floor(random.next() ** 3 * 2 * DAY_MS) + MINUTE_MS
  reportMail(story, shopper, { at: opened, event: 'Email Opened', mail })
  if (!random.chance(0.2)) return
  const clicked = opened + random.between(4_000, 90_000)
  reportMail(story, shopper, { at: clicked, event: 'Email Clicked', mail, more: { link: 'une' } })
  const arrival = { referrer: '', campaign: { name: mail.campaign, source: 'newsletter', medium: 'email' } }
  const comes = {
    at: clicked + 2_000,
    day: dayOf(story.shop, clicked),
    person,
    seed: seedOf(seed, DRAW.visit),
  }
  browse(story, comes, { arrival })
}

/** Somebody wants no more newsletters. */
export function leaveNewsletter(story: Story, { at, day, person }: Visit): void {
  const shopper = meet(story.shop, person)
  const mail = { campaign: 'desinscription', subject: '', day }
  reportMail(story, shopper, { at, event: 'Email Unsubscribed', mail })
  reportMail(story, shopper, {
    ...{ at: at + 500, event: 'Consent Withdrawn', mail },
    more: { purpose: 'marketing', channel: 'email' },
  })
}
