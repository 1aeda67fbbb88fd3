import { randomBytes } from 'node:crypto'
import {
  isMasked,
  maskQuery,
  type WebhookSecrets,
  type WebhookSettings,
  webhook,
} from '@affluent/connectors/destinations/webhook/webhook'
import { judge } from '@affluent/core/delivery/verdict'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import * as api from '@affluent/protocol/endpoints/destinations'
import { DESTINATIONS_MAX } from '@affluent/protocol/limits'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import { inTransaction } from '../platform/database/connect.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { countEdit } from '../platform/http/count-edit.ts'
import { type Served, serve } from '../platform/http/serve.ts'
import { submitCommand } from '../platform/http/submit-command.ts'
import { UrlNotAllowed } from '../platform/outgoing/address-guard.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import type { DeliveryApi } from './delivery-api.ts'
import { describeAnswer } from './destination-queue.ts'
import {
  type DestinationRow,
  deleteDestination,
  insertDestination,
  openSecrets,
  readDestinations,
  sealSecrets,
} from './destination-store.ts'
import { viewDestinations } from './destination-view.ts'

const SECRET_BYTES = 24
const TEST_ID_BYTES = 8

/** Destinations: set up, tested, switched off and on, taken away. */
export function registerDestinations(app: FastifyInstance, options: DeliveryApi): void {
  const { database, now, secrets, deliverer } = options
  serve(app, api.listDestinations, async (request) => ({
    destinations: await viewDestinations(database, request.workspace.id, now()),
  }))

  serve(app, api.getDestination, async (request) => ({
    destination: await describeOne(options, request.workspace, numberOfId(request.params.id)),
  }))

  serve(app, api.createDestination, async (request) => {
    const { workspace, body } = request
    const { url, secret = newSecret() } = body.settings
    await checkUrl(options, workspace, url)
    const id = await inTransaction(database, async (client) => {
      const known = await readDestinations(client, workspace.id)
      if (known.length >= DESTINATIONS_MAX)
        throw new ApiError(409, 'too_many', `A workspace has ${DESTINATIONS_MAX} destinations at most.`)
      refuseSameName(known, body.name)
      const made = { workspace: workspace.id, kind: webhook.key, name: body.name }
      return insertDestination(
        client,
        { ...made, settings: { url: maskQuery(url) }, secrets: secretsOf(url, secret) },
        secrets,
      )
    })
    deliverer.changed(workspace.id)
    return { destination: await describeOne(options, workspace, id), secret }
  })

  serve(app, api.updateDestination, (request) => change(options, request))

  serve(app, api.deleteDestination, async (request) => {
    const { workspace } = request
    const row = await findDestination(options, workspace, numberOfId(request.params.id))
    await inTransaction(database, async (client) => {
      const { rows } = await client.query('select 1 from connection where destination_id = $1 limit 1', [
        row.id,
      ])
      if (rows.length > 0)
        throw new ApiError(409, 'in_use', 'Connections lead to this destination: delete these first.')
      await deleteDestination(client, row, now())
    })
    deliverer.changed(workspace.id)
  })

  serve(app, api.testDestinationSettings, async (request) => {
    const { url, secret = newSecret() } = request.body.settings
    return test(options, request.workspace, { url }, secretsOf(url, secret))
  })

  serve(app, api.testDestination, async (request) => {
    const { workspace } = request
    const row = await findDestination(options, workspace, numberOfId(request.params.id))
    return test(options, workspace, row.settings, openAll(row, options))
  })
}

async function change(options: DeliveryApi, request: Served<typeof api.updateDestination>) {
  const { database, now, secrets, deliverer } = options
  const { workspace, body } = request
  const row = await findDestination(options, workspace, numberOfId(request.params.id))
  const { name = row.name, settings, enabled } = body
  // as it was shown means as it is
  const url = settings?.url === row.settings.url ? undefined : settings?.url
  if (url !== undefined) await checkUrl(options, workspace, url)
  if (name !== row.name) refuseSameName(await readDestinations(database, workspace.id), name)
  const isResealed = url !== undefined || settings?.secret !== undefined
  const sealed = isResealed
    ? sealSecrets(row, changeSecrets(row, options, url, settings?.secret), secrets)
    : null
  await countEdit(options, request, { workspace: workspace.id, kind: 'destination', id: String(row.id) })
  await database.query(
    `update destination set name = coalesce($3, name), settings = coalesce($4, settings), secrets = coalesce($5, secrets), enabled = coalesce($6, enabled), changed_at = $7,
         stopped_because = case when $6 then null else stopped_because end
       where workspace_id = $1 and id = $2`,
    [
      ...[workspace.id, row.id, body.name ?? null],
      url === undefined ? null : JSON.stringify({ url: maskQuery(url) }),
      ...[sealed, enabled ?? null, new Date(now())],
    ],
  )
  // events may name it in their `integrations`
  if (name !== row.name) await submitCommand(options, workspace, { kind: 'reread_settings', at: now() })
  deliverer.changed(workspace.id)
  return { destination: await describeOne(options, workspace, row.id) }
}

/** @throws ApiError when there is no such destination */
async function findDestination(
  { database }: Pick<DeliveryApi, 'database'>,
  workspace: Workspace,
  id: number,
): Promise<DestinationRow> {
  const rows = await readDestinations(database, workspace.id)
  const row = rows.find((each) => each.id === id)
  if (row === undefined) throw new ApiError(404, 'not_found', 'There is no such destination.')
  return row
}

/** What came of a test is told, and not what was answered: who may send to an inner place may not read there. */
async function test(
  options: DeliveryApi,
  workspace: Workspace,
  settings: WebhookSettings,
  secrets: WebhookSecrets,
) {
  if (workspace.kind === 'sandbox')
    throw new ApiError(
      409,
      'nothing_leaves_a_sandbox',
      'This workspace is a sandbox: nothing leaves it, tests neither. Test in a live workspace.',
    )
  const at = options.now()
  // each test is another one to a receiver that takes each id once
  const id = `msg_test_${randomBytes(TEST_ID_BYTES).toString('hex')}`
  const body = JSON.stringify({
    type: 'track',
    event: 'Affluent Test',
    messageId: id,
    timestamp: new Date(at).toISOString(),
    properties: { workspace: workspace.slug },
  })
  const answer = await options.deliverer.send(
    workspace.id,
    webhook.request({ id, body }, settings, secrets, at),
  )
  if (answer.error?.code === 'url_not_allowed') throw notAllowed(answer.error.message)
  const verdict = judge({ status: answer.status }, at)
  const error = describeAnswer(answer, verdict) ?? null
  const { status = null, ms } = answer
  return { ok: error === null, attempt: { at: new Date(at).toISOString(), status, ms, error } }
}

function secretsOf(url: string, secret: string): WebhookSecrets {
  return url.includes('?') ? { secret, url } : { secret }
}

/** @param url a new one; undefined: as before, as `secret` */
function changeSecrets(
  row: DestinationRow,
  options: DeliveryApi,
  url: string | undefined,
  secret: string | undefined,
): WebhookSecrets {
  // who gives all of it anew needs nothing of what was sealed
  const isWhole = secret !== undefined && (url !== undefined || !isMasked(row.settings.url))
  const before = isWhole ? undefined : openAll(row, options)
  return secretsOf(url ?? before?.url ?? row.settings.url, secret ?? (before?.secret as string))
}

function openAll(row: DestinationRow, { secrets }: DeliveryApi): WebhookSecrets {
  try {
    return openSecrets(row, secrets)
  } catch (error) {
    throw unreadableSecret(error)
  }
}

function unreadableSecret(cause: unknown): ApiError {
  const message =
    'Its secret was sealed with another secret.key: restore that file, or give the destination a new secret.'
  return new ApiError(409, 'not_ready', message, { path: 'settings.secret', cause })
}

async function checkUrl({ guard }: DeliveryApi, workspace: Workspace, url: string): Promise<void> {
  if (isMasked(url))
    throw new ApiError(
      400,
      'invalid_request',
      'The values of the query are masked here: write them again, or leave the URL as it is.',
      { path: 'settings.url' },
    )
  try {
    await guard.checkUrl(url, workspace.id)
  } catch (error) {
    if (error instanceof UrlNotAllowed) throw notAllowed(error.message)
    throw error
  }
}

function notAllowed(message: string): ApiError {
  return new ApiError(400, 'url_not_allowed', message, { path: 'settings.url' })
}

function refuseSameName(known: readonly DestinationRow[], name: string): void {
  const lower = name.toLowerCase()
  if (known.some((each) => each.name.toLowerCase() === lower))
    throw new ApiError(409, 'already_exists', `There is a destination called "${name}" already.`, {
      path: 'name',
    })
}

async function describeOne(
  { database, now }: DeliveryApi,
  workspace: Workspace,
  id: number,
): Promise<DestinationAnswer> {
  const all = await viewDestinations(database, workspace.id, now())
  const found = all.find((each) => each.id === `dst_${id}`)
  if (found === undefined) throw new ApiError(404, 'not_found', 'There is no such destination.')
  return found
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}
