import type { EventType, JsonObject } from '@affluent/protocol/event'
import { decodeState, encodeState, type Fragment } from '../../profile/fragment.ts'
import { applyTraits } from '../../profile/traits-slice.ts'
import { forceLink } from '../force-link.ts'
import { type Counters, IdentityGraph, type KnownIdentifier } from '../identity-graph.ts'
import { type KeyedIdentifier, keyIdentifier } from '../keyed-identifier.ts'
import type { LedgerEntry } from '../ledger.ts'
import type { IdentityRules } from '../namespaces.ts'
import type { Regrouping } from '../regrouping.ts'
import { resolveEvent } from '../resolve-event.ts'
import { findRespellings, respellIdentifiers } from '../respell-identifiers.ts'
import { setCannotLink } from '../set-cannot-link.ts'
import { type Merge, mergesCausedBy, unmerge } from '../unmerge.ts'

/** An event as the world takes it. */
export interface WorldEvent {
  readonly type: EventType
  /** milliseconds since the epoch */
  readonly time: number
  readonly identifiers: readonly KeyedIdentifier[]
  readonly previousId: string | undefined
  readonly traits: JsonObject
}

/** Where an event went. */
export interface TakenEvent {
  readonly event: WorldEvent
  readonly fragment: number
  readonly position: number
}

interface StoredFragment {
  readonly profile: number
  readonly state: string
}

/**
 * What became of a reviewer's decision: what it changed, the rule that forbids it, or undefined when there was nothing
 * to decide on.
 */
export type Outcome = Regrouping | string | undefined

const SOURCE = 1

/**
 * A workspace as the stores keep it: texts and numbers, changed by nothing but what decisions say they changed. Each
 * step gets a graph of its own, loaded as the server loads it.
 */
export class IdentityWorld {
  readonly rules: IdentityRules
  readonly fragments = new Map<number, StoredFragment>()
  readonly identifiers = new Map<string, KnownIdentifier>()
  readonly ledger: LedgerEntry[] = []
  readonly taken: TakenEvent[] = []
  /** the active ones, oldest first */
  merges: Merge[] = []
  readonly #counters: Counters = { fragment: 1, identifier: 1, ledger: 1 }
  #position = 0

  constructor(rules: IdentityRules) {
    this.rules = rules
  }

  /** @param now the workspace's time, milliseconds since the epoch; by default nothing lies ahead */
  take(event: WorldEvent, now = Number.POSITIVE_INFINITY): void {
    const position = ++this.#position
    const { previousId } = event
    const previous =
      previousId === undefined
        ? []
        : ['user_id', 'anonymous_id'].map((namespace) => keyIdentifier(namespace, previousId))
    const graph = this.#load([...event.identifiers, ...previous])
    const { fragment } = resolveEvent(graph, { ...event, position, source: SOURCE, now })
    if (fragment === undefined) throw new Error('An event with identifiers is somebody.')
    const traits = { set: event.traits, once: {} }
    applyTraits(fragment.state.traits, traits, { time: event.time, position, source: SOURCE }, now)
    this.taken.push({ event, fragment: fragment.id, position })
    this.#save(graph)
  }

  /** @param ledger number of the merge */
  unmerge(ledger: number): Outcome {
    const merge = this.merges.find((active) => active.ledger === ledger)
    return merge === undefined ? undefined : this.#unmerge(merge.a, [merge])
  }

  unmergeBy(identifier: KeyedIdentifier): Outcome {
    const known = this.owned(identifier)
    if (known === undefined) return undefined
    const cut = mergesCausedBy(this.#mergesOf([known.owner]), known.id)
    return cut.length === 0 ? undefined : this.#unmerge(known.owner, cut)
  }

  cannotLink(a: KeyedIdentifier, b: KeyedIdentifier): Outcome {
    return this.#decideOnPair(a, b, setCannotLink)
  }

  forceLink(a: KeyedIdentifier, b: KeyedIdentifier): Outcome {
    return this.#decideOnPair(a, b, forceLink)
  }

  /** Brings stored identifiers to the form that they have in a country, so many at a time. */
  respell(country: string, part = Number.MAX_SAFE_INTEGER): void {
    const all = [...this.identifiers.values()].sort((a, b) => a.id - b.id)
    for (let from = 0; from < all.length; from += part) {
      const respellings = findRespellings(all.slice(from, from + part), country)
      const graph = this.#load(respellings.flatMap(({ old, form }) => [old, form]))
      respellIdentifiers(graph, respellings, this.#place())
      this.#save(graph)
    }
  }

  /** What no reviewer does: forbids a link between two fragments before there is one. */
  forbid(a: number, b: number): void {
    const graph = this.#load([], [a, b])
    graph.forbid(graph.fragment(a) as Fragment, graph.fragment(b) as Fragment)
    this.#save(graph)
  }

  /** The identifier with its owner; undefined while it has none. */
  owned(identifier: KeyedIdentifier): KnownIdentifier | undefined {
    const known = this.identifiers.get(identifier.key)
    return known === undefined || known.owner === 0 ? undefined : known
  }

  profileOf(identifier: KeyedIdentifier): number | undefined {
    return this.fragments.get(this.owned(identifier)?.owner ?? 0)?.profile
  }

  read(id: number): Fragment {
    const { profile, state } = this.fragments.get(id) as StoredFragment
    return { id, profile, state: decodeState(state) }
  }

  all(): Fragment[] {
    return [...this.fragments.keys()].map((id) => this.read(id))
  }

  #mergesOf(fragments: readonly number[]): Merge[] {
    const profiles = fragments.map((id) => this.fragments.get(id)?.profile)
    return this.merges.filter(({ a }) => profiles.includes(this.fragments.get(a)?.profile))
  }

  #unmerge(fragment: number, cut: readonly Merge[]): Outcome {
    const graph = this.#load([], [fragment])
    const outcome = unmerge(graph, this.#mergesOf([fragment]), cut, this.#place())
    this.#save(graph)
    return outcome
  }

  #decideOnPair(
    one: KeyedIdentifier,
    other: KeyedIdentifier,
    decide: typeof forceLink | typeof setCannotLink,
  ): Outcome {
    const a = this.owned(one)
    const b = this.owned(other)
    if (a === undefined || b === undefined) return undefined
    const graph = this.#load([a, b])
    const outcome = decide(graph, { a, b }, this.#mergesOf([a.owner, b.owner]), this.#place())
    this.#save(graph)
    return outcome
  }

  #place(): { position: number; time: number } {
    return { position: ++this.#position, time: this.#position }
  }

  #load(identifiers: readonly KeyedIdentifier[], fragments: readonly number[] = []): IdentityGraph {
    const graph = new IdentityGraph(this.rules, this.#counters)
    const wanted = new Set(fragments)
    for (const { key } of identifiers) {
      const known = this.identifiers.get(key)
      if (known === undefined) continue
      graph.putIdentifier({ ...known })
      if (known.owner !== 0) wanted.add(known.owner)
    }
    const put = (id: number): Fragment => {
      if (graph.fragment(id) === undefined) graph.putFragment(this.read(id))
      return graph.fragment(id) as Fragment
    }
    for (const id of wanted)
      for (const member of put(put(id).profile).state.identity.others ?? []) put(member)
    return graph
  }

  #save(graph: IdentityGraph): void {
    const changes = graph.takeChanges()
    const {
      newIdentifiers,
      adopted,
      respelled,
      newFragments,
      changedFragments,
      moved,
      edges,
      cutEdges,
      ledger,
    } = changes
    for (const { id } of respelled)
      for (const [key, known] of this.identifiers) if (known.id === id) this.identifiers.delete(key)
    for (const known of respelled) this.identifiers.set(known.key, { ...known })
    for (const known of [...newIdentifiers, ...adopted]) this.identifiers.set(known.key, { ...known })
    for (const { id, profile, state } of [...newFragments, ...changedFragments, ...moved])
      this.fragments.set(id, { profile, state: encodeState(state) })
    this.ledger.push(...ledger)
    for (const edge of edges) {
      const { identifiers, rule } = ledger.find(({ id }) => id === edge.ledger) as LedgerEntry
      this.merges.push({ ...edge, identifiers, rule })
    }
    const gone = new Set(cutEdges.map((edge) => edge.ledger))
    this.merges = this.merges.filter((merge) => !gone.has(merge.ledger))
  }
}
