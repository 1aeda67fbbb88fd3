import type { JsonObject } from '@affluent/protocol/event'
import type { IdentityGraph } from '../../identity/identity-graph.ts'
import type { Fragment } from '../../profile/fragment.ts'
import type { AudienceCatalog } from '../audience-catalog.ts'
import { type EventToNote, noteForAudiences } from '../note-event.ts'
import { Person } from '../person.ts'
import { reviewPerson } from '../review.ts'
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
    event: EventToNote & { readonly traits: JsonObject | undefined },
    at: { readonly isBot: boolean; readonly isRegrouped: boolean },
  ): void {
    if (this.#catalog.isEmpty) return
    const asked = new Set<number>()
    if (!at.isBot) noteForAudiences(this.#catalog, fragment.state, event, this.clock, asked)
    for (const trait of Object.keys(event.traits ?? {}))
      for (const version of this.#catalog.versionsOfTrait(trait)) asked.add(version)
    this.review(fragment.profile, at.isRegrouped ? 'all' : asked, event.position)
  }

  review(profile: number, which: ReadonlySet<number> | 'all', position: number): void {
    const person = new Person(this.#graph.component(profile), this.#catalog, this.#graph.rules)
    const { steps, arm, changed } = reviewPerson(this.#catalog, person, which, this.clock)
    for (const fragment of changed) this.#graph.touch(fragment)
    for (const step of steps) this.memberships.push({ ...step, position })
    if (arm !== undefined) this.timers.push({ at: arm, profile })
    this.touched.add(profile)
  }

  reviewDue(profile: number, position: number): void {
    const armed = this.#graph.fragment(profile)?.state.w
    if (armed !== undefined && armed <= this.clock) this.review(profile, 'all', position)
  }
}
