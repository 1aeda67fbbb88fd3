import type { Condition } from '@affluent/protocol/condition'
import { AudienceCatalog, neededSeries } from '../../audience/audience-catalog.ts'
import { noteForAudiences } from '../../audience/note-event.ts'
import { Person } from '../../audience/person.ts'
import type { IdentityRules } from '../../identity/namespaces.ts'
import { applyTraits, type Fragment, newFragment, noteSighting } from '../../profile/fragment.ts'
import { addHistory, type SeriesState } from '../series.ts'
import type { Arrival } from './arbitrary-history.ts'

/** What conditions say of one person, kept up to date event by event, as the walk does it. */
export interface LivePerson {
  readonly catalog: AudienceCatalog
  readonly fragments: readonly Fragment[]
  take(arrival: Arrival): void
  /** adds what history left in a fragment's series, in the order of `catalog.series` */
  backfill(fragment: number, states: readonly (SeriesState | undefined)[], clock: number): void
  /** @param version index of a condition */
  holds(version: number, now: number): boolean
  turnsAt(version: number, now: number): number
  /** whether a leaf of a condition is cold */
  isCold(version: number): boolean
}

/** The catalog of these conditions. */
export function catalogOf(conditions: readonly Condition[], zone: string): AudienceCatalog {
  const series = new Map(neededSeries(conditions, zone).map(({ key }, index) => [key, index + 1]))
  const versions = conditions.map((condition, id) => ({ id: id + 1, audience: id + 1, condition, follows: 0 }))
  return new AudienceCatalog({ versions, series, zone })
}

/**
 * @param namespaces of the identifiers of each fragment; all of them make one profile
 * @param first number of the first fragment, which stands for the profile; the others follow
 */
export function livePerson(
  catalog: AudienceCatalog,
  namespaces: readonly (readonly string[])[],
  first: number,
  rules: IdentityRules,
): LivePerson {
  const fragments = namespaces.map((owned, index) => ({ ...newFragment(first + index, 1, 'email'), profile: first, owned }))
  for (const { id, state, owned } of fragments)
    for (const [place, namespace] of owned.entries())
      noteSighting(state, { identifier: id * 10 + place, namespace, owner: id, time: 0, source: 1 })
  const person = () => new Person(fragments, catalog, rules)
  return {
    catalog,
    fragments,
    take: ({ fragment, clock, event, identify }) => {
      const { state } = fragments[fragment] as Fragment
      if (identify !== undefined) applyTraits(state, identify.traits, { ...identify, source: 1 })
      if (event !== undefined && !event.bot) noteForAudiences(catalog, state, event, clock, new Set())
    },
    backfill: (fragment, states, clock) => {
      const { state } = fragments[fragment] as Fragment
      for (const [index, { id, spec }] of catalog.series.entries()) {
        const past = states[index]
        if (past !== undefined) (state.c ??= {})[id] = addHistory(spec, state.c?.[id], past, clock, catalog.zone)
      }
    },
    holds: (version, now) => {
      const asked = person()
      return compiledOf(catalog, version).evaluate((leaf) => leaf.holds(asked, now))
    },
    turnsAt: (version, now) => {
      const asked = person()
      return Math.min(...compiledOf(catalog, version).leaves.map((leaf) => leaf.turnsAt(asked, now)))
    },
    isCold: (version) => {
      const asked = person()
      return compiledOf(catalog, version).leaves.some(({ series }) => series !== undefined && asked.series(series)?.x === 1)
    },
  }
}

function compiledOf(catalog: AudienceCatalog, version: number) {
  const found = catalog.versions[version]
  if (found === undefined) throw new Error(`There is no version ${version}.`)
  return found.compiled
}
