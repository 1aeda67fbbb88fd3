import { ConditionFault } from '@affluent/core/condition/condition-fault'
import type { ConnectionFrom } from '@affluent/core/delivery/connection'
import { checkFilter, compileFilter } from '@affluent/core/delivery/filter'
import { checkMapping } from '@affluent/core/delivery/mapping'
import { checkRequired, type PayloadRule } from '@affluent/core/delivery/write-payload'
import {
  type ConnectionAnswer,
  connectionAnswer,
  connectionBody,
  connectionChange,
  connectionParams,
  connectionPreviewAnswer,
  connectionPreviewBody,
  connectionsAnswer,
  connectionsQuery,
  PURPOSES,
} from '@affluent/protocol/delivery-api'
import type { Json } from '@affluent/protocol/event'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readAudiences } from '../stores/audience-store.ts'
import { type ConnectionRow, fromOf, MEMBERS_DONE, readConnections } from '../stores/connection-store.ts'
import { readDestinations } from '../stores/destination-store.ts'
import { type Edit, readEdits } from '../stores/edit-store.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, ERRORS, readsFor, SECURITY, typed } from './api-context.ts'
import { countEdit, describeEdit } from './count-edit.ts'
import { giveCommand } from './give-command.ts'
import { previewConnection } from './preview-connection.ts'
import { RefusalError } from './refusal-error.ts'

/** Connections: from sources and audiences to destinations. They are made, changed and taken away by commands of the log. */
export function registerConnections(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, now } = options
  const shared = { tags: ['Destinations'], security: SECURITY }

  api.route({
    method: 'GET',
    url: '/v1/connections',
    schema: {
      ...shared,
      summary: 'Connections',
      querystring: connectionsQuery,
      response: { 200: connectionsAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { destination, audience } = request.query
      const { rows } = await readConnections(database, request.workspace.id)
      const edits = await readEdits(database, request.workspace.id, 'connection')
      const connections = rows
        .map((row) => describe(row, edits))
        .filter((each) => {
          if (destination !== undefined && each.destination !== destination) return false
          return audience === undefined || ('audience' in each.from && each.from.audience === audience)
        })
      return { connections }
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/connections',
    schema: {
      ...shared,
      summary: 'Makes a connection: from here on it sends what happens; history does not act unless asked to',
      body: connectionBody,
      response: { 201: connectionAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const { from, action, enabled, sendCurrentMembers, filter = null, mapping = null, required = [] } = body
      const destination = await findReferred(options, workspace, body.destination)
      await checkFrom(options, workspace, from)
      await check(options, workspace, filter as Json, { mapping: mapping ?? undefined, required })
      const purpose = checkPurpose(body.purpose)
      if (sendCurrentMembers && !('audience' in from))
        throw new RefusalError(400, 'invalid_request', 'Only an audience has current members to send.', {
          path: 'sendCurrentMembers',
        })
      const position = await giveCommand(options, workspace, {
        ...{ kind: 'put_connection', at: now(), from, destination, action, purpose, enabled, mapping },
        ...{ filter: filter as Json, required, sendCurrentMembers },
      })
      reply.header('affluent-position', position)
      return reply.status(201).send({ connection: await describeOne(options, workspace, position) })
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/connections/:id',
    schema: {
      ...shared,
      summary: 'Changes a connection; what is not named stays as it is',
      params: connectionParams,
      body: connectionChange,
      response: { 200: connectionAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const { filter, mapping, required, enabled } = body
      const connection = idOf(request)
      const before = await describeOne(options, workspace, connection)
      const isOther = mapping !== undefined || required !== undefined
      const said = {
        mapping: mapping === undefined ? before.mapping : mapping,
        required: required ?? before.required,
      }
      const rule = isOther
        ? { ...said, mapping: said.mapping ?? undefined }
        : { mapping: undefined, required: [] }
      await check(options, workspace, (filter ?? null) as Json, rule)
      await countEdit(options, request, {
        workspace: workspace.id,
        kind: 'connection',
        id: String(connection),
      })
      const position = await giveCommand(options, workspace, {
        ...{ kind: 'change_connection', at: now(), connection },
        ...(filter === undefined ? {} : { filter: filter as Json }),
        ...(mapping === undefined ? {} : { mapping }),
        ...(required === undefined ? {} : { required }),
        ...(enabled === undefined ? {} : { enabled }),
      })
      reply.header('affluent-position', position)
      return { connection: await describeOne(options, workspace, connection) }
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/connections/:id',
    schema: {
      ...shared,
      summary: 'Takes a connection away; what it owes already is still sent',
      params: connectionParams,
    },
    handler: async (request, reply) => {
      const { workspace } = request
      const command = { kind: 'delete_connection', at: now(), connection: idOf(request) } as const
      reply.header('affluent-position', await giveCommand(options, workspace, command))
      return reply.status(204).send()
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/connections/preview',
    schema: {
      ...shared,
      summary:
        'What a connection would post of a member or the latest event that it concerns, and of how many what is missing; nothing is sent',
      body: connectionPreviewBody,
      response: { 200: connectionPreviewAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const { from, filter = null, mapping = null, required = [] } = body
      const rule = { mapping: mapping ?? undefined, required }
      await checkFrom(options, workspace, from)
      await check(options, workspace, filter as Json, rule)
      const { zone } = await readAudiences(database, workspace.id)
      return previewConnection(options, workspace, readsFor(options, request, reply), {
        from,
        accepts: compileFilter(filter as Json, zone),
        rule,
      })
    },
  })
}

async function findReferred(options: ApiOptions, workspace: Workspace, id: string): Promise<number> {
  const number = numberOfId(id)
  const rows = await readDestinations(options.database, workspace.id)
  if (rows.some((row) => row.id === number)) return number
  throw new RefusalError(400, 'unknown_reference', `There is no destination "${id}".`, {
    path: 'destination',
  })
}

async function checkFrom(
  { registry, database }: ApiOptions,
  workspace: Workspace,
  from: ConnectionFrom,
): Promise<void> {
  if ('source' in from) {
    if (from.source === '*' || registry.sourcesOf(workspace.id).some(({ slug }) => slug === from.source))
      return
    throw new RefusalError(400, 'unknown_reference', `There is no source "${from.source}".`, {
      path: 'from.source',
    })
  }
  const { audiences } = await readAudiences(database, workspace.id)
  if (audiences.some(({ key }) => key === from.audience)) return
  throw new RefusalError(400, 'unknown_reference', `There is no audience "${from.audience}".`, {
    path: 'from.audience',
  })
}

async function check(
  { database }: ApiOptions,
  workspace: Workspace,
  filter: Json,
  rule: PayloadRule,
): Promise<void> {
  try {
    const { zone } = await readAudiences(database, workspace.id)
    checkFilter(filter, zone)
    if (rule.mapping !== undefined) checkMapping(rule.mapping)
    checkRequired(rule)
  } catch (error) {
    throw toRefusal(error)
  }
}

/** What is wrong with a filter or a mapping, as the caller reads it. */
function toRefusal(error: unknown): unknown {
  if (!(error instanceof ConditionFault)) return error
  // property tests speak of conditions
  const code = error.code === 'invalid_condition' ? 'invalid_filter' : error.code
  return new RefusalError(400, code, error.message, { path: error.path, cause: error })
}

function checkPurpose(purpose = 'operations'): string {
  if ((PURPOSES as readonly string[]).includes(purpose)) return purpose
  const message = `The purpose "${purpose}" is not available yet; a webhook of your own systems has "operations".`
  throw new RefusalError(400, 'not_available', message, { path: 'purpose' })
}

async function describeOne(
  { database }: ApiOptions,
  workspace: Workspace,
  id: number,
): Promise<ConnectionAnswer> {
  const { rows } = await readConnections(database, workspace.id)
  const row = rows.find((each) => each.id === id)
  if (row === undefined) throw new RefusalError(404, 'not_found', 'There is no such connection.')
  return describe(row, await readEdits(database, workspace.id, 'connection'))
}

function describe(row: ConnectionRow, edits: ReadonlyMap<string, Edit>): ConnectionAnswer {
  const { membersAfter, membersSent, membersOf } = row
  return {
    id: `con_${row.id}`,
    from: { ...fromOf(row) },
    destination: `dst_${row.destination}`,
    action: 'send',
    filter: row.filter,
    mapping: row.mapping,
    required: [...row.required],
    purpose: row.purpose,
    enabled: row.enabled,
    error: row.fault,
    createdAt: row.createdAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    ...describeEdit(edits.get(String(row.id))),
    members:
      membersAfter === null
        ? null
        : { sent: membersSent, of: membersOf, isDone: membersAfter === MEMBERS_DONE },
  }
}

function idOf(request: FastifyRequest): number {
  return numberOfId((request.params as { id: string }).id)
}
