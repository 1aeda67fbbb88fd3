import { ConditionError } from '@affluent/core/condition/condition-error'
import type { ConnectionFrom } from '@affluent/core/delivery/connection'
import { MEMBERS_DONE } from '@affluent/core/delivery/connection-row'
import { checkFilter, compileFilter } from '@affluent/core/delivery/filter'
import { checkMapping } from '@affluent/core/delivery/mapping'
import { checkRequired, type PayloadRule } from '@affluent/core/delivery/write-payload'
import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import * as api from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'
import { PURPOSES } from '@affluent/protocol/purpose'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { readAudiences } from '../audiences/contract.ts'
import { type Edit, readEdits } from '../platform/database/edit-store.ts'
import { type ApiOptions, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { countEdit, describeEdit } from '../platform/http/count-edit.ts'
import { type Served, serve } from '../platform/http/serve.ts'
import { submitCommand } from '../platform/http/submit-command.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { fromOf, type KnownConnection, readConnections } from './connection-store.ts'
import { readDestinations } from './destination-store.ts'
import { previewConnection } from './preview-connection.ts'

/**
 * Connections: from sources and audiences to destinations. They are made, changed and taken away by commands of the
 * log.
 */
export function registerConnections(app: FastifyInstance, options: ApiOptions): void {
  const { database, now } = options
  serve(app, api.listConnections, async (request) => {
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
  })

  serve(app, api.createConnection, (request, reply) => create(options, request, reply))

  serve(app, api.updateConnection, (request, reply) => change(options, request, reply))

  serve(app, api.deleteConnection, async (request, reply) => {
    const { workspace } = request
    const command = {
      kind: 'delete_connection',
      at: now(),
      connection: numberOfId(request.params.id),
    } as const
    reply.header('affluent-position', await submitCommand(options, workspace, command))
  })

  serve(app, api.previewConnection, async (request, reply) => {
    const { workspace, body } = request
    const { from, filter = null, mapping = null, required = [] } = body
    const rule = { mapping: mapping ?? undefined, required }
    await checkFrom(options, workspace, from)
    await check(options, workspace, filter as Json, rule)
    const { zone } = await readAudiences(database, workspace.id)
    return previewConnection(options, workspace, readsFor(options, request, reply), {
      isMasked: request.sight.isMasked,
      from,
      accepts: compileFilter(filter as Json, zone),
      rule,
    })
  })
}

async function create(
  options: ApiOptions,
  request: Served<typeof api.createConnection>,
  reply: FastifyReply,
) {
  const { now } = options
  const { workspace, body } = request
  const { from, action, enabled, sendCurrentMembers, filter = null, mapping = null, required = [] } = body
  const destination = await findReferred(options, workspace, body.destination)
  await checkFrom(options, workspace, from)
  await check(options, workspace, filter as Json, { mapping: mapping ?? undefined, required })
  const purpose = checkPurpose(body.purpose)
  if (sendCurrentMembers && !('audience' in from))
    throw new ApiError(400, 'invalid_request', 'Only an audience has current members to send.', {
      path: 'sendCurrentMembers',
    })
  const position = await submitCommand(options, workspace, {
    ...{ kind: 'put_connection', at: now(), from, destination, action, purpose, enabled, mapping },
    ...{ filter: filter as Json, required, sendCurrentMembers },
  })
  reply.header('affluent-position', position)
  return { connection: await describeOne(options, workspace, position) }
}

async function change(
  options: ApiOptions,
  request: Served<typeof api.updateConnection>,
  reply: FastifyReply,
) {
  const { now } = options
  const { workspace, body } = request
  const { filter, mapping, required, enabled } = body
  const connection = numberOfId(request.params.id)
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
  const position = await submitCommand(options, workspace, {
    ...{ kind: 'change_connection', at: now(), connection },
    ...(filter === undefined ? {} : { filter: filter as Json }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(required === undefined ? {} : { required }),
    ...(enabled === undefined ? {} : { enabled }),
  })
  reply.header('affluent-position', position)
  return { connection: await describeOne(options, workspace, connection) }
}

async function findReferred(options: ApiOptions, workspace: Workspace, id: string): Promise<number> {
  const number = numberOfId(id)
  const rows = await readDestinations(options.database, workspace.id)
  if (rows.some((row) => row.id === number)) return number
  throw new ApiError(400, 'unknown_reference', `There is no destination "${id}".`, {
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
    throw new ApiError(400, 'unknown_reference', `There is no source "${from.source}".`, {
      path: 'from.source',
    })
  }
  const { audiences } = await readAudiences(database, workspace.id)
  if (audiences.some(({ key }) => key === from.audience)) return
  throw new ApiError(400, 'unknown_reference', `There is no audience "${from.audience}".`, {
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
    throw toApiError(error)
  }
}

/** What is wrong with a filter or a mapping, as the caller reads it. */
function toApiError(error: unknown): unknown {
  if (!(error instanceof ConditionError)) return error
  // property tests speak of conditions
  const code = error.code === 'invalid_condition' ? 'invalid_filter' : error.code
  return new ApiError(400, code, error.message, { path: error.path, cause: error })
}

function checkPurpose(purpose = 'operations'): string {
  if ((PURPOSES as readonly string[]).includes(purpose)) return purpose
  const message = `The purpose "${purpose}" is not available yet; a webhook of your own systems has "operations".`
  throw new ApiError(400, 'not_available', message, { path: 'purpose' })
}

async function describeOne(
  { database }: ApiOptions,
  workspace: Workspace,
  id: number,
): Promise<ConnectionAnswer> {
  const { rows } = await readConnections(database, workspace.id)
  const row = rows.find((each) => each.id === id)
  if (row === undefined) throw new ApiError(404, 'not_found', 'There is no such connection.')
  return describe(row, await readEdits(database, workspace.id, 'connection'))
}

function describe(row: KnownConnection, edits: ReadonlyMap<string, Edit>): ConnectionAnswer {
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
