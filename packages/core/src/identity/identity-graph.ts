import { type Fragment, newFragment, partState } from '../profile/fragment.ts'
import { connectedSets } from './connected-sets.ts'
import { rememberTold } from './identity-slice.ts'
import type { KeyedIdentifier } from './keyed-identifier.ts'
import type { LedgerEntry } from './ledger.ts'
import { type IdentityRules, isWeak, type NamespaceRule, ruleOf } from './namespaces.ts'

/** An identifier with its key and the fragment that has it; owner 0: known, but linked to nothing. */
export interface KnownIdentifier extends KeyedIdentifier {
  readonly id: number
  owner: number
}

/** Made in one place, so that all have one shape, which the engine reads faster. */
export function knownIdentifier(
  { namespace, value, key }: KeyedIdentifier,
  id: number,
  owner: number,
): KnownIdentifier {
  return { namespace, value, key, id, owner }
}

/** An active merge: two fragments that were joined. The edges of a profile make a tree of its fragments. */
export interface Edge {
  /** the ledger entry that made it */
  readonly ledger: number
  readonly a: number
  readonly b: number
}

/** What a series of decisions changed, to be saved together. */
export interface GraphChanges {
  readonly newIdentifiers: Set<KnownIdentifier>
  /** identifiers that were known and now have another owner, or none (0) */
  readonly adopted: Set<KnownIdentifier>
  /** identifiers whose value is stored in another form from now on */
  readonly respelled: Set<KnownIdentifier>
  /** what fragments own no longer, by number */
  readonly taken: { readonly identifier: number; readonly fragment: number }[]
  readonly newFragments: Set<Fragment>
  readonly changedFragments: Set<Fragment>
  /** fragments whose profile is another one now */
  readonly moved: Set<Fragment>
  readonly edges: Edge[]
  readonly cutEdges: Edge[]
  readonly ledger: LedgerEntry[]
}

/** The next free numbers of a workspace; positions of the log make them the same in a replay. */
export interface Counters {
  fragment: number
  identifier: number
  ledger: number
}

/**
 * The part of a workspace's identity graph that some events touch, held in memory: decisions read and change it, and
 * the store saves what changed. All that a decision may read must have been put in before: the identifiers that it
 * names, and every fragment of the profiles that they lead to.
 */
export class IdentityGraph {
  readonly #identifiers = new Map<string, KnownIdentifier>()
  readonly #fragments = new Map<number, Fragment>()
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

  putFragment(fragment: Fragment): void {
    this.#fragments.set(fragment.id, fragment)
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

  /** Every fragment that was put in. */
  fragments(): Fragment[] {
    return [...this.#fragments.values()]
  }

  /**
   * The fragments of one profile, the one that stands for it first.
   * @throws when one of them was not put in
   */
  component(profile: number): readonly Fragment[] {
    const canonical = this.#present(profile)
    const { others } = canonical.state.identity
    return others === undefined ? [canonical] : [canonical, ...others.map((id) => this.#present(id))]
  }

  /** How many fragments profiles have together. */
  countFragments(profiles: readonly number[]): number {
    return profiles.reduce(
      (sum, profile) => sum + 1 + (this.#present(profile).state.identity.others?.length ?? 0),
      0,
    )
  }

  /** Whether a reviewer said that a profile may not be joined with one of these others. */
  isForbidden(profile: number, others: readonly number[]): boolean {
    return this.component(profile).some(
      ({ state }) =>
        state.identity.cannotLink?.some((id) => {
          const other = this.#fragments.get(id)
          return other !== undefined && others.includes(other.profile)
        }) === true,
    )
  }

  isKnown(profile: number): boolean {
    return this.component(profile).some((fragment) =>
      fragment.state.identity.sightings.some(
        ([, namespace, owner]) => owner === fragment.id && !isWeak(ruleOf(this.rules, namespace)),
      ),
    )
  }

  /** The key of an identifier, made if there is none yet. */
  register(identifier: KeyedIdentifier): KnownIdentifier {
    const known = this.find(identifier)
    if (known !== undefined) return known
    const made = knownIdentifier(identifier, this.counters.identifier++, 0)
    this.putIdentifier(made)
    this.changes.newIdentifiers.add(made)
    return made
  }

  giveTo(known: KnownIdentifier, fragment: Fragment): void {
    known.owner = fragment.id
    if (!this.changes.newIdentifiers.has(known)) this.changes.adopted.add(known)
  }

  /** Nobody has an identifier any more. */
  take(known: KnownIdentifier): void {
    this.changes.taken.push({ identifier: known.id, fragment: known.owner })
    known.owner = 0
    this.changes.adopted.add(known)
  }

  /** An identifier is stored in another form from now on, which no other one has. */
  respell(known: KnownIdentifier, form: KeyedIdentifier): void {
    this.#identifiers.delete(known.key)
    const respelled = knownIdentifier(form, known.id, known.owner)
    this.putIdentifier(respelled)
    this.changes.respelled.add(respelled)
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
    this.#regroup([...this.component(a.profile), ...this.component(b.profile)])
  }

  /**
   * Cuts edges of one profile: what hangs together by the edges that stay is a profile of its own from now on.
   * @param edges all edges of the profile
   * @param cut those of them that go, at least one
   */
  cut(edges: readonly Edge[], cut: ReadonlySet<Edge>): void {
    const { profile } = this.#present((edges[0] as Edge).a)
    const members = this.component(profile)
    const sides = connectedSets(
      members.map(({ id }) => id),
      edges.filter((edge) => !cut.has(edge)),
    )
    for (const member of members) if (partState(member.state)) this.touch(member)
    for (const side of sides) this.#regroup(side.map((id) => this.#present(id)))
    this.changes.cutEdges.push(...cut)
  }

  /** Two fragments may not be in one profile from now on. */
  forbid(a: Fragment, b: Fragment): void {
    this.#setForbidden(a, withNumber(a.state.identity.cannotLink, b.id))
    this.#setForbidden(b, withNumber(b.state.identity.cannotLink, a.id))
  }

  /** Whatever was forbidden between two profiles is allowed again. */
  permit(a: number, b: number): void {
    for (const [side, other] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const fragment of this.component(side)) {
        const rest = fragment.state.identity.cannotLink?.filter(
          (id) => this.#fragments.get(id)?.profile !== other,
        )
        this.#setForbidden(fragment, rest)
      }
    }
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

  /** Writes a rejection into the ledger, once for as long as the fragment remembers it. */
  refuse(fragment: Fragment, entry: Omit<LedgerEntry, 'id'>): void {
    const mark = rejectionMark(entry.identifiers[0] ?? 0, entry.rule)
    if (!rememberTold(fragment.state.identity, mark)) return
    this.touch(fragment)
    this.note(entry)
  }

  /** Makes one profile of these fragments: each names the one that stands for it, and that one names the others. */
  #regroup(members: readonly Fragment[]): void {
    const canonical = this.#canonical(members)
    for (const member of members) {
      if (member.profile === canonical.id) continue
      member.profile = canonical.id
      member.state.identity.others = undefined
      if (!this.changes.newFragments.has(member)) this.changes.moved.add(member)
    }
    const others = members.filter((member) => member !== canonical).map(({ id }) => id)
    canonical.state.identity.others = others.length === 0 ? undefined : others.sort((a, b) => a - b)
    this.touch(canonical)
  }

  #setForbidden(fragment: Fragment, ids: readonly number[] | undefined): void {
    const { identity } = fragment.state
    if (ids?.length === identity.cannotLink?.length) return
    identity.cannotLink = ids?.length === 0 ? undefined : ids
    this.touch(fragment)
  }

  #present(id: number): Fragment {
    const fragment = this.#fragments.get(id)
    if (fragment === undefined) throw new Error(`Fragment ${id} is needed and was not loaded.`)
    return fragment
  }

  /** The holder of the strongest anchor, then the oldest: the same whatever the order of the merges. */
  #canonical(members: readonly Fragment[]): Fragment {
    const rank = (fragment: Fragment) => ruleOf(this.rules, fragment.state.identity.anchor[1]).priority
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
    respelled: new Set(),
    taken: [],
    newFragments: new Set(),
    changedFragments: new Set(),
    moved: new Set(),
    edges: [],
    cutEdges: [],
    ledger: [],
  }
}

function withNumber(numbers: readonly number[] | undefined, added: number): readonly number[] {
  if (numbers === undefined) return [added]
  return numbers.includes(added) ? numbers : [...numbers, added].sort((a, b) => a - b)
}

function rejectionMark(identifier: number, rule: string): number {
  let hash = Math.imul(identifier, 0x9e3779b1)
  for (let at = 0; at < rule.length; at++) hash = Math.imul(hash ^ rule.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
