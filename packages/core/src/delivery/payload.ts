import type { EventType, Identifier, JsonObject } from '@affluent/protocol/event'

/** An event as a source connection posts it. */
export interface EventToPost {
  readonly type: EventType
  readonly json: JsonObject
  readonly messageId: string
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly receivedAt: number
  readonly source: string
  /** printable; undefined: nobody's */
  readonly profileId: string | undefined
}

/**
 * The event as it came, with what was made sure of: type, messageId, times, source and whose it is; without the key
 * that browsers send in the body.
 */
export function eventPayload(event: EventToPost): JsonObject {
  const { type, json, messageId, time, receivedAt, source, profileId } = event
  const { writeKey: _, ...said } = json
  return {
    ...said,
    type,
    messageId,
    timestamp: new Date(time).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
    source,
    ...(profileId === undefined ? {} : { profileId }),
  }
}

/** Somebody has entered or left an audience. */
export interface MembershipToPost {
  readonly audience: string
  readonly entered: boolean
  /** id of the delivery: the messageId of what is posted */
  readonly id: string
  readonly profileId: string
  /** since when it is so, milliseconds since the epoch */
  readonly since: number
  /** of the person; none when the profile was merged into one that is a member itself */
  readonly identifiers: readonly Identifier[]
  /** printable id of the profile that goes on as a member */
  readonly mergedInto: string | undefined
}

/**
 * A track event as Segment's tools post it: `userId` and `anonymousId` for those who look there, all identifiers in
 * `context.externalIds`.
 */
export function membershipPayload(change: MembershipToPost): JsonObject {
  const { audience, entered, id, profileId, since, identifiers, mergedInto } = change
  const first = (namespace: string) => identifiers.find((each) => each.namespace === namespace)?.value
  const userId = first('user_id')
  const anonymousId = first('anonymous_id')
  const email = first('email')
  return {
    type: 'track',
    event: entered ? 'Audience Entered' : 'Audience Exited',
    messageId: id,
    timestamp: new Date(since).toISOString(),
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
    properties: { audience, ...(mergedInto === undefined ? {} : { mergedInto }) },
    context: {
      ...(email === undefined ? {} : { traits: { email } }),
      externalIds: identifiers.map(({ namespace, value }) => ({ type: namespace, id: value })),
    },
    profileId,
  }
}
