import { readDeliveryId } from '@affluent/core/delivery/delivery-id'
import { readProfileId } from '@affluent/core/profile/profile-id'
import * as api from '@affluent/protocol/endpoints/deliveries'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import { cursorSecret } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { readCursor, signCursor } from '../platform/http/cursor.ts'
import { readLimit } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import type { DeliveryApi } from './delivery-api.ts'
import { type DeliveryReader, replayDeliveries, viewDeliveries, viewDelivery } from './delivery-view.ts'

/** What was queued for destinations, and what came of it. */
export function registerDeliveries(app: FastifyInstance, options: DeliveryApi): void {
  const { database, deliverer, now } = options
  serve(app, api.listDeliveries, async (request) => {
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
      position: readId(query.event, 'event', (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)),
    }
    const { deliveries, last } = await viewDeliveries(readerOf(options, workspace), filter, {
      limit,
      before,
    })
    const isLast = last === undefined || deliveries.length < limit
    return { deliveries, cursor: isLast ? null : signCursor(secret, 'deliveries', [last]) }
  })

  serve(app, api.getDelivery, async (request) => {
    const { workspace } = request
    const { id } = request.params
    const delivery = await viewDelivery(readerOf(options, workspace), id)
    if (delivery === undefined) throw new ApiError(404, 'not_found', 'There is no such delivery any more.')
    return { delivery }
  })

  serve(app, api.replayDeliveries, async (request) => {
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
  })
}

function readerOf({ database, rules }: DeliveryApi, { id, profileIdKey }: Workspace): DeliveryReader {
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
    throw new ApiError(400, 'invalid_request', `"${text.slice(0, 40)}" is not one of its ids.`, { path })
  return id
}
