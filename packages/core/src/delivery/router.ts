import type { Json } from '@affluent/protocol/event'
import { PAYLOAD_CHARS_MAX } from '@affluent/protocol/limits'
import type { MembershipChange } from '../audience/membership-evaluator.ts'
import { memberSince } from '../audience/memberships-slice.ts'
import type { CheckedEvent } from '../event/check-event.ts'
import { messageIdOf } from '../event/message-id-of.ts'
import type { IdentityGraph } from '../identity/identity-graph.ts'
import { foldTrait } from '../profile/fold-profile.ts'
import type { Fragment } from '../profile/fragment.ts'
import { formatProfileId, type ProfileIdKey } from '../profile/profile-id.ts'
import type { Connection, EventToRoute } from './connection.ts'
import { type TraitAt, traitsBy, traitsOfMapping } from './mapping.ts'
import { eventPayload } from './payload.ts'
import type { Connections } from './route.ts'
import type { RoutedDelivery } from './routed-delivery.ts'
import { writePayload } from './write-payload.ts'

/** What routing needs to know of its workspace. */
export interface RoutingFacts {
  readonly workspace: number
  readonly routes: Connections
  /** keys of audiences by the version whose members are shown */
  readonly audienceKeys: ReadonlyMap<number, string>
  readonly profileIdKey: ProfileIdKey
  readonly slugOf: (source: number) => string
}

/** What routing needs to know of an event. */
export interface RoutableEvent {
  readonly checked: Pick<CheckedEvent, 'type' | 'name' | 'json' | 'time' | 'messageId'>
  readonly source: number
  /** milliseconds since the epoch */
  readonly receivedAt: number
  /** it changes state and sends nothing */
  readonly history: boolean
}

/** What decisions enqueue for destinations. */
export interface QueuedDeliveries {
  readonly deliveries: readonly RoutedDelivery[]
  /** number of the next delivery after them */
  readonly nextDelivery: number
}

/**
 * Decides who gets what happened, for one micro-batch or command. History does not act; filters, switches and mappings
 * belong to connections.
 */
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
    event: RoutableEvent,
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
        this.enqueue(connection, audience, change)
    }
  }

  /** Queues the delivery of an entered or left audience for one connection. */
  enqueue(connection: Connection, audience: string, change: MembershipChange): void {
    const { profile, position, time, entered } = change
    this.#push(connection, position, profile, {
      eventType: 'track',
      eventName: entered ? 'Audience Entered' : 'Audience Exited',
      ...{ audience, since: time, body: undefined },
      ...this.#captureTraits(connection, profile),
      mergedInto: entered ? undefined : this.#memberAfter(change),
    })
  }

  take(): QueuedDeliveries {
    return { deliveries: this.#deliveries, nextDelivery: this.#next }
  }

  #routeToSources(event: RoutableEvent, position: number, fragment: Fragment | undefined): void {
    const { workspace, routes, profileIdKey, slugOf } = this.#facts
    const { type, name, json, time, messageId } = event.checked
    const source = slugOf(event.source)
    const asked: EventToRoute = { type, name, source, properties: json['properties'] }
    const queued = routes.ofEvent(asked, json['integrations'])
    if (queued.length === 0) return
    const profile = fragment?.profile ?? 0
    const payload = eventPayload({
      ...{ type, json, time, source, receivedAt: event.receivedAt },
      messageId: messageId ?? messageIdOf(workspace, position),
      profileId: profile === 0 ? undefined : formatProfileId(profile, profileIdKey),
    })
    const traitAt = this.#traitsOf(profile)
    let whole: string | undefined
    for (const connection of queued) {
      const { rule } = connection
      const isWhole = rule.mapping === undefined && rule.required.length === 0
      const { body, held } = isWhole
        ? { body: (whole ??= JSON.stringify(payload)), held: undefined }
        : writePayload(rule, payload, traitAt)
      const nothing = { audience: undefined, since: undefined, mergedInto: undefined, traits: undefined }
      this.#push(connection, position, profile, { eventType: type, eventName: name, body, held, ...nothing })
    }
  }

  /** What is known of a person at this moment of the processor. */
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
    const since = state === undefined ? undefined : memberSince(state.memberships, version)
    return since === undefined ? undefined : standsFor
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
