import { FRAGMENT_REFUSALS_MAX } from '@affluent/protocol/limits'
import { type Fragment, newFragment } from '../profile/fragment.ts'
import type { KeyedIdentifier } from './keyed-identifier.ts'
import type { LedgerEntry } from './ledger.ts'
import { type IdentityRules, isWeak, type NamespaceRule, ruleOf } from './namespaces.ts'

/** An identifier with its key and the fragment that has it; owner 0: known, but linked to nothing. */
export interface KnownIdentifier extends KeyedIdentifier {
  readonly id: number
  owner: number
}

/** An active merge: the two fragments that own the identifiers which one event carried. */
export interface Edge {
  /** the ledger entry that made it */
  readonly ledger: number
  readonly a: number
  readonly b: number
}

/** What a series of decisions changed, to be saved together. */
export interface GraphChanges {
  readonly newIdentifiers: Set<KnownIdentifier>
  /** identifiers that were known without an owner and now have one */
  readonly adopted: Set<KnownIdentifier>
  readonly newFragments: Set<Fragment>
  readonly changedFragments: Set<Fragment>
  /** fragments whose profile is another one now */
  readonly moved: Set<Fragment>
  readonly edges: Edge[]
  readonly ledger: LedgerEntry[]
}

/** The next free numbers of a workspace; positions of the log make them the same in a replay. */
export interface Counters {
  fragment: number
  identifier: number
  ledger: number
}

/**
 * The part of a workspace's identity graph that some events touch, held in memory: decisions read and change it, and the
 * store saves what changed. All that a decision may read must have been put in before (see `isSettled`).
 */
export class IdentityGraph {
  readonly #identifiers = new Map<string, KnownIdentifier>()
  readonly #fragments = new Map<number, Fragment>()
  readonly #components = new Map<number, Fragment[]>()
  readonly rules: IdentityRules
  readonly counters: Counters
  changes: GraphChanges = noChanges()

  constructor(rules: IdentityRules, counters: Counters) {
    this.rules = rules
    this.counters = counters
  }

  /** Hands over what changed since the last call. */
  takeChanges(): GraphChanges {
    const changes = this.changes
    this.changes = noChanges()
    return changes
  }

  putIdentifier(known: KnownIdentifier): void {
    this.#identifiers.set(known.key, known)
  }

  /** Puts a fragment in; a profile of several fragments is complete once all of them are in. */
  putFragment(fragment: Fragment): void {
    if (this.#fragments.has(fragment.id)) return
    this.#fragments.set(fragment.id, fragment)
    const component = this.#components.get(fragment.profile)
    if (component === undefined) this.#components.set(fragment.profile, [fragment])
    else component.push(fragment)
  }

  ruleOf(namespace: string): NamespaceRule {
    return ruleOf(this.rules, namespace)
  }

  find(identifier: KeyedIdentifier): KnownIdentifier | undefined {
    return this.#identifiers.get(identifier.key)
  }

  fragment(id: number): Fragment | undefined {
    return this.#fragments.get(id)
  }

  /** The fragments of one profile. */
  component(profile: number): readonly Fragment[] {
    return this.#components.get(profile) ?? []
  }

  isKnown(profile: number): boolean {
    return this.component(profile).some((fragment) =>
      fragment.state.s.some(
        ([, namespace, owner]) =>
          !isWeak(ruleOf(this.rules, namespace)) && this.#fragments.get(owner)?.profile === profile,
      ),
    )
  }

  /** The key of an identifier, made if there is none yet. */
  register(identifier: KeyedIdentifier): KnownIdentifier {
    const known = this.find(identifier)
    if (known !== undefined) return known
    const made = { id: this.counters.identifier++, ...identifier, owner: 0 }
    this.putIdentifier(made)
    this.changes.newIdentifiers.add(made)
    return made
  }

  giveTo(known: KnownIdentifier, fragment: Fragment): void {
    known.owner = fragment.id
    if (!this.changes.newIdentifiers.has(known)) this.changes.adopted.add(known)
  }

  create(anchor: KnownIdentifier): Fragment {
    const fragment = newFragment(this.counters.fragment++, anchor.id, anchor.namespace)
    this.putFragment(fragment)
    this.changes.newFragments.add(fragment)
    return fragment
  }

  touch(fragment: Fragment): void {
    if (!this.changes.newFragments.has(fragment)) this.changes.changedFragments.add(fragment)
  }

  /** Joins the profiles of two fragments by an edge between them, and says so in the ledger. */
  join(a: Fragment, b: Fragment, entry: Omit<LedgerEntry, 'id'>): void {
    this.changes.edges.push({ ledger: this.note(entry), a: a.id, b: b.id })
    const members = [...this.component(a.profile), ...this.component(b.profile)]
    this.#components.delete(a.profile)
    this.#components.delete(b.profile)
    const profile = this.#canonical(members).id
    for (const member of members) {
      if (member.profile === profile) continue
      member.profile = profile
      if (!this.changes.newFragments.has(member)) this.changes.moved.add(member)
    }
    this.#components.set(profile, members)
  }

  /**
   * Writes a decision into the ledger.
   * @returns its number
   */
  note(entry: Omit<LedgerEntry, 'id'>): number {
    const id = this.counters.ledger++
    this.changes.ledger.push({ id, ...entry })
    return id
  }

  /** Writes a refusal into the ledger, once for as long as the fragment remembers it. */
  refuse(fragment: Fragment, entry: Omit<LedgerEntry, 'id'>): void {
    const mark = refusalMark(entry.identifiers[0] ?? 0, entry.rule)
    if (fragment.state.r.includes(mark)) return
    fragment.state.r.push(mark)
    if (fragment.state.r.length > FRAGMENT_REFUSALS_MAX) fragment.state.r.shift()
    this.touch(fragment)
    this.note(entry)
  }

  /** The holder of the strongest anchor, then the oldest: the same whatever the order of the merges. */
  #canonical(members: readonly Fragment[]): Fragment {
    const rank = (fragment: Fragment) => ruleOf(this.rules, fragment.state.a[1]).priority
    return members.reduce((best, member) => {
      const difference = rank(member) - rank(best) || member.id - best.id
      return difference < 0 ? member : best
    })
  }
}

function noChanges(): GraphChanges {
  return {
    newIdentifiers: new Set(),
    adopted: new Set(),
    newFragments: new Set(),
    changedFragments: new Set(),
    moved: new Set(),
    edges: [],
    ledger: [],
  }
}

function refusalMark(identifier: number, rule: string): number {
  let hash = Math.imul(identifier, 0x9e3779b1)
  for (let at = 0; at < rule.length; at++) hash = Math.imul(hash ^ rule.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
