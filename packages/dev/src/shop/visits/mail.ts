import type { JsonObject } from '@affluent/protocol/event'
import { memberDay } from '../people/habits.ts'
import type { Shopper } from '../people/shopper.ts'
import type { Story } from '../story.ts'
import { externalId } from './session.ts'

/** One letter of the mailing tool. */
export interface Mail {
  readonly campaign: string
  readonly subject: string
  readonly day: number
}

/**
 * What the mailing tool reports of a letter: sent, opened, clicked, bounced. It knows people by their address, and
 * members by their account too.
 */
export function reportMail(
  story: Story,
  shopper: Shopper,
  {
    at,
    event,
    mail,
    more = {},
  }: { readonly at: number; readonly event: string; readonly mail: Mail; readonly more?: JsonObject },
): void {
  const { campaign, subject, day } = mail
  story.tell({
    ...{ at, source: 'email', truth: shopper.habits.person },
    event: {
      ...{ type: 'track', event },
      ...(day >= memberDay(shopper.habits) ? { userId: shopper.userId } : {}),
      properties: { campaign_name: campaign, subject, ...more },
      context: {
        library: { name: 'courrier', version: '2.4.0' },
        campaign: { name: campaign, source: 'newsletter', medium: 'email' },
        externalIds: [externalId('email', shopper.email)],
      },
    },
  })
}
