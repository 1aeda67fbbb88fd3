import { formatProfileId } from '@affluent/core/profile/profile-id'
import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import * as api from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'
import { PAGE_ITEMS_DEFAULT } from '@affluent/protocol/limits'
import type { FastifyInstance } from 'fastify'
import { type Audiences, type FoundMembership, findMembershipsAt } from '../audiences/contract.ts'
import { viewDeliveries } from '../delivery/contract.ts'
import { findProfilesOf, ledgerReader, viewLedgerAt } from '../identity/contract.ts'
import { EVENT_FLAGS } from '../ingest/contract.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import { findSource, nameSources, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { readLimit } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { viewPeople } from '../profiles/contract.ts'
import { type FoundEvent, findEvent, findRefused, readFeed } from './event-feed.ts'
import type { ExplorerApi } from './explorer-api.ts'
import type { FeedEvent, FeedPlace } from './feed-event.ts'

/** Events: the newest first, and one of them with all that it caused. */
export function registerEvents(app: FastifyInstance, options: ExplorerApi): void {
  const { database, registry } = options

  serve(app, api.listEvents, async (request, reply) => {
    const { workspace, query } = request
    const source = query.source === undefined ? undefined : findSource(registry, workspace, query.source).id
    const feed = await readFeed(
      { database, reads: readsFor(options, request, reply) },
      {
        workspace: workspace.id,
        limit: readLimit(query.limit),
        after: readPlace(query.after),
        before: readPlace(query.before),
        type: query.type,
        name: query.name,
        identifier: query.identifier === '' ? undefined : query.identifier,
        outcome: query.outcome,
        handling: query.handling,
        source,
        country: options.rules(workspace.id).country,
      },
    )
    const fragments = feed.events.flatMap(({ fragment }) => (fragment === 0 ? [] : [fragment]))
    const profiles = await findProfilesOf(database, workspace.id, [...new Set(fragments)])
    const nameOfSource = nameSources(registry)
    return {
      events: feed.events.map((event) => toRow(event, workspace, profiles, nameOfSource)),
      head: feed.head,
      loaded: feed.loaded,
      asOf: new Date(options.now()).toISOString(),
      nextBefore: feed.nextBefore === undefined ? null : formatPlace(feed.nextBefore),
      nextAfter: formatPlace(feed.nextAfter),
    }
  })

  serve(app, api.getEvent, async (request, reply) => {
    const { id } = request.params
    const reads = readsFor(options, request, reply)
    const found = await findById(options, request.workspace, reads, id)
    return describeEvent(options, request.workspace, reads, found)
  })
}

const EVENT_ID = /^(evt|out)_(\d{1,15})$/

async function findById(
  options: ExplorerApi,
  workspace: Workspace,
  reads: WorkspaceReads,
  id: string,
): Promise<FoundEvent> {
  const { database } = options
  const { country } = options.rules(workspace.id)
  const [, kind, number] = EVENT_ID.exec(id) ?? []
  if (kind === 'evt') {
    const found = await findEvent({ database, reads }, workspace.id, Number(number), country)
    if (found !== undefined) return found
  }
  if (kind === 'out') {
    const event = await findRefused(database, workspace.id, Number(number), country)
    if (event !== undefined) return { event, isLoaded: false, memberships: [] }
  }
  throw new ApiError(404, 'not_found', `There is no event "${id}".`)
}

async function describeEvent(
  options: ExplorerApi,
  workspace: Workspace,
  reads: WorkspaceReads,
  { event, isLoaded, memberships }: FoundEvent,
): Promise<EventDetailAnswer> {
  const { database, registry } = options
  const { position } = event.place
  const isPlaced = event.outcome !== 'refused'
  const changes = memberships ?? (await findMembershipsAt(reads, workspace.id, position))
  const people = await viewPeople(
    database,
    workspace.id,
    event.fragment === 0 ? [] : [event.fragment],
    options.rules(workspace.id),
  )
  const person = people.get(event.fragment)
  const profiles = new Map(person === undefined ? [] : [[event.fragment, person.folded.profile]])
  const row = toRow(event, workspace, profiles, nameSources(registry))
  return {
    event: {
      ...row,
      raw: event.raw ?? null,
      outcomeId: event.outcomeId === undefined ? null : String(event.outcomeId),
      isLoaded,
    },
    ledger: isPlaced ? await viewLedgerAt(ledgerReader(options, workspace, reads), position) : [],
    audiences: describeMoves(changes, options.audiences(workspace.id)),
    deliveries: isPlaced ? await deliveriesOf(options, workspace, position) : [],
    profile:
      person === undefined || row.profileId === null
        ? null
        : { id: row.profileId, title: person.title || row.profileId, kind: person.folded.kind },
  }
}

async function deliveriesOf(
  { database, rules }: ExplorerApi,
  { id, profileIdKey }: Workspace,
  position: number,
): Promise<DeliveryAnswer[]> {
  const reader = { database, workspace: id, key: profileIdKey, rules: rules(id) }
  const page = { limit: PAGE_ITEMS_DEFAULT, before: undefined }
  return (await viewDeliveries(reader, { position }, page)).deliveries
}

/** Who was merged takes the memberships along: that is an exit and an entry, and nothing has changed. */
function describeMoves(
  changes: readonly FoundMembership[],
  { audiences, versions }: Audiences,
): EventDetailAnswer['audiences'] {
  const moves = new Map<number, { net: number; time: number }>()
  for (const { version, entered, time } of changes) {
    const audience = versions.find(({ id }) => id === version)?.audience
    if (audience === undefined) continue
    const move = moves.get(audience) ?? { net: 0, time }
    moves.set(audience, { net: move.net + (entered ? 1 : -1), time })
  }
  return audiences.flatMap(({ id, key, name }) => {
    const move = moves.get(id)
    if (move === undefined || move.net === 0) return []
    return [{ audience: key, name, entered: move.net > 0, at: new Date(move.time).toISOString() }]
  })
}

function toRow(
  event: FeedEvent,
  workspace: Workspace,
  profiles: ReadonlyMap<number, number>,
  nameOfSource: (source: number) => string,
): EventRow {
  const { place, outcome } = event
  const profile = profiles.get(event.fragment)
  const isRefused = outcome === 'refused'
  return {
    id: isRefused ? `out_${event.outcomeId}` : `evt_${place.position}`,
    position: isRefused ? null : place.position,
    outcome,
    code: event.code ?? null,
    message: event.message ?? null,
    handling: event.handling,
    type: event.type ?? null,
    name: event.name,
    source: nameOfSource(event.source),
    identifiers: [...event.identifiers],
    profileId: profile === undefined ? null : formatProfileId(profile, workspace.profileIdKey),
    messageId: event.messageId ?? null,
    timestamp: new Date(event.time).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
    bytes: event.bytes,
    isBot: (event.flags & EVENT_FLAGS.bot) !== 0,
    isHistory: (event.flags & EVENT_FLAGS.history) !== 0,
  }
}

/** A place as the API writes it: `1234`, or `1234-567` for the one refused after it. */
function formatPlace({ position, refused }: FeedPlace): string {
  return refused === 0 ? String(position) : `${position}-${refused}`
}

function readPlace(text: string | undefined): FeedPlace | undefined {
  if (text === undefined) return undefined
  const [position, refused = 0] = text.split('-').map(Number)
  return { position: position as number, refused }
}
