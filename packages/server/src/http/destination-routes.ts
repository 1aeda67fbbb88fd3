import { randomBytes } from 'node:crypto'
import {
  isMasked,
  maskQuery,
  type WebhookSecrets,
  type WebhookSettings,
  webhook,
} from '@affluent/connectors/destinations/webhook/webhook'
import { judge } from '@affluent/core/delivery/verdict'
import {
  type DestinationAnswer,
  destinationAnswer,
  destinationBody,
  destinationChange,
  destinationParams,
  destinationsAnswer,
  destinationTestBody,
  newDestinationAnswer,
  testAnswer,
} from '@affluent/protocol/delivery-api'
import { DESTINATIONS_MAX } from '@affluent/protocol/limits'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { inTransaction } from '../database/connect.ts'
import { describeAnswer } from '../deliveries/destination-queue.ts'
import { UrlNotAllowed } from '../outgoing/address-guard.ts'
import {
  type DestinationRow,
  deleteDestination,
  insertDestination,
  openSecrets,
  readDestinations,
  sealSecrets,
} from '../stores/destination-store.ts'
import { viewDestinations } from '../stores/destination-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, ERRORS, SECURITY, typed } from './api-context.ts'
import { countEdit } from './count-edit.ts'
import { giveCommand } from './give-command.ts'
import { RefusalError } from './refusal-error.ts'

const SECRET_BYTES = 24
const TEST_ID_BYTES = 8

/** Destinations: set up, tested, switched off and on, taken away. */
export function registerDestinations(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, now, secrets, deliverer } = options
  const shared = { tags: ['Destinations'], security: SECURITY }

  api.route({
    method: 'GET',
    url: '/v1/destinations',
    schema: {
      ...shared,
      summary: 'Destinations with their health',
      response: { 200: destinationsAnswer, ...ERRORS },
    },
    handler: async (request) => ({
      destinations: await viewDestinations(database, request.workspace.id, now()),
    }),
  })

  api.route({
    method: 'GET',
    url: '/v1/destinations/:id',
    schema: {
      ...shared,
      summary: 'One destination',
      params: destinationParams,
      response: { 200: destinationAnswer, ...ERRORS },
    },
    handler: async (request) => ({
      destination: await describeOne(options, request.workspace, idOf(request)),
    }),
  })

  api.route({
    method: 'POST',
    url: '/v1/destinations',
    schema: {
      ...shared,
      summary: 'Makes a destination; the secret that signs its requests is shown only here',
      body: destinationBody,
      response: { 201: newDestinationAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const { url, secret = newSecret() } = body.settings
      await checkUrl(options, workspace, url)
      const id = await inTransaction(database, async (client) => {
        const known = await readDestinations(client, workspace.id)
        if (known.length >= DESTINATIONS_MAX)
          throw new RefusalError(409, 'too_many', `A workspace has ${DESTINATIONS_MAX} destinations at most.`)
        refuseSameName(known, body.name)
        const made = { workspace: workspace.id, kind: webhook.key, name: body.name }
        return insertDestination(
          client,
          { ...made, settings: { url: maskQuery(url) }, secrets: secretsOf(url, secret) },
          secrets,
        )
      })
      deliverer.changed(workspace.id)
      return reply.status(201).send({ destination: await describeOne(options, workspace, id), secret })
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/destinations/:id',
    schema: {
      ...shared,
      summary: 'Changes a destination; what is not named stays as it is',
      params: destinationParams,
      body: destinationChange,
      response: { 200: newDestinationAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace, body } = request
      const row = await findDestination(options, workspace, idOf(request))
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
      if (name !== row.name) await giveCommand(options, workspace, { kind: 'reread_settings', at: now() })
      deliverer.changed(workspace.id)
      return { destination: await describeOne(options, workspace, row.id) }
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/destinations/:id',
    schema: {
      ...shared,
      summary: 'Takes a destination away; what it is owed is not sent any more',
      params: destinationParams,
    },
    handler: async (request, reply) => {
      const { workspace } = request
      const row = await findDestination(options, workspace, idOf(request))
      await inTransaction(database, async (client) => {
        const { rows } = await client.query('select 1 from connection where destination_id = $1 limit 1', [
          row.id,
        ])
        if (rows.length > 0)
          throw new RefusalError(409, 'in_use', 'Connections lead to this destination: delete these first.')
        await deleteDestination(client, row, now())
      })
      deliverer.changed(workspace.id)
      return reply.status(204).send()
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/destinations/test',
    schema: {
      ...shared,
      summary: 'Sends one test request with settings that are not saved',
      body: destinationTestBody,
      response: { 200: testAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { url, secret = newSecret() } = request.body.settings
      return test(options, request.workspace, { url }, secretsOf(url, secret))
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/destinations/:id/test',
    schema: {
      ...shared,
      summary: 'Sends one test request',
      params: destinationParams,
      response: { 200: testAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const row = await findDestination(options, workspace, idOf(request))
      return test(options, workspace, row.settings, openAll(row, options))
    },
  })
}

/** @throws RefusalError when there is no such destination */
async function findDestination(
  { database }: Pick<ApiOptions, 'database'>,
  workspace: Workspace,
  id: number,
): Promise<DestinationRow> {
  const rows = await readDestinations(database, workspace.id)
  const row = rows.find((each) => each.id === id)
  if (row === undefined) throw new RefusalError(404, 'not_found', 'There is no such destination.')
  return row
}

/** What came of a test is told, and not what was answered: who may send to an inner place may not read there. */
async function test(
  options: ApiOptions,
  workspace: Workspace,
  settings: WebhookSettings,
  secrets: WebhookSecrets,
) {
  if (workspace.kind === 'sandbox')
    throw new RefusalError(
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
  options: ApiOptions,
  url: string | undefined,
  secret: string | undefined,
): WebhookSecrets {
  // who gives all of it anew needs nothing of what was sealed
  const isWhole = secret !== undefined && (url !== undefined || !isMasked(row.settings.url))
  const before = isWhole ? undefined : openAll(row, options)
  return secretsOf(url ?? before?.url ?? row.settings.url, secret ?? (before?.secret as string))
}

function openAll(row: DestinationRow, { secrets }: ApiOptions): WebhookSecrets {
  try {
    return openSecrets(row, secrets)
  } catch (error) {
    throw unreadableSecret(error)
  }
}

function unreadableSecret(cause: unknown): RefusalError {
  const message =
    'Its secret was sealed with another secret.key: restore that file, or give the destination a new secret.'
  return new RefusalError(409, 'not_ready', message, { path: 'settings.secret', cause })
}

async function checkUrl({ guard }: ApiOptions, workspace: Workspace, url: string): Promise<void> {
  if (isMasked(url))
    throw new RefusalError(
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

function notAllowed(message: string): RefusalError {
  return new RefusalError(400, 'url_not_allowed', message, { path: 'settings.url' })
}

function refuseSameName(known: readonly DestinationRow[], name: string): void {
  const lower = name.toLowerCase()
  if (known.some((each) => each.name.toLowerCase() === lower))
    throw new RefusalError(409, 'already_exists', `There is a destination called "${name}" already.`, {
      path: 'name',
    })
}

async function describeOne(
  { database, now }: ApiOptions,
  workspace: Workspace,
  id: number,
): Promise<DestinationAnswer> {
  const all = await viewDestinations(database, workspace.id, now())
  const found = all.find((each) => each.id === `dst_${id}`)
  if (found === undefined) throw new RefusalError(404, 'not_found', 'There is no such destination.')
  return found
}

function idOf(request: FastifyRequest): number {
  return numberOfId((request.params as { id: string }).id)
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}
