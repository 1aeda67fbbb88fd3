import type { RoutedDelivery } from '@affluent/core/delivery/routed-delivery'
import type { Counters, GraphChanges } from '@affluent/core/identity/identity-graph'
import type { Fragment } from '@affluent/core/profile/fragment'

/** A fragment as it is saved: its state is text already, so that deciding may go on while it is being saved. */
export interface EncodedFragment {
  readonly id: number
  readonly profile: number
  readonly state: string
}

/** The same with the fragment in memory, which goes on changing. */
export interface ChangedFragment extends EncodedFragment {
  readonly fragment: Fragment
}

/** A fragment that stands under another profile from a position on. */
export interface ProfileMove {
  readonly fragment: number
  readonly profile: number
}

/** An identifier that belongs to a fragment from now on, by its number. */
export interface IdentifierLink {
  /** `TAKEN_AWAY`: it belongs to it no longer */
  readonly namespace: string
  readonly identifier: number
  readonly fragment: number
}

/** What decisions changed in the identity graph, as it is saved: of a micro-batch, or of a command. */
export interface IdentityPart {
  readonly changes: GraphChanges
  readonly made: readonly ChangedFragment[]
  readonly changed: readonly ChangedFragment[]
  readonly moves: readonly ProfileMove[]
  readonly links: readonly IdentifierLink[]
  /** the counters after it */
  readonly counters: Counters
}

/** Traits of an identify that were not taken because the fragment is full. */
export interface RefusedTraits {
  readonly position: number
  readonly names: readonly string[]
}

/** What decisions found out about traits. */
export interface ProfilePart {
  readonly refusedTraits: readonly RefusedTraits[]
}

/** What decisions enqueue for destinations, as it is saved. */
export interface DeliveryPart {
  readonly deliveries: readonly RoutedDelivery[]
  /** number of the next delivery after it */
  readonly nextDelivery: number
}
