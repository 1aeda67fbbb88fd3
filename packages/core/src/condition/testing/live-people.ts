import type { Condition } from '@affluent/protocol/condition'
import { AudienceCatalog, type CompiledVersion, neededSeries } from '../../audience/audience-catalog.ts'
import { Person } from '../../audience/person.ts'
import type { IdentityRules } from '../../identity/namespaces.ts'
import { type Fragment, newFragment, noteSighting } from '../../profile/fragment.ts'
import { slicesDueAt, wakeSlices } from '../../profile/schedule.ts'
import { applyTraits } from '../../profile/traits-slice.ts'
import { noteInSeries } from '../../series/note-event.ts'
import { isCold, putSeries, seriesIn } from '../../series/series-slice.ts'
import { addHistory } from '../series.ts'
import type { SeriesState } from '../series-state.ts'
import type { Arrival } from './arbitrary-history.ts'

/** The catalog of these conditions; the version at a place is the condition at that place. */
export function catalogOf(conditions: readonly Condition[], zone: string): AudienceCatalog {
  const series = new Map(neededSeries(conditions, zone).map(({ key }, index) => [key, index + 1]))
  const versions = conditions.map((condition, id) => ({
    id: id + 1,
    audience: id + 1,
    condition,
    follows: 0,
  }))
  return new AudienceCatalog({ versions, series, zone })
}

/** What conditions say of people, kept up to date event by event, as the processor does it. */
export class LivePeople {
  readonly catalog: AudienceCatalog
  readonly #rules: IdentityRules
  readonly #fragments = new Map<number, Fragment>()
  #identifiers = 0

  constructor(catalog: AudienceCatalog, rules: IdentityRules) {
    this.catalog = catalog
    this.#rules = rules
  }

  fragment(id: number): Fragment {
    const known = this.#fragments.get(id)
    if (known !== undefined) return known
    const made = newFragment(id, 1, 'email')
    this.#fragments.set(id, made)
    return made
  }

  own(id: number, namespace: string): void {
    const identifier = { id: ++this.#identifiers, namespace, owner: id }
    noteSighting(this.fragment(id).state, identifier, { time: 0, position: 0, source: 1 }, 0)
  }

  take(id: number, { event, identify }: Pick<Arrival, 'event' | 'identify'>, clock: number): void {
    const fragment = this.fragment(id)
    const { state } = fragment
    if (identify !== undefined) applyTraits(state.traits, identify.traits, { ...identify, source: 1 }, clock)
    if (event === undefined || event.bot) return
    const { series } = this.catalog
    noteInSeries(series, new Person([fragment], series, this.#rules), state.series, event, clock)
  }

  /** What the fragment's events have left, in the order of `catalog.series.all`. */
  seriesOf(id: number): (SeriesState | undefined)[] {
    const { state } = this.fragment(id)
    return this.catalog.series.all.map((series) => seriesIn(state.series, series.id))
  }

  /** @param states in the order of `catalog.series.all` */
  addHistory(id: number, states: readonly (SeriesState | undefined)[], clock: number): void {
    const { state } = this.fragment(id)
    for (const [index, series] of this.catalog.series.all.entries()) {
      const past = states[index]
      if (past === undefined) continue
      const own = seriesIn(state.series, series.id)
      putSeries(state.series, series.id, addHistory(series.spec, own, past, clock, this.catalog.zone))
    }
  }

  /** The person that some fragments are; the first stands for it. */
  person(ids: readonly number[]): Person {
    const profile = ids[0] as number
    const members = ids.map((id) => Object.assign(this.fragment(id), { profile }))
    return new Person(members, this.catalog.series, this.#rules)
  }

  /** @param version place of a condition */
  holds(version: number, person: Person, now: number): boolean {
    const then = this.#settled(person, now)
    return this.#version(version).compiled.evaluate((leaf) => leaf.holds(then, now))
  }

  turnsAt(version: number, person: Person, now: number): number {
    const then = this.#settled(person, now)
    const { leaves } = this.#version(version).compiled
    return Math.min(slicesDueAt(then.members), ...leaves.map((leaf) => leaf.turnsAt(then, now)))
  }

  /** The person at a moment; the one of now stays as it is. */
  #settled({ members }: Person, now: number): Person {
    const copies = JSON.parse(JSON.stringify(members)) as Fragment[]
    const isOther = wakeSlices(copies, now).length > 0
    return new Person(isOther ? copies : members, this.catalog.series, this.#rules)
  }

  /** Whether a leaf of the condition had too much to keep. */
  isCold(version: number, person: Person): boolean {
    return this.#version(version).compiled.leaves.some(
      ({ series }) => series !== undefined && isCold(person.series(series)),
    )
  }

  #version(version: number): CompiledVersion {
    const found = this.catalog.versions[version]
    if (found === undefined) throw new Error(`There is no version ${version}.`)
    return found
  }
}
