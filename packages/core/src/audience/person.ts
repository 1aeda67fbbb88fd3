import type { Json } from '@affluent/protocol/event'
import type { ConditionSubject } from '../condition/compile-condition.ts'
import { foldSeries } from '../condition/series.ts'
import type { SeriesSpec, SeriesState } from '../condition/series-state.ts'
import { namespacesOf } from '../identity/identity-slice.ts'
import { type IdentityRules, isWeak, ruleOf } from '../identity/namespaces.ts'
import { foldTrait } from '../profile/fold-profile.ts'
import type { Fragment } from '../profile/fragment.ts'
import type { TraitValue } from '../profile/traits-slice.ts'
import type { SeriesCatalog } from '../series/series-catalog.ts'
import { seriesIn } from '../series/series-slice.ts'
import { coldAnswerIn } from './memberships-slice.ts'

/**
 * One person as conditions see it: answers are folded over the fragments when they are asked for, and kept for the
 * length of one evaluator.
 */
export class Person implements ConditionSubject {
  readonly profile: number
  readonly members: readonly Fragment[]
  readonly #catalog: SeriesCatalog
  readonly #rules: IdentityRules
  /** of a person of several fragments */
  #folded: Map<number, SeriesState | undefined> | undefined
  #namespaces: Set<string> | undefined

  /** @param members all fragments of one profile */
  constructor(members: readonly Fragment[], catalog: SeriesCatalog, rules: IdentityRules) {
    this.profile = (members[0] as Fragment).profile
    this.members = members
    this.#catalog = catalog
    this.#rules = rules
  }

  /** The fragment that stands for the profile. */
  get canonical(): Fragment {
    for (const member of this.members) if (member.id === this.profile) return member
    throw new Error(`Profile ${this.profile} lacks the fragment that stands for it.`)
  }

  get isKnown(): boolean {
    for (const namespace of this.namespaces) if (!isWeak(ruleOf(this.#rules, namespace))) return true
    return false
  }

  /** Namespaces of its identifiers. */
  get namespaces(): ReadonlySet<string> {
    if (this.#namespaces !== undefined) return this.#namespaces
    this.#namespaces = namespacesOf(this.members)
    return this.#namespaces
  }

  hasIdentifier(namespace: string): boolean {
    return this.namespaces.has(namespace)
  }

  trait(name: string): Json | undefined {
    return this.traitWord(name)?.[0] ?? undefined
  }

  /** The word on a trait that stands, with its time; null is a deletion. */
  traitWord(name: string): TraitValue | undefined {
    return foldTrait(this.members, name)
  }

  series(spec: SeriesSpec): SeriesState | undefined {
    const id = this.#catalog.of(spec)?.id
    if (id === undefined) return undefined
    const [only] = this.members
    if (only !== undefined && this.members.length === 1) return seriesIn(only.state.series, id)
    const known = (this.#folded ??= new Map())
    if (known.has(id)) return known.get(id)
    const states: SeriesState[] = []
    for (const { state } of this.members) {
      const own = seriesIn(state.series, id)
      if (own !== undefined) states.push(own)
    }
    const folded = foldSeries(states)
    known.set(id, folded)
    return folded
  }

  /** A series has grown since it was folded. */
  forget(series: number): void {
    this.#folded?.delete(series)
  }

  coldAnswer(leaf: string): boolean | undefined {
    const answer = coldAnswerIn(this.canonical.state.memberships, leaf)
    return answer === undefined ? undefined : answer[0] === 1
  }

  coldAnswerAt(leaf: string): number | undefined {
    return coldAnswerIn(this.canonical.state.memberships, leaf)?.[1]
  }
}
