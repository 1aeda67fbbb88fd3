import type { Identifier, JsonObject } from '@affluent/protocol/event'
import type { CheckedEvent } from '../event/check-event.ts'
import { personTraits } from '../event/event-traits.ts'
import { foldProfile } from '../profile/fold-profile.ts'
import type { Fragment } from '../profile/fragment.ts'
import { applyTraits } from '../profile/traits-slice.ts'
import { extractIdentifiers } from './extract-identifiers.ts'
import { IdentityGraph, type KnownIdentifier } from './identity-graph.ts'
import type { LedgerEntry } from './ledger.ts'
import type { IdentityRules } from './namespaces.ts'
import { resolveEvent } from './resolve-event.ts'

/** What a series of events would make. */
export interface Simulation {
  readonly profiles: readonly {
    readonly kind: 'visitor' | 'known'
    readonly identifiers: readonly Identifier[]
    readonly traits: JsonObject
    /** indexes of its events */
    readonly events: readonly number[]
  }[]
  /** `position` is the index of the event */
  readonly ledger: readonly LedgerEntry[]
  /** identifiers by key */
  readonly identifiers: ReadonlyMap<number, Identifier>
}

/**
 * Resolves events as the processor would, on an empty graph, in memory.
 * @param rules to try
 * @param events checked, in the order of arrival
 * @param now milliseconds since the epoch: what events ahead of it say is not so yet
 */
export function simulate(rules: IdentityRules, events: readonly CheckedEvent[], now: number): Simulation {
  const graph = new IdentityGraph(rules, { fragment: 1, identifier: 1, ledger: 1 })
  const eventsOf = new Map<Fragment, number[]>()
  for (const [position, event] of events.entries()) {
    const extracted = extractIdentifiers(event.type, event.json, rules.country)
    const { fragment } = resolveEvent(graph, { ...event, ...extracted, position, source: 0, now })
    if (fragment === undefined) continue
    const traits = personTraits(event.type, event.json)
    if (traits !== undefined)
      applyTraits(fragment.state.traits, traits, { time: event.time, position, source: 0 }, now)
    const indexes = eventsOf.get(fragment)
    if (indexes === undefined) eventsOf.set(fragment, [position])
    else indexes.push(position)
  }
  const changes = graph.takeChanges()
  const identifiers = new Map(
    [...changes.newIdentifiers].map((known) => [known.id, known as KnownIdentifier]),
  )
  const profiles = new Set([...changes.newFragments].map((fragment) => fragment.profile))
  return {
    profiles: [...profiles].map((profile) => {
      const members = graph.component(profile)
      const folded = foldProfile(members, rules)
      return {
        kind: folded.kind,
        identifiers: folded.identifiers.map(({ id }) => {
          const { namespace, value } = identifiers.get(id) as KnownIdentifier
          return { namespace, value }
        }),
        traits: Object.fromEntries([...folded.traits].map(([name, trait]) => [name, trait.value])),
        events: members.flatMap((member) => eventsOf.get(member) ?? []).sort((a, b) => a - b),
      }
    }),
    ledger: changes.ledger,
    identifiers,
  }
}
