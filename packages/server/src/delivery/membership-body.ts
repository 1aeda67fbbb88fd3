import { formatDeliveryId } from '@affluent/core/delivery/delivery-id'
import { type TraitAt, traitsBy } from '@affluent/core/delivery/mapping'
import { membershipPayload } from '@affluent/core/delivery/payload'
import { type PayloadRule, type WrittenPayload, writePayload } from '@affluent/core/delivery/write-payload'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { PersonSummary } from '../profiles/contract.ts'

/** A membership that is queued, as its row has it. */
export interface QueuedMembership {
  readonly number: number
  readonly profile: number
  readonly audience: string | null
  readonly since: Date | null
  readonly mergedInto: number | null
  readonly eventName: string
  /** values of traits as they were decided, as JSON by path */
  readonly traits: string | null
}

const WHOLE: PayloadRule = { mapping: undefined, required: [] }

/** What a membership posts of the person whose it is. */
export function makeMembershipBody(
  { number, profile, audience, since, mergedInto, eventName, traits }: QueuedMembership,
  person: PersonSummary | undefined,
  rule: PayloadRule = WHOLE,
  key: ProfileIdKey,
): WrittenPayload {
  // nobody has left: who that is stays unsaid
  const told = mergedInto === null ? person : undefined
  const payload = membershipPayload({
    audience: audience ?? '',
    entered: eventName === 'Audience Entered',
    id: formatDeliveryId(number, key),
    profileId: formatProfileId(profile, key),
    since: since?.getTime() ?? 0,
    identifiers: told?.identifiers ?? [],
    mergedInto: mergedInto === null ? undefined : formatProfileId(mergedInto, key),
  })
  return writePayload(rule, payload, told === undefined ? () => undefined : decidedTraits(traits, told))
}

/** Traits as they were decided; one that the mapping asks for only since then, as it is now. */
function decidedTraits(json: string | null, person: PersonSummary): TraitAt {
  const decided = json === null ? {} : (JSON.parse(json) as JsonObject)
  const present = traitsOf(person)
  return (path) => (Object.hasOwn(decided, path) ? ((decided[path] as Json) ?? undefined) : present(path))
}

/** The traits of a person as they are now. */
export function traitsOf(person: PersonSummary | undefined): TraitAt {
  return traitsBy((name) => person?.folded.traits.get(name)?.value)
}
