import { type ExtractedIdentifiers, extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import {
  type Counters,
  type GraphChanges,
  IdentityGraph,
  type KnownIdentifier,
} from '@affluent/core/identity/identity-graph'
import { type KeyedIdentifier, keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { isSettled, type Resolution, resolveEvent } from '@affluent/core/identity/resolve-event'
import type { Fragment } from '@affluent/core/profile/fragment'
import type { Database } from '../database/connect.ts'
import { findFragments, findIdentifiers, findMembers } from '../stores/identity-store.ts'
import type { StateCache } from '../stores/state-cache.ts'
import type { AcceptedEvent } from './accepted-event.ts'

/** Room 3, first half: the identifiers of each event of a batch. */
export function extractAll(events: readonly AcceptedEvent[]): ExtractedIdentifiers[] {
  return events.map(({ checked }) => extractIdentifiers(checked.type, checked.json))
}

/** Room 3, second half: whose is it? */
export function resolve(
  graph: IdentityGraph,
  event: AcceptedEvent,
  extracted: ExtractedIdentifiers,
  position: number,
): Resolution {
  return resolveEvent(graph, {
    type: event.checked.type,
    position,
    time: event.checked.time,
    source: event.source,
    identifiers: extracted.identifiers,
    previousId: extracted.previousId,
  })
}

/**
 * Puts the part of the identity graph into memory that a batch may read: from the batch before (which may not be saved yet), then
 * from the cache, then by at most four set queries.
 */
export class GraphLoader {
  readonly #database: Database
  readonly #cache: StateCache
  readonly #workspace: number
  #previous: IdentityGraph | undefined
  /** profiles of the previous graph of which every fragment is in memory */
  #complete = new Set<number>()

  constructor(database: Database, cache: StateCache, workspace: number) {
    this.#database = database
    this.#cache = cache
    this.#workspace = workspace
  }

  /** Forgets the batch before: its save failed. */
  reset(): void {
    this.#previous = undefined
    this.#complete = new Set()
  }

  async load(
    events: readonly ExtractedIdentifiers[],
    rules: IdentityRules,
    counters: Counters,
  ): Promise<IdentityGraph> {
    const graph = new IdentityGraph(rules, counters)
    await this.#loadIdentifiers(graph, events)
    await this.#loadFragments(graph, ownersOf(graph, events))
    const complete = await this.#completeProfiles(graph, events)
    this.#previous = graph
    this.#complete = complete
    return graph
  }

  /** After deciding: profiles that were joined are complete under their new number too. */
  noteJoined(changes: GraphChanges): void {
    for (const fragment of changes.moved) this.#complete.add(fragment.profile)
    for (const fragment of changes.newFragments) this.#complete.add(fragment.profile)
  }

  async #loadIdentifiers(graph: IdentityGraph, events: readonly ExtractedIdentifiers[]): Promise<void> {
    const missing = new Map<string, KeyedIdentifier>()
    for (const identifier of identifiersOf(events)) {
      if (graph.find(identifier) !== undefined) continue
      const known = this.#previous?.find(identifier) ?? this.#cache.identifier(this.#workspace, identifier)
      if (known === undefined) missing.set(identifier.key, identifier)
      else graph.putIdentifier(known)
    }
    for (const known of await findIdentifiers(this.#database, this.#workspace, [...missing.values()])) {
      graph.putIdentifier(known)
      this.#cache.putIdentifier(this.#workspace, known)
    }
  }

  async #loadFragments(graph: IdentityGraph, ids: Iterable<number>): Promise<void> {
    const missing: number[] = []
    for (const id of ids) {
      if (graph.fragment(id) !== undefined) continue
      const fragment = this.#held(id)
      if (fragment === undefined) missing.push(id)
      else graph.putFragment(fragment)
    }
    for (const fragment of await findFragments(this.#database, this.#workspace, missing))
      graph.putFragment(fragment)
  }

  /** Loads whole profiles where an event may link, create or join. */
  async #completeProfiles(
    graph: IdentityGraph,
    events: readonly ExtractedIdentifiers[],
  ): Promise<Set<number>> {
    const profiles = new Set<number>()
    for (const event of events) {
      if (event.previousId === undefined && isSettled(graph, event.identifiers)) continue
      for (const identifier of identifiersOf([event])) {
        const owner = graph.fragment(graph.find(identifier)?.owner ?? 0)
        if (owner !== undefined) profiles.add(owner.profile)
      }
    }
    const unknown: number[] = []
    for (const profile of profiles) {
      if (!this.#complete.has(profile)) unknown.push(profile)
      else for (const fragment of this.#previous?.component(profile) ?? []) graph.putFragment(fragment)
    }
    for (const member of await findMembers(this.#database, this.#workspace, unknown)) {
      graph.putFragment(this.#held(member.id) ?? member)
    }
    await this.#loadFragments(graph, unknown)
    return profiles
  }

  #held(id: number): Fragment | undefined {
    return this.#previous?.fragment(id) ?? this.#cache.fragment(this.#workspace, id)
  }
}

function* identifiersOf(events: readonly ExtractedIdentifiers[]): Iterable<KeyedIdentifier> {
  for (const { identifiers, previousId } of events) {
    yield* identifiers
    if (previousId === undefined) continue
    yield keyIdentifier('user_id', previousId)
    yield keyIdentifier('anonymous_id', previousId)
  }
}

function ownersOf(graph: IdentityGraph, events: readonly ExtractedIdentifiers[]): Set<number> {
  const owners = new Set<number>()
  for (const identifier of identifiersOf(events)) {
    const known: KnownIdentifier | undefined = graph.find(identifier)
    if (known !== undefined && known.owner !== 0) owners.add(known.owner)
  }
  return owners
}
