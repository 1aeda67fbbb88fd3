import type { EventType } from '@affluent/protocol/event'
import { type Fragment, noteEvent, noteSighting } from '../profile/fragment.ts'
import type { IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import { identifiersOf, NEVER_SEEN } from './identity-slice.ts'
import { type KeyedIdentifier, keyIdentifier } from './keyed-identifier.ts'
import { type IdentityRules, isWeak, type NamespaceRule, ruleOf } from './namespaces.ts'

/** What stage 3 needs to know of an event. */
export interface EventToResolve {
  readonly type: EventType
  readonly position: number
  /** event time, milliseconds since the epoch */
  readonly time: number
  /**
   * the workspace's time, milliseconds since the epoch: an event ahead of it links at once, and is seen when its time
   * comes
   */
  readonly now: number
  readonly source: number
  readonly identifiers: readonly KeyedIdentifier[]
  /** of an alias */
  readonly previousId: string | undefined
}

/** Whose the event is. */
export interface Resolution {
  /** undefined: nobody's, since it has no identifier that links */
  readonly fragment: Fragment | undefined
  /** identifiers that were not linked, with the rule that forbade it */
  readonly refused: readonly { readonly identifier: KeyedIdentifier; readonly rule: string }[]
}

const DAY_MS = 86_400_000
const NONE_REFUSED: Linked['refused'] = []

/**
 * Decides whose an event is, and links, creates or merges what it shows to belong together.
 *
 * Identifiers are taken from the strongest to the weakest. One that would break a rule together with the stronger ones
 * is left out, and the ledger says so. So a limit costs the event its weakest offending identifier and nothing else
 * (ADR 0006).
 *
 * @param graph holds every identifier of the event that is known, and all fragments of the profiles that they lead to
 * @param event in log order: the result depends on what came before
 */
export function resolveEvent(graph: IdentityGraph, event: EventToResolve): Resolution {
  const identifiers = byStrength(graph.rules, event.identifiers)
  const previous = event.previousId === undefined ? undefined : previousIdentifier(graph, event.previousId)
  const first = identifiers[0]
  if (first === undefined) return { fragment: undefined, refused: [] }

  const settled = previous === undefined ? settledFragment(graph, identifiers) : undefined
  const outcome = settled ?? link(graph, identifiers, event)
  if (previous !== undefined) force(graph, outcome.fragment, previous, event)
  record(graph, outcome, event)
  return { fragment: outcome.fragment, refused: outcome.refused }
}

interface Linked {
  readonly fragment: Fragment
  readonly accepted: readonly KnownIdentifier[]
  readonly refused: readonly { readonly identifier: KeyedIdentifier; readonly rule: string }[]
}

function settledFragment(graph: IdentityGraph, identifiers: readonly KeyedIdentifier[]): Linked | undefined {
  const accepted: KnownIdentifier[] = []
  let first: Fragment | undefined
  for (const identifier of identifiers) {
    const known = graph.find(identifier)
    const owner = known === undefined ? undefined : graph.fragment(known.owner)
    if (owner === undefined || (first !== undefined && owner.profile !== first.profile)) return undefined
    first ??= owner
    accepted.push(known as KnownIdentifier)
  }
  return first === undefined ? undefined : { fragment: first, accepted, refused: NONE_REFUSED }
}

/** What previousId names: a user id that is known, otherwise an anonymous id. */
function previousIdentifier(graph: IdentityGraph, previousId: string): KeyedIdentifier {
  const user = keyIdentifier('user_id', previousId)
  const known = graph.find(user)
  return known !== undefined && known.owner !== 0 ? user : keyIdentifier('anonymous_id', previousId)
}

function byStrength(
  rules: IdentityRules,
  identifiers: readonly KeyedIdentifier[],
): readonly KeyedIdentifier[] {
  // nearly always they are
  for (let at = 1; at < identifiers.length; at++) {
    if (
      compareStrength(rules, identifiers[at - 1] as KeyedIdentifier, identifiers[at] as KeyedIdentifier) <= 0
    )
      continue
    return [...identifiers].sort((a, b) => compareStrength(rules, a, b))
  }
  return identifiers
}

function compareStrength(rules: IdentityRules, a: KeyedIdentifier, b: KeyedIdentifier): number {
  const difference = ruleOf(rules, a.namespace).priority - ruleOf(rules, b.namespace).priority
  if (difference !== 0) return difference
  return a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0
}

/** The profile that an event is putting together. */
class Candidate {
  readonly profiles: number[] = []
  readonly fresh: KeyedIdentifier[] = []
  /** for each profile after the first: the identifier that brought it */
  readonly joinedBy: KnownIdentifier[] = []
}

function link(graph: IdentityGraph, identifiers: readonly KeyedIdentifier[], event: EventToResolve): Linked {
  const candidate = new Candidate()
  const accepted: KeyedIdentifier[] = []
  const refused: { identifier: KeyedIdentifier; rule: string }[] = []
  for (const identifier of identifiers) {
    const rule = admit(graph, candidate, identifier, event.time)
    if (rule === undefined) accepted.push(identifier)
    else refused.push({ identifier, rule })
  }
  const keys = accepted.map((identifier) => graph.register(identifier))
  const fragment = chooseAnchor(graph, candidate, keys, event)
  for (const { identifier, rule } of refused) {
    const key = graph.register(identifier)
    graph.refuse(fragment, {
      kind: 'refused',
      fragment: fragment.id,
      other: 0,
      identifiers: [key.id],
      rule,
      ...at(event),
    })
  }
  return { fragment, accepted: keys, refused }
}

/** Adds an identifier to the candidate, or says which rule forbids it. */
function admit(
  graph: IdentityGraph,
  candidate: Candidate,
  identifier: KeyedIdentifier,
  time: number,
): string | undefined {
  const known = graph.find(identifier)
  const owner = known === undefined || known.owner === 0 ? undefined : graph.fragment(known.owner)
  if (owner === undefined) {
    const rule = checkLimits(graph, candidate, [identifier], undefined, time)
    if (rule === undefined) candidate.fresh.push(identifier)
    return rule
  }
  if (candidate.profiles.includes(owner.profile)) return undefined
  const isFirst = candidate.profiles.length === 0 && candidate.fresh.length === 0
  const rule = isFirst
    ? undefined
    : checkJoin(graph, candidate, ruleOf(graph.rules, identifier.namespace), owner.profile, time)
  if (rule !== undefined) return rule
  candidate.profiles.push(owner.profile)
  candidate.joinedBy.push(known as KnownIdentifier)
  return undefined
}

function checkJoin(
  graph: IdentityGraph,
  candidate: Candidate,
  rule: NamespaceRule,
  profile: number,
  time: number,
): string | undefined {
  if (graph.isForbidden(profile, candidate.profiles)) return 'cannot_link'
  if (!rule.merges) return 'contact_only'
  if (isWeak(rule) && graph.isKnown(profile) && namesSomebody(graph, candidate)) return 'shared_device'
  return checkLimits(graph, candidate, [], profile, time)
}

/**
 * Whether a candidate is a known person, or has a new address: whoever writes one into a browser need not be the person
 * that the browser is known for.
 */
function namesSomebody(graph: IdentityGraph, { profiles, fresh }: Candidate): boolean {
  return (
    profiles.some((profile) => graph.isKnown(profile)) ||
    fresh.some(({ namespace }) => ruleOf(graph.rules, namespace).class === 'contact')
  )
}

/** Values of one namespace: by identifier key for known ones, by text for new ones; with the time last seen. */
type Values = Map<string, Map<string | number, number>>

function checkLimits(
  graph: IdentityGraph,
  candidate: Candidate,
  added: readonly KeyedIdentifier[],
  addedProfile: number | undefined,
  time: number,
): string | undefined {
  const before: Values = new Map()
  for (const profile of candidate.profiles) collectValues(graph, profile, before)
  collectFresh(candidate.fresh, time, before)
  const extra: Values = new Map()
  if (addedProfile !== undefined) collectValues(graph, addedProfile, extra)
  collectFresh(added, time, extra)

  let total = 0
  for (const values of before.values()) total += values.size
  for (const values of extra.values()) total += values.size
  if (total > graph.rules.identifiersMax) return 'identifiers_max'
  if (
    addedProfile !== undefined &&
    graph.countFragments([...candidate.profiles, addedProfile]) > graph.rules.fragmentsMax
  ) {
    return 'fragments_max'
  }
  for (const [namespace, values] of extra) {
    const rule = ruleOf(graph.rules, namespace)
    const now = countRecent(values, rule, time)
    const earlier = countRecent(before.get(namespace), rule, time)
    // a profile that is over its limit already (by an alias) may still take in what adds nothing to it
    if (now > 0 && earlier > 0 && now + earlier > rule.limit) return `limit:${namespace}`
  }
  return undefined
}

function collectValues(graph: IdentityGraph, profile: number, into: Values): void {
  const members = graph.component(profile)
  const own = identifiersOf(members)
  for (const { state } of members) {
    for (const [identifier, namespace, , , lastSeen] of state.identity.sightings) {
      if (!own.has(identifier)) continue
      const values = valuesOf(into, namespace)
      const seen = lastSeen === NEVER_SEEN.last ? Number.POSITIVE_INFINITY : lastSeen
      values.set(identifier, Math.max(values.get(identifier) ?? 0, seen))
    }
  }
}

function collectFresh(identifiers: readonly KeyedIdentifier[], time: number, into: Values): void {
  for (const { namespace, value } of identifiers) valuesOf(into, namespace).set(value, time)
}

function valuesOf(values: Values, namespace: string): Map<string | number, number> {
  let found = values.get(namespace)
  if (found === undefined) values.set(namespace, (found = new Map()))
  return found
}

function countRecent(
  values: Map<string | number, number> | undefined,
  rule: NamespaceRule,
  time: number,
): number {
  if (values === undefined) return 0
  if (rule.windowDays === null) return values.size
  const since = time - rule.windowDays * DAY_MS
  let count = 0
  for (const lastSeen of values.values()) if (lastSeen > since) count++
  return count
}

/**
 * The fragment of the event: that of its strongest identifier; a new person's identifier begins one of its own, so that
 * it can be parted again.
 */
function chooseAnchor(
  graph: IdentityGraph,
  candidate: Candidate,
  keys: readonly KnownIdentifier[],
  event: EventToResolve,
): Fragment {
  const strongest = keys[0] as KnownIdentifier
  const firstOwned = keys.find((key) => key.owner !== 0)
  const joinsExisting =
    firstOwned !== undefined && (strongest.owner !== 0 || isWeak(ruleOf(graph.rules, strongest.namespace)))
  const fragment = joinsExisting ? (graph.fragment(firstOwned.owner) as Fragment) : graph.create(strongest)
  const fresh = keys.filter((key) => key.owner === 0)
  for (const key of fresh) graph.giveTo(key, fragment)
  const freshIds = fresh.map((key) => key.id)
  if (!joinsExisting) {
    graph.note(entry('created', fragment, 0, freshIds, 'new_identifier', event))
  } else if (fresh.length > 0) {
    graph.note(entry('linked', fragment, 0, freshIds, 'new_identifier', event))
  }
  for (const key of candidate.joinedBy) {
    const other = graph.fragment(key.owner) as Fragment
    if (other.profile !== fragment.profile) merge(graph, fragment, other, key, 'shared_identifier', event)
  }
  return fragment
}

/** An alias: a forced link, which nothing forbids but a reviewer and the size of a profile. */
function force(
  graph: IdentityGraph,
  fragment: Fragment,
  previous: KeyedIdentifier,
  event: EventToResolve,
): void {
  const key = graph.register(previous)
  const other = key.owner === 0 ? undefined : graph.fragment(key.owner)
  if (other === undefined) {
    graph.giveTo(key, fragment)
    see(fragment, { ...key, owner: fragment.id }, event)
    graph.note(entry('linked', fragment, 0, [key.id], 'forced', event))
    return
  }
  if (other.profile === fragment.profile) return
  const rule = checkForce(graph, fragment.profile, other.profile)
  if (rule !== undefined) {
    graph.refuse(fragment, entry('refused', fragment, 0, [key.id], rule, event))
    return
  }
  merge(graph, fragment, other, key, 'forced', event)
}

function checkForce(graph: IdentityGraph, a: number, b: number): string | undefined {
  if (graph.isForbidden(a, [b])) return 'cannot_link'
  return graph.countFragments([a, b]) > graph.rules.fragmentsMax ? 'fragments_max' : undefined
}

function merge(
  graph: IdentityGraph,
  fragment: Fragment,
  other: Fragment,
  by: KnownIdentifier,
  rule: string,
  event: EventToResolve,
): void {
  graph.join(fragment, other, entry('merged', fragment, other.id, [by.id], rule, event))
}

function record(graph: IdentityGraph, outcome: Linked, event: EventToResolve): void {
  const { state } = outcome.fragment
  noteEvent(state, event, event.now)
  for (const key of outcome.accepted) see(outcome.fragment, key, event)
  graph.touch(outcome.fragment)
}

function see({ state }: Fragment, key: KnownIdentifier, event: EventToResolve): void {
  noteSighting(state, key, event, event.now)
}

function entry(
  kind: 'created' | 'linked' | 'merged' | 'refused',
  fragment: Fragment,
  other: number,
  identifiers: readonly number[],
  rule: string,
  event: EventToResolve,
) {
  return { kind, fragment: fragment.id, other, identifiers, rule, ...at(event) }
}

function at(event: EventToResolve): { position: number; time: number } {
  return { position: event.position, time: event.time }
}
