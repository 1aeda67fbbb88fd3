import type { Json } from '@affluent/protocol/event'
import type { ConditionSubject } from '../condition/compile-condition.ts'
import { foldSeries, type SeriesSpec, type SeriesState } from '../condition/series.ts'
import { type IdentityRules, isWeak, ruleOf } from '../identity/namespaces.ts'
import { foldTrait } from '../profile/fold-profile.ts'
import { type Fragment, settle, settlesAt, type TraitValue } from '../profile/fragment.ts'
import type { AudienceCatalog } from './audience-catalog.ts'

/** One person as conditions see it: answers are folded over the fragments when they are asked for, and kept for the length of one review. */
export class Person implements ConditionSubject {
  readonly profile: number
  readonly members: readonly Fragment[]
  readonly #catalog: AudienceCatalog
  readonly #rules: IdentityRules
  readonly #folded = new Map<number, SeriesState | undefined>()
  #namespaces: Set<string> | undefined

  /** @param members all fragments of one profile */
  constructor(members: readonly Fragment[], catalog: AudienceCatalog, rules: IdentityRules) {
    this.profile = (members[0] as Fragment).profile
    this.members = members
    this.#catalog = catalog
    this.#rules = rules
  }

  /** The fragment that stands for the profile. */
  get canonical(): Fragment {
    const found = this.members.find(({ id }) => id === this.profile)
    if (found === undefined) throw new Error(`Profile ${this.profile} lacks the fragment that stands for it.`)
    return found
  }

  get isKnown(): boolean {
    for (const namespace of this.namespaces) if (!isWeak(ruleOf(this.#rules, namespace))) return true
    return false
  }

  /** Namespaces of its identifiers. */
  get namespaces(): ReadonlySet<string> {
    if (this.#namespaces !== undefined) return this.#namespaces
    const found = new Set<string>()
    for (const { id, state } of this.members)
      for (const [, namespace, owner] of state.s) if (owner === id) found.add(namespace)
    this.#namespaces = found
    return found
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

  /**
   * Lets what lay ahead take effect as far as its time has come.
   * @param now the workspace's time, milliseconds since the epoch
   * @returns the fragments whose state is another one now
   */
  settle(now: number): Fragment[] {
    return this.members.filter(({ state }) => settlesAt(state) <= now && settle(state, now))
  }

  /** When it must settle next, milliseconds since the epoch; Infinity: nothing lies ahead. */
  get settlesAt(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { state } of this.members)
      if (state.u !== undefined) earliest = Math.min(earliest, settlesAt(state))
    return earliest
  }

  series(spec: SeriesSpec): SeriesState | undefined {
    const id = this.#catalog.seriesOf(spec)?.id
    if (id === undefined) return undefined
    const [only] = this.members
    if (this.members.length === 1) return only?.state.c?.[id]
    if (this.#folded.has(id)) return this.#folded.get(id)
    const states: SeriesState[] = []
    for (const { state } of this.members) {
      const own = state.c?.[id]
      if (own !== undefined) states.push(own)
    }
    const folded = foldSeries(states)
    this.#folded.set(id, folded)
    return folded
  }

  /** A series has grown since it was folded. */
  forget(series: number): void {
    this.#folded.delete(series)
  }

  coldAnswer(leaf: string): boolean | undefined {
    const answer = this.canonical.state.k?.[leaf]
    return answer === undefined ? undefined : answer[0] === 1
  }
}
