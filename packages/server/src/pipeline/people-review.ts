import type { AudienceCatalog } from '@affluent/core/audience/audience-catalog'
import { noteForAudiences } from '@affluent/core/audience/note-event'
import { Person } from '@affluent/core/audience/person'
import { isDue, reviewPerson } from '@affluent/core/audience/review'
import type { CompiledLeaf } from '@affluent/core/condition/compile-condition'
import { personTraits } from '@affluent/core/event/event-traits'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { Fragment } from '@affluent/core/profile/fragment'
import type { AcceptedEvent } from './accepted-event.ts'

/** A profile that entered or left a version of an audience at a position. */
export interface MembershipChange {
  readonly version: number
  readonly profile: number
  readonly position: number
  /** since when it is so, milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/** A moment for which a profile is armed. */
export interface Timer {
  /** milliseconds since the epoch */
  readonly at: number
  readonly profile: number
}

/** A series that has more events in a fragment than may be kept: ClickHouse answers for it. */
export interface ColdSeries {
  readonly series: number
  readonly fragment: number
}

/** What decisions changed in audiences, as it is saved. */
export interface ReviewDecision {
  readonly memberships: readonly MembershipChange[]
  readonly timers: readonly Timer[]
  readonly cold: readonly ColdSeries[]
  /** the workspace's time after it, milliseconds since the epoch */
  readonly clock: number
}

/** Room 4, second half, for one micro-batch or command: which memberships does what happened change? */
export class PeopleReview {
  readonly #graph: IdentityGraph
  readonly #catalog: AudienceCatalog
  readonly #memberships: MembershipChange[] = []
  readonly #timers: Timer[] = []
  readonly #cold: ColdSeries[]
  #clock: number

  /**
   * @param clock the workspace's time before, milliseconds since the epoch
   * @param cold series that history has made too long
   */
  constructor(graph: IdentityGraph, catalog: AudienceCatalog, clock: number, cold: readonly ColdSeries[]) {
    this.#cold = [...cold]
    this.#graph = graph
    this.#catalog = catalog
    this.#clock = clock
  }

  get clock(): number {
    return this.#clock
  }

  /** Memberships that have changed so far. */
  get changes(): readonly MembershipChange[] {
    return this.#memberships
  }

  /** The workspace's time never goes back. */
  advance(time: number): void {
    if (time > this.#clock) this.#clock = time
  }

  /**
   * @param isBot bots are kept, and count for no audience
   * @param isRegrouped whether the event has changed who the person is
   */
  noteEvent(
    fragment: Fragment,
    event: AcceptedEvent,
    at: { readonly position: number; readonly isBot: boolean; readonly isRegrouped: boolean },
  ): void {
    if (this.#catalog.isEmpty && fragment.state.u === undefined) return
    const { position, isBot, isRegrouped } = at
    const { type, name, time, json } = event.checked
    const person = this.#personOf(fragment.profile)
    const touched = new Set<number>()
    let leaves: readonly CompiledLeaf[] = []
    if (!isBot) {
      const noted = { type, name, time, position, json }
      const found = noteForAudiences(this.#catalog, person, fragment.state, noted, this.#clock)
      for (const version of found.versions) touched.add(version)
      for (const series of found.cold) this.#cold.push({ series, fragment: fragment.id })
      leaves = found.leaves
    }
    const traits = personTraits(type, json)
    if (traits !== undefined)
      for (const trait of [...Object.keys(traits.set), ...Object.keys(traits.once)])
        for (const version of this.#catalog.versionsOfTrait(trait)) touched.add(version)
    this.#review(person, isRegrouped ? 'all' : touched, position, leaves)
  }

  /** Asks everything about a profile. */
  review(profile: number, position: number): void {
    this.#review(this.#personOf(profile), 'all', position)
  }

  /** Asks everything about a profile whose moment has come; one that is armed for later is left alone. */
  reviewDue(profile: number, position: number): void {
    if (isDue(this.#graph.component(profile), this.#clock)) this.review(profile, position)
  }

  #personOf(profile: number): Person {
    return new Person(this.#graph.component(profile), this.#catalog, this.#graph.rules)
  }

  #review(
    person: Person,
    which: ReadonlySet<number> | 'all',
    position: number,
    leaves: readonly CompiledLeaf[] = [],
  ): void {
    const { steps, arm, changed } = reviewPerson(this.#catalog, person, which, this.#clock, leaves)
    for (const fragment of changed) this.#graph.touch(fragment)
    for (const step of steps) this.#memberships.push({ ...step, position })
    if (arm !== undefined) this.#timers.push({ at: arm, profile: person.profile })
  }

  take(): ReviewDecision {
    return { memberships: this.#memberships, timers: this.#timers, cold: this.#cold, clock: this.#clock }
  }
}
