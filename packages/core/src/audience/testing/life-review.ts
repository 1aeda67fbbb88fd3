import type { EventTraits } from '../../event/event-traits.ts'
import type { IdentityGraph } from '../../identity/identity-graph.ts'
import type { Fragment } from '../../profile/fragment.ts'
import type { AudienceCatalog } from '../audience-catalog.ts'
import { type EventToNote, type Noted, noteForAudiences } from '../note-event.ts'
import { Person } from '../person.ts'
import { isDue, reviewPerson } from '../review.ts'
import type { LifeTables } from './life-tables.ts'

/** The second half of room 4, as the server has it in people-review.ts. */
export class LifeReview {
  readonly memberships: LifeTables['memberships'][number][] = []
  readonly timers: LifeTables['timers'][number][] = []
  readonly touched = new Set<number>()
  readonly #graph: IdentityGraph
  readonly #catalog: AudienceCatalog
  clock: number

  constructor(graph: IdentityGraph, catalog: AudienceCatalog, clock: number) {
    this.#graph = graph
    this.#catalog = catalog
    this.clock = clock
  }

  advance(time: number): void {
    if (time > this.clock) this.clock = time
  }

  noteEvent(
    fragment: Fragment,
    event: EventToNote & { readonly traits: EventTraits | undefined },
    at: { readonly isBot: boolean; readonly isRegrouped: boolean },
  ): void {
    if (this.#catalog.isEmpty && fragment.state.u === undefined) return
    const person = this.#personOf(fragment.profile)
    const asked = new Set<number>()
    let leaves: Noted['leaves'] = []
    if (!at.isBot) {
      const noted = noteForAudiences(this.#catalog, person, fragment.state, event, this.clock)
      for (const version of noted.versions) asked.add(version)
      leaves = noted.leaves
    }
    const { set = {}, once = {} } = event.traits ?? {}
    for (const trait of [...Object.keys(set), ...Object.keys(once)])
      for (const version of this.#catalog.versionsOfTrait(trait)) asked.add(version)
    this.#review(person, at.isRegrouped ? 'all' : asked, event.position, leaves)
  }

  review(profile: number, position: number): void {
    this.#review(this.#personOf(profile), 'all', position)
  }

  #personOf(profile: number): Person {
    return new Person(this.#graph.component(profile), this.#catalog, this.#graph.rules)
  }

  #review(
    person: Person,
    which: ReadonlySet<number> | 'all',
    position: number,
    leaves: Noted['leaves'] = [],
  ): void {
    const { profile } = person
    const { steps, arm, changed } = reviewPerson(this.#catalog, person, which, this.clock, leaves)
    for (const fragment of changed) this.#graph.touch(fragment)
    for (const step of steps) this.memberships.push({ ...step, position })
    if (arm !== undefined) this.timers.push({ at: arm, profile })
    this.touched.add(profile)
  }

  reviewDue(profile: number, position: number): void {
    if (isDue(this.#graph.component(profile), this.clock)) this.review(profile, position)
  }
}
