import type { PlainEvent, PlainIdentify } from '../../condition/testing/cold-answer.ts'
import type { Counters, KnownIdentifier } from '../../identity/identity-graph.ts'
import type { IdentityRules } from '../../identity/namespaces.ts'
import type { Merge } from '../../identity/unmerge.ts'
import type { AudienceTables } from '../audience-tables.ts'
import type { MembershipStep } from '../evaluate-memberships.ts'

/** A fragment as it is stored: its state is text, so that nothing leaks by reference. */
export interface StoredFragment {
  readonly profile: number
  readonly state: string
}

/** What ClickHouse keeps of a processed event: its fragment never changes. */
export interface EventRow {
  readonly fragment: number
  readonly position: number
  readonly event?: PlainEvent
  readonly identify?: PlainIdentify
}

/** Everything that is committed at a position. No value in it is ever changed: a commit makes new tables. */
export interface LifeTables {
  readonly position: number
  readonly clock: number
  readonly counters: Counters
  readonly rules: IdentityRules
  readonly fragments: ReadonlyMap<number, StoredFragment>
  readonly identifiers: ReadonlyMap<string, KnownIdentifier>
  readonly merges: readonly Merge[]
  readonly timers: readonly { readonly at: number; readonly profile: number }[]
  readonly memberships: readonly (MembershipStep & { readonly position: number })[]
  readonly rows: readonly EventRow[]
  /** fragments that a reviewer has put under another profile, and those profiles, before and after */
  readonly moves: readonly { readonly fragment: number; readonly position: number }[]
  /** of events that were taken */
  readonly messageIds: ReadonlySet<string>
  readonly audiences: AudienceTables
}
