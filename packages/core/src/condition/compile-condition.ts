import type { Condition, Leaf } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { canonicalText } from './canonical-text.ts'
import { leafKindOf } from './leaves/leaf-kinds.ts'
import type { SeriesSpec, SeriesState } from './series-state.ts'

/** What a condition may ask about a person. */
export interface ConditionSubject {
  /** number of the fragment that stands for the profile */
  readonly profile: number
  readonly isKnown: boolean
  /** the trait's newest value over all fragments */
  trait(name: string): Json | undefined
  hasIdentifier(namespace: string): boolean
  /** folded over all fragments */
  series(spec: SeriesSpec): SeriesState | undefined
  /** what ClickHouse last said of a leaf that is cold for this person */
  coldAnswer(leaf: string): boolean | undefined
}

/** A leaf that can be asked, shared by all conditions that have it. */
export interface CompiledLeaf {
  /** dense number among the leaves of one compiler */
  readonly index: number
  /** canonical text */
  readonly key: string
  readonly leaf: Leaf
  /** of an event leaf */
  readonly series: SeriesSpec | undefined
  /** the trait that it reads */
  readonly trait: string | undefined
  holds(subject: ConditionSubject, now: number): boolean
  /**
   * A moment after `now`, at or before which the answer may change by time alone; Infinity: never.
   * @param before moments from here on need not be exact
   */
  turnsAt(subject: ConditionSubject, now: number, before?: number): number
}

/** A condition as a function over its leaves. */
export interface CompiledCondition {
  readonly leaves: readonly CompiledLeaf[]
  /** @param holds says of each leaf whether it holds; asked only as far as needed */
  evaluate(holds: (leaf: CompiledLeaf) => boolean): boolean
}

/** Compiles conditions so that equal leaves of all of them are one object. */
export class ConditionCompiler {
  readonly #zone: string
  readonly #leaves = new Map<string, CompiledLeaf>()

  /** @param zone IANA name of the workspace */
  constructor(zone: string) {
    this.#zone = zone
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#leaves.size
  }

  /** @param condition canonical, without leaves that name audiences */
  compile(condition: Condition): CompiledCondition {
    const leaves = new Set<CompiledLeaf>()
    const evaluate = this.#branch(condition, leaves)
    return { leaves: [...leaves], evaluate }
  }

  #branch(condition: Condition, leaves: Set<CompiledLeaf>): CompiledCondition['evaluate'] {
    switch (condition.kind) {
      case 'all': {
        const parts = condition.of.map((each) => this.#branch(each, leaves))
        return (holds) => parts.every((part) => part(holds))
      }
      case 'any': {
        const parts = condition.of.map((each) => this.#branch(each, leaves))
        return (holds) => parts.some((part) => part(holds))
      }
      case 'not': {
        const inner = this.#branch(condition.of, leaves)
        return (holds) => !inner(holds)
      }
      default: {
        const leaf = this.#leaf(condition)
        leaves.add(leaf)
        return (holds) => holds(leaf)
      }
    }
  }

  #leaf(leaf: Leaf): CompiledLeaf {
    const key = canonicalText(leaf)
    let compiled = this.#leaves.get(key)
    if (compiled === undefined)
      this.#leaves.set(key, (compiled = compileLeaf(leaf, key, this.#zone, this.#leaves.size)))
    return compiled
  }
}

function compileLeaf(leaf: Leaf, key: string, zone: string, index: number): CompiledLeaf {
  const { series, trait, holds, turnsAt } = leafKindOf(leaf).compile(leaf, zone, key)
  return { index, key, leaf, series, trait, holds, turnsAt }
}
