import { takeHistory } from '@affluent/core/audience/take-history'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { normalizeIdentifier } from '@affluent/core/identity/normalize-identifier'
import { formatProfileId, readProfileId } from '@affluent/core/profile/profile-id'
import { eventsAnswer, ledgerAnswer, pageQuery, profileAnswer, readQuery } from '@affluent/protocol/api'
import type { JsonObject } from '@affluent/protocol/event'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { findPastStates, lacksHistory, readySweep } from '../stores/audience-store.ts'
import { viewEvents } from '../stores/event-view.ts'
import { viewLedger } from '../stores/ledger-view.ts'
import {
  describeProfile,
  type PersonView,
  viewIdentifiers,
  viewPersonByFragment,
  viewPersonByIdentifier,
} from '../stores/profile-view.ts'
import type { Workspace } from '../stores/registry.ts'
import {
  type ApiOptions,
  cursorSecret,
  ERRORS,
  ledgerReader,
  nameSources,
  readsFor,
  SECURITY,
  typed,
  waitFor,
} from './api-context.ts'
import { readCursor, signCursor } from './cursor.ts'
import { readAfter, readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

/** One person: profile, events, ledger. */
export function registerProfiles(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database } = options
  const nameOfSource = nameSources(options.registry)

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id',
    schema: {
      summary: 'One person, by identifier (namespace:value) or profile id',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: readQuery,
      response: { 200: profileAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const person = await findPerson(request, options)
      const { folded } = person
      const identifiers = await viewIdentifiers(
        database,
        workspace.id,
        folded.identifiers.map(({ id }) => id),
      )
      const id = formatProfileId(folded.profile, workspace.profileIdKey)
      const audienceKeys = options.audiences(workspace.id).keys
      const shown = { id, asOf: options.now(), nameOfSource, audienceKeys }
      return { profile: describeProfile(person, identifiers, shown) }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id/events',
    schema: {
      summary: 'Events of the whole merged person, newest first',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: pageQuery,
      response: { 200: eventsAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace } = request
      const limit = readLimit(request.query.limit)
      const secret = cursorSecret(workspace.profileIdKey)
      const [time, position] = readCursor(secret, 'events', request.query.cursor) ?? []
      const { fragments } = await findPerson(request, options, 'loaded')
      const before = time === undefined || position === undefined ? undefined : { time, position }
      const events = await viewEvents(readsFor(options, request, reply), workspace.id, fragments, {
        limit,
        before,
      })
      const last = events.at(-1)
      return {
        events: events.map((event) => ({
          ...withoutKey(event.raw),
          messageId: event.messageId,
          type: event.type,
          timestamp: new Date(event.time).toISOString(),
          receivedAt: new Date(event.received).toISOString(),
          position: event.position,
          source: nameOfSource(event.source),
        })),
        cursor:
          last === undefined || events.length < limit
            ? null
            : signCursor(secret, 'events', [last.time, last.position]),
        asOf: new Date(options.now()).toISOString(),
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id/ledger',
    schema: {
      summary: 'Every identity decision that made this profile, oldest first',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: readQuery,
      response: { 200: ledgerAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { fragments } = await findPerson(request, options)
      const reads = readsFor(options, request, reply)
      return { ledger: await viewLedger(ledgerReader(options, request.workspace, reads), fragments) }
    },
  })
}

/** The person that a path names, after waiting for the position that the query names. */
export async function findPerson(
  request: FastifyRequest,
  options: ApiOptions,
  stage: 'walked' | 'loaded' = 'walked',
): Promise<PersonView> {
  const { workspace } = request
  const after = readAfter((request.query as { after?: unknown }).after)
  if (after !== undefined) await waitFor(options, workspace.id, after, stage)
  const person = await readPerson(request, options)
  const audiences = options.audiences(workspace.id)
  const lacking = person.members.filter(({ id, state }) => lacksHistory(audiences, id, state))
  const ready = readySweep(audiences)
  if (lacking.length === 0 || ready === undefined) return person
  // read before the fragments: what a fragment has taken meanwhile it says itself
  const ids = lacking.map(({ id }) => id)
  const past = await findPastStates(options.database, workspace.id, ids)
  const again = await readPerson(request, options)
  for (const { id, state } of again.members) takeHistory(audiences.catalog, ready, state, past.get(id) ?? [])
  return again
}

async function readPerson(request: FastifyRequest, options: ApiOptions): Promise<PersonView> {
  const { workspace } = request
  const { id } = request.params as { id: string }
  const rules = options.rules(workspace.id)
  const person = id.includes(':')
    ? await findByIdentifier(options, workspace, id, rules)
    : await findById(options, workspace, id, rules)
  if (person === undefined) throw new RefusalError(404, 'not_found', 'No profile has this id or identifier.')
  return person
}

async function findById(
  options: ApiOptions,
  workspace: Workspace,
  id: string,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const fragment = readProfileId(id, workspace.profileIdKey)
  return fragment === undefined
    ? undefined
    : viewPersonByFragment(options.database, workspace.id, fragment, rules)
}

async function findByIdentifier(
  options: ApiOptions,
  workspace: Workspace,
  id: string,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const colon = id.indexOf(':')
  const namespace = id.slice(0, colon)
  const value = normalizeIdentifier(namespace, id.slice(colon + 1), rules.country)
  if (value === undefined || value.includes('\u0000') || namespace.includes('\u0000')) return undefined
  return viewPersonByIdentifier(options.database, workspace.id, { namespace, value }, rules)
}

function withoutKey(raw: JsonObject): JsonObject {
  const { writeKey: _, ...rest } = raw
  return rest
}
