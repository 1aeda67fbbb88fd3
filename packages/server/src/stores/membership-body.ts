import { formatDeliveryId } from '@affluent/core/delivery/delivery-id'
import { applyMapping } from '@affluent/core/delivery/mapping'
import { membershipPayload } from '@affluent/core/delivery/payload'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { Mapping } from '@affluent/protocol/delivery-api'
import type { Identifier } from '@affluent/protocol/event'

/** A membership that is owed, as its row has it. */
export interface OwedMembership {
  readonly number: number
  readonly profile: number
  readonly audience: string | null
  readonly since: Date | null
  readonly mergedInto: number | null
  readonly eventName: string
}

/** What a membership posts, as JSON text. */
export function makeMembershipBody(
  { number, profile, audience, since, mergedInto, eventName }: OwedMembership,
  identifiers: readonly Identifier[],
  mapping: Mapping | undefined,
  key: ProfileIdKey,
): string {
  const payload = membershipPayload({
    audience: audience ?? '',
    entered: eventName === 'Audience Entered',
    id: formatDeliveryId(number, key),
    profileId: formatProfileId(profile, key),
    since: since?.getTime() ?? 0,
    identifiers: mergedInto === null ? identifiers : [],
    mergedInto: mergedInto === null ? undefined : formatProfileId(mergedInto, key),
  })
  return JSON.stringify(mapping === undefined ? payload : applyMapping(mapping, payload))
}
