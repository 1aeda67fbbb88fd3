import { membershipsOf } from '@affluent/core/audience/review'
import type { Connection, EventToRoute } from '@affluent/core/delivery/connection'
import { type TraitAt, traitsBy, traitsOfMapping } from '@affluent/core/delivery/mapping'
import { eventPayload } from '@affluent/core/delivery/payload'
import type { Connections } from '@affluent/core/delivery/route'
import { writePayload } from '@affluent/core/delivery/write-payload'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import { foldTrait } from '@affluent/core/profile/fold-profile'
import type { Fragment } from '@affluent/core/profile/fragment'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { HoldReason } from '@affluent/protocol/delivery-api'
import type { EventType, Json } from '@affluent/protocol/event'
import { PAYLOAD_CHARS_MAX } from '@affluent/protocol/limits'
import type { AcceptedEvent } from './accepted-event.ts'
import { messageIdOf } from './message-id-of.ts'
import type { MembershipChange } from './people-review.ts'

/** A delivery as the walk decides it. */
export interface RoutedDelivery {
  readonly number: number
  readonly destination: number
  readonly connection: number
  readonly purpose: string
  readonly position: number
  /** 0: nobody's */
  readonly profile: number
  readonly eventType: EventType
  readonly eventName: string
  /** of a membership */
  readonly audience: string | undefined
  /** of a membership, milliseconds since the epoch */
  readonly since: number | undefined
  /** of a membership that ended because its profile was merged into another member */
  readonly mergedInto: number | undefined
  /** undefined of a membership: whoever sends it makes it */
  readonly body: string | undefined
  /** of a membership whose mapping asks for traits: their values as they are now, as JSON by path */
  readonly traits: string | undefined
  /** why it is not sent */
  readonly held: HoldReason | undefined
}

/** What routing needs to know of its workspace. */
export interface RoutingFacts {
  readonly workspace: number
  readonly routes: Connections
  /** keys of audiences by the version whose members are shown */
  readonly audienceKeys: ReadonlyMap<number, string>
  readonly profileIdKey: ProfileIdKey
  readonly slugOf: (source: number) => string
}

/** Room 5 for one micro-batch or command: who is owed what happened? History does not act; filters, switches and mappings belong to connections. */
export class Router {
  readonly #facts: RoutingFacts
  readonly #graph: IdentityGraph
  readonly #deliveries: RoutedDelivery[] = []
  #next: number

  /** @param next number of the next delivery */
  constructor(facts: RoutingFacts, graph: IdentityGraph, next: number) {
    this.#facts = facts
    this.#graph = graph
    this.#next = next
  }

  /** @param changes memberships that began or ended by it */
  routeEvent(
    event: AcceptedEvent,
    position: number,
    fragment: Fragment | undefined,
    changes: readonly MembershipChange[],
  ): void {
    const { routes } = this.#facts
    if (routes.isEmpty || event.history) return
    this.#routeToSources(event, position, fragment)
    this.routeMemberships(changes)
  }

  routeMemberships(changes: readonly MembershipChange[]): void {
    const { routes, audienceKeys } = this.#facts
    if (routes.isEmpty) return
    for (const change of changes) {
      // of an audience that is being prepared only the members of before are shown, and count
      const audience = audienceKeys.get(change.version)
      if (audience === undefined) continue
      for (const connection of routes.ofMembership(audience, change.entered))
        this.owe(connection, audience, change)
    }
  }

  /** Owes the word of a membership to one connection. */
  owe(connection: Connection, audience: string, change: MembershipChange): void {
    const { profile, position, time, entered } = change
    this.#push(connection, position, profile, {
      eventType: 'track',
      eventName: entered ? 'Audience Entered' : 'Audience Exited',
      ...{ audience, since: time, body: undefined },
      ...this.#captureTraits(connection, profile),
      mergedInto: entered ? undefined : this.#memberAfter(change),
    })
  }

  take(): { readonly deliveries: readonly RoutedDelivery[]; readonly nextDelivery: number } {
    return { deliveries: this.#deliveries, nextDelivery: this.#next }
  }

  #routeToSources(event: AcceptedEvent, position: number, fragment: Fragment | undefined): void {
    const { workspace, routes, profileIdKey, slugOf } = this.#facts
    const { type, name, json, time, messageId } = event.checked
    const source = slugOf(event.source)
    const asked: EventToRoute = { type, name, source, properties: json['properties'] }
    const owed = routes.ofEvent(asked, json['integrations'])
    if (owed.length === 0) return
    const profile = fragment?.profile ?? 0
    const payload = eventPayload({
      ...{ type, json, time, source, receivedAt: event.receivedAt },
      messageId: messageId ?? messageIdOf(workspace, position),
      profileId: profile === 0 ? undefined : formatProfileId(profile, profileIdKey),
    })
    const traitAt = this.#traitsOf(profile)
    let whole: string | undefined
    for (const connection of owed) {
      const { rule } = connection
      const isWhole = rule.mapping === undefined && rule.required.length === 0
      const { body, held } = isWhole
        ? { body: (whole ??= JSON.stringify(payload)), held: undefined }
        : writePayload(rule, payload, traitAt)
      const nothing = { audience: undefined, since: undefined, mergedInto: undefined, traits: undefined }
      this.#push(connection, position, profile, { eventType: type, eventName: name, body, held, ...nothing })
    }
  }

  /** What is known of a person at this moment of the walk. */
  #traitsOf(profile: number): TraitAt {
    if (profile === 0) return () => undefined
    return traitsBy((name) => foldTrait(this.#graph.component(profile), name)?.[0] ?? undefined)
  }

  /** The payload of a membership is made when it is sent; what its mapping asks of the person is written down now. */
  #captureTraits({ rule }: Connection, profile: number): Pick<RoutedDelivery, 'traits' | 'held'> {
    const paths = traitsOfMapping(rule.mapping)
    if (paths.length === 0) return { traits: undefined, held: undefined }
    const traitAt = this.#traitsOf(profile)
    const values: Record<string, Json> = {}
    for (const path of paths) values[path] = traitAt(path) ?? null
    const traits = JSON.stringify(values)
    return traits.length > PAYLOAD_CHARS_MAX
      ? { traits: undefined, held: 'payload_too_large' }
      : { traits, held: undefined }
  }

  /** The profile into which one was merged, if that one is a member now: then nobody has left. */
  #memberAfter({ profile, version }: MembershipChange): number | undefined {
    const standsFor = this.#graph.fragment(profile)?.profile
    if (standsFor === undefined || standsFor === profile) return undefined
    const state = this.#graph.fragment(standsFor)?.state
    return state !== undefined && membershipsOf(state).has(version) ? standsFor : undefined
  }

  #push(
    { id, destination, purpose }: Connection,
    position: number,
    profile: number,
    what: Omit<RoutedDelivery, 'number' | 'destination' | 'connection' | 'purpose' | 'position' | 'profile'>,
  ): void {
    this.#deliveries.push({
      number: this.#next++,
      destination,
      connection: id,
      purpose,
      position,
      profile,
      ...what,
    })
  }
}
