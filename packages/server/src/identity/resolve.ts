import { type ExtractedIdentifiers, extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { type Counters, IdentityGraph, type KnownIdentifier } from '@affluent/core/identity/identity-graph'
import { type KeyedIdentifier, keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { type Resolution, resolveEvent } from '@affluent/core/identity/resolve-event'
import { decodeState, makeFragment } from '@affluent/core/profile/fragment'
import type { Reader } from '../platform/database/connect.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'
import type { GraphPart, GraphSource } from '../platform/processing/command-decision.ts'
import { findFragments, findIdentifiers } from './identity-store.ts'
import type { StateCache } from './state-cache.ts'

/** Stage 3, first half: the identifiers of one event. */
export function extract({ checked }: AcceptedEvent, { country }: IdentityRules): ExtractedIdentifiers {
  return extractIdentifiers(checked.type, checked.json, country)
}

/**
 * Stage 3, second half: whose is it?
 * @param now the workspace's time, milliseconds since the epoch
 */
export function resolve(
  graph: IdentityGraph,
  event: AcceptedEvent,
  extracted: ExtractedIdentifiers,
  position: number,
  now: number,
): Resolution {
  return resolveEvent(graph, {
    type: event.checked.type,
    position,
    time: event.checked.time,
    now,
    source: event.source,
    identifiers: extracted.identifiers,
    previousId: extracted.previousId,
  })
}

/** Where the loader looks before it asks the database. */
export type GraphCache = Pick<
  StateCache,
  'identifier' | 'putIdentifier' | 'fragment' | 'putFragment' | 'coolDown'
>

/**
 * Puts the part of the identity graph into memory that decisions may read: from the decision before (which may not be
 * saved yet), then from the cache, then by at most four set queries.
 */
export class GraphLoader implements GraphSource {
  readonly #database: Reader
  readonly #cache: GraphCache
  readonly #workspace: number
  readonly #onLoaded: (graph: IdentityGraph) => Promise<void>
  #previous: IdentityGraph | undefined

  /** @param onLoaded completes what was loaded, before anything is decided about it */
  constructor(
    database: Reader,
    cache: GraphCache,
    workspace: number,
    onLoaded: (graph: IdentityGraph) => Promise<void>,
  ) {
    this.#database = database
    this.#cache = cache
    this.#workspace = workspace
    this.#onLoaded = onLoaded
  }

  /** Forgets what was loaded: it was changed, and the change is not saved. */
  reset(): void {
    this.#previous = undefined
    this.#cache.coolDown()
  }

  async load(part: GraphPart, rules: IdentityRules, counters: Counters): Promise<IdentityGraph> {
    const graph = new IdentityGraph(rules, counters)
    const fragments = new Set(part.fragments)
    await this.#loadIdentifiers(graph, part.identifiers, fragments)
    await this.#loadProfiles(graph, fragments)
    await this.#onLoaded(graph)
    this.#previous = graph
    return graph
  }

  /** @param owners told which fragments have them */
  async #loadIdentifiers(
    graph: IdentityGraph,
    identifiers: readonly KeyedIdentifier[],
    owners: Set<number>,
  ): Promise<void> {
    const missing = new Map<string, KeyedIdentifier>()
    for (const identifier of identifiers) {
      if (graph.find(identifier) !== undefined) continue
      const known = this.#previous?.find(identifier) ?? this.#cache.identifier(this.#workspace, identifier)
      if (known === undefined) missing.set(identifier.key, identifier)
      else put(known)
    }
    if (missing.size === 0) return
    for (const known of await findIdentifiers(this.#database, this.#workspace, [...missing.values()])) {
      put(known)
      this.#cache.putIdentifier(this.#workspace, known)
    }

    function put(known: KnownIdentifier): void {
      graph.putIdentifier(known)
      if (known.owner !== 0) owners.add(known.owner)
    }
  }

  /** Each fragment names the one that stands for its profile, and that one names the others. */
  async #loadProfiles(graph: IdentityGraph, fragments: ReadonlySet<number>): Promise<void> {
    await this.#loadFragments(graph, fragments)
    const profiles = new Set<number>()
    for (const id of fragments) {
      const fragment = graph.fragment(id)
      if (fragment !== undefined) profiles.add(fragment.profile)
    }
    await this.#loadFragments(graph, profiles)
    const members = new Set<number>()
    for (const id of profiles)
      for (const member of graph.fragment(id)?.state.identity.others ?? []) members.add(member)
    await this.#loadFragments(graph, members)
  }

  async #loadFragments(graph: IdentityGraph, ids: ReadonlySet<number>): Promise<void> {
    const missing: number[] = []
    for (const id of ids) {
      if (graph.fragment(id) !== undefined) continue
      const held = this.#previous?.fragment(id) ?? this.#cache.fragment(this.#workspace, id)
      if (held === undefined) missing.push(id)
      else graph.putFragment(held)
    }
    if (missing.length === 0) return
    for (const { id, profile, state } of await findFragments(this.#database, this.#workspace, missing)) {
      const fragment = makeFragment(id, profile, decodeState(state))
      graph.putFragment(fragment)
      this.#cache.putFragment(this.#workspace, fragment, state)
    }
  }
}

/** The identifiers that events name, each as often as it is named. */
export function identifiersOf(events: readonly ExtractedIdentifiers[]): KeyedIdentifier[] {
  return events.flatMap(({ identifiers, previousId }) =>
    previousId === undefined
      ? identifiers
      : [...identifiers, keyIdentifier('user_id', previousId), keyIdentifier('anonymous_id', previousId)],
  )
}
