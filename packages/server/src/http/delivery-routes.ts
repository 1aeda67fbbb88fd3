import { readDeliveryId } from '@affluent/core/delivery/delivery-id'
import { readProfileId } from '@affluent/core/profile/profile-id'
import {
  deliveriesAnswer,
  deliveriesQuery,
  oneDeliveryAnswer,
  replayAnswer,
  replayBody,
} from '@affluent/protocol/delivery-api'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import {
  type DeliveryReader,
  replayDeliveries,
  viewDeliveries,
  viewDelivery,
} from '../stores/delivery-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, cursorSecret, ERRORS, SECURITY, typed } from './api-context.ts'
import { readCursor, signCursor } from './cursor.ts'
import { readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

/** What was owed to destinations, and what came of it. */
export function registerDeliveries(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, deliverer, now } = options
  const shared = { tags: ['Destinations'], security: SECURITY }

  api.route({
    method: 'GET',
    url: '/v1/deliveries',
    schema: {
      ...shared,
      summary: 'Deliveries with their tries, newest first',
      querystring: deliveriesQuery,
      response: { 200: deliveriesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace, query } = request
      const key = workspace.profileIdKey
      const limit = readLimit(query.limit)
      const secret = cursorSecret(key)
      const [before] = readCursor(secret, 'deliveries', query.cursor) ?? []
      const filter = {
        destination: readNumber(query.destination),
        connection: readNumber(query.connection),
        status: query.status,
        profile: readId(query.profile, 'profile', (text) => readProfileId(text, key)),
        position: readId(query.event, 'event', (text) =>
          /^\d{1,15}$/.test(text) ? Number(text) : undefined,
        ),
      }
      const { deliveries, last } = await viewDeliveries(readerOf(options, workspace), filter, {
        limit,
        before,
      })
      const isLast = last === undefined || deliveries.length < limit
      return { deliveries, cursor: isLast ? null : signCursor(secret, 'deliveries', [last]) }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/deliveries/:id',
    schema: {
      ...shared,
      summary: 'One delivery with the exact request and every answer',
      response: { 200: oneDeliveryAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const { id } = request.params as { id: string }
      const delivery = await viewDelivery(readerOf(options, workspace), id)
      if (delivery === undefined)
        throw new RefusalError(404, 'not_found', 'There is no such delivery any more.')
      return { delivery }
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/deliveries/replay',
    schema: {
      ...shared,
      summary: 'Sends deliveries again that have ended, under the ids that they had',
      body: replayBody,
      response: { 200: replayAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace, body } = request
      const { filter, dryRun } = body
      const replay = {
        destination: readNumber(filter.destination),
        connection: readNumber(filter.connection),
        status: filter.status ?? 'failed',
        from: filter.from === undefined ? undefined : new Date(filter.from),
        to: filter.to === undefined ? undefined : new Date(filter.to),
        numbers: filter.ids?.map(
          (id) => readId(id, 'filter.ids', (text) => readDeliveryId(text, workspace.profileIdKey)) as number,
        ),
      } as const
      const { matching, replayed, destinations } = await replayDeliveries(database, workspace.id, replay, {
        dryRun,
        now: now(),
      })
      if (destinations.length > 0) deliverer.wake(workspace.id, destinations)
      return { matching, replayed }
    },
  })
}

function readerOf({ database, rules }: ApiOptions, { id, profileIdKey }: Workspace): DeliveryReader {
  return { database, workspace: id, key: profileIdKey, rules: rules(id) }
}

function readNumber(id: string | undefined): number | undefined {
  return id === undefined ? undefined : numberOfId(id)
}

function readId(
  text: string | undefined,
  path: string,
  read: (text: string) => number | undefined,
): number | undefined {
  if (text === undefined) return undefined
  const id = read(text)
  if (id === undefined)
    throw new RefusalError(400, 'invalid_request', `"${text.slice(0, 40)}" is not one of its ids.`, { path })
  return id
}
