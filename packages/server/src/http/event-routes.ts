import { formatProfileId } from '@affluent/core/profile/profile-id'
import type { DeliveryAnswer } from '@affluent/protocol/delivery-api'
import {
  type EventDetailAnswer,
  type EventRow,
  eventDetailAnswer,
  feedAnswer,
  feedQuery,
} from '@affluent/protocol/event-api'
import { PAGE_ITEMS_DEFAULT } from '@affluent/protocol/limits'
import type { FastifyInstance } from 'fastify'
import { EVENT_FLAGS } from '../pipeline/validate.ts'
import type { WorkspaceReads } from '../stores/analytical-reads.ts'
import type { Audiences } from '../stores/audience-store.ts'
import { viewDeliveries } from '../stores/delivery-view.ts'
import { type FoundEvent, findEvent, findRefused, readFeed } from '../stores/event-feed.ts'
import type { FeedEvent, FeedPlace } from '../stores/feed-event.ts'
import { viewLedgerAt } from '../stores/ledger-view.ts'
import type { FoundMembership } from '../stores/load-entry-view.ts'
import { findMembershipsAt } from '../stores/membership-history.ts'
import { findProfilesOf, viewPeople } from '../stores/people-view.ts'
import type { Workspace } from '../stores/registry.ts'
import {
  type ApiOptions,
  ERRORS,
  findSource,
  ledgerReader,
  nameSources,
  readsFor,
  SECURITY,
  typed,
} from './api-context.ts'
import { readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

/** Events: the newest first, and one of them with all that it caused. */
export function registerEvents(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, registry } = options

  api.route({
    method: 'GET',
    url: '/v1/events',
    schema: {
      summary: 'Events newest first, with how each ended; visible as soon as they are acknowledged',
      tags: ['Events'],
      security: SECURITY,
      querystring: feedQuery,
      response: { 200: feedAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
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
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/events/:id',
    schema: {
      summary: 'One event as it came, and what it caused',
      tags: ['Events'],
      security: SECURITY,
      response: { 200: eventDetailAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params as { id: string }
      const reads = readsFor(options, request, reply)
      const found = await findById(options, request.workspace, reads, id)
      return describeEvent(options, request.workspace, reads, found)
    },
  })
}

const EVENT_ID = /^(evt|out)_(\d{1,15})$/

async function findById(
  options: ApiOptions,
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
  throw new RefusalError(404, 'not_found', `There is no event "${id}".`)
}

async function describeEvent(
  options: ApiOptions,
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
  { database, rules }: ApiOptions,
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
