import type { CompiledLeaf } from '../condition/compile-condition.ts'
import { personTraits } from '../event/event-traits.ts'
import type { IdentityGraph } from '../identity/identity-graph.ts'
import type { Timer } from '../profile/due-timers.ts'
import type { Fragment } from '../profile/fragment.ts'
import { hasRung, isDue, isTimed } from '../profile/schedule.ts'
import { type EventToNote, noteInSeries } from '../series/note-event.ts'
import type { AudienceCatalog } from './audience-catalog.ts'
import { evaluateMemberships } from './evaluate-memberships.ts'
import { Person } from './person.ts'

/** A profile that entered or left a version of an audience at a position. */
export interface MembershipChange {
  readonly version: number
  readonly profile: number
  readonly position: number
  /** since when it is so, milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/** A series that has more events in a fragment than may be kept: ClickHouse answers for it. */
export interface ColdSeries {
  readonly series: number
  readonly fragment: number
}

/** What decisions changed in audiences, as it is saved. */
export interface AudiencePart {
  readonly memberships: readonly MembershipChange[]
  readonly timers: readonly Timer[]
  readonly cold: readonly ColdSeries[]
}

/** Stage 4, second half, for one micro-batch or command: which memberships does what happened change? */
export class MembershipEvaluator {
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
    event: EventToNote,
    { isBot, isRegrouped }: { readonly isBot: boolean; readonly isRegrouped: boolean },
  ): void {
    if (this.#catalog.isEmpty && !isTimed(fragment.state)) return
    const members = this.#graph.component(fragment.profile)
    const traits = personTraits(event.type, event.json)
    if (!isRegrouped && traits === undefined && this.#isNobodys(event, isBot) && this.#isLeftAlone(members))
      return
    const person = this.#personOf(members)
    const touched = new Set<number>()
    let leaves: readonly CompiledLeaf[] = []
    if (!isBot) {
      const found = noteInSeries(this.#catalog.series, person, fragment.state.series, event, this.#clock)
      for (const leaf of found.turned)
        for (const version of this.#catalog.versionsOfLeaf(leaf)) touched.add(version)
      for (const series of found.cold) this.#cold.push({ series, fragment: fragment.id })
      leaves = found.leaves
    }
    if (traits !== undefined)
      for (const trait of [...Object.keys(traits.set), ...Object.keys(traits.once)])
        for (const version of this.#catalog.versionsOfTrait(trait)) touched.add(version)
    this.#evaluate(person, isRegrouped ? 'all' : touched, event.position, leaves)
  }

  /** Asks everything about a profile. */
  evaluate(profile: number, position: number): void {
    this.#evaluate(this.#personOf(this.#graph.component(profile)), 'all', position)
  }

  /** Asks everything about the profiles of some fragments, each once. */
  evaluateFragments(fragments: readonly number[], position: number): void {
    for (const profile of this.#profilesOf(fragments)) this.evaluate(profile, position)
  }

  /** Asks everything about whoever is another person by what was decided in the graph. */
  evaluateRegrouped(position: number): void {
    const { changedFragments, moved } = this.#graph.changes
    const profiles = new Set([...changedFragments, ...moved].map(({ profile }) => profile))
    for (const profile of profiles) this.evaluate(profile, position)
  }

  /** Of the profiles of some fragments, asks everything about those whose moment has come; others are left alone. */
  evaluateDue(fragments: readonly number[], position: number): void {
    for (const profile of this.#profilesOf(fragments))
      if (isDue(this.#graph.component(profile), this.#clock)) this.evaluate(profile, position)
  }

  take(): AudiencePart {
    return { memberships: this.#memberships, timers: this.#timers, cold: this.#cold }
  }

  /** Of a fragment that was merged since, the profile that it belongs to now. */
  #profilesOf(fragments: readonly number[]): Set<number> {
    return new Set(fragments.flatMap((id) => this.#graph.fragment(id)?.profile ?? []))
  }

  /** Whether no series remembers such an event. */
  #isNobodys({ type, name }: EventToNote, isBot: boolean): boolean {
    return isBot || this.#catalog.series.ofEvent(type, name).length === 0
  }

  /** Whether time has nothing to say of a profile: nothing of it waits, and nothing that it is armed for has come. */
  #isLeftAlone(members: readonly Fragment[]): boolean {
    for (const { state } of members) if (isTimed(state) || hasRung(state, this.#clock)) return false
    return true
  }

  #personOf(members: readonly Fragment[]): Person {
    return new Person(members, this.#catalog.series, this.#graph.rules)
  }

  #evaluate(
    person: Person,
    which: ReadonlySet<number> | 'all',
    position: number,
    leaves: readonly CompiledLeaf[] = [],
  ): void {
    const { steps, arm, changed } = evaluateMemberships(this.#catalog, person, which, this.#clock, leaves)
    for (const fragment of changed) this.#graph.touch(fragment)
    for (const step of steps) this.#memberships.push({ ...step, position })
    if (arm !== undefined) this.#timers.push({ at: arm, profile: person.profile })
  }
}
