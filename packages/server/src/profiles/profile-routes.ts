import { formatProfileId } from '@affluent/core/profile/profile-id'
import * as api from '@affluent/protocol/endpoints/profiles'
import type { JsonObject } from '@affluent/protocol/event'
import type { FastifyInstance } from 'fastify'
import { ledgerReader, viewLedger } from '../identity/contract.ts'
import { cursorSecret, nameSources, readsFor } from '../platform/http/api-context.ts'
import { readCursor, signCursor } from '../platform/http/cursor.ts'
import { readLimit } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import { viewEvents } from '../warehouse/contract.ts'
import { findPerson } from './find-person.ts'
import type { ProfileApi } from './profile-api.ts'
import { describeProfile } from './profile-view.ts'

/** One person: profile, events, ledger. */
export function registerProfiles(app: FastifyInstance, options: ProfileApi): void {
  const nameOfSource = nameSources(options.registry)

  serve(app, api.getProfile, async (request) => {
    const { workspace } = request
    const person = await findPerson(request, options)
    const id = formatProfileId(person.folded.profile, workspace.profileIdKey)
    const audienceKeys = options.audienceKeys(workspace.id)
    const shown = { id, asOf: options.now(), nameOfSource, audienceKeys }
    return { profile: describeProfile(person, shown) }
  })

  serve(app, api.listProfileEvents, async (request, reply) => {
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
  })

  serve(app, api.listProfileLedger, async (request, reply) => {
    const { fragments } = await findPerson(request, options)
    const reads = readsFor(options, request, reply)
    return { ledger: await viewLedger(ledgerReader(options, request.workspace, reads), fragments) }
  })
}

function withoutKey(raw: JsonObject): JsonObject {
  const { writeKey: _, ...rest } = raw
  return rest
}
