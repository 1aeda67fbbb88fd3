import type { WorkspaceAnswer } from '@affluent/protocol/endpoints/workspaces'
import * as api from '@affluent/protocol/endpoints/workspaces'
import type { Role } from '@affluent/protocol/role'
import type { FastifyInstance } from 'fastify'
import {
  type Edit,
  NO_EDIT,
  readEdit,
  readSettingsEdits,
  settingsOf,
} from '../platform/database/edit-store.ts'
import { type ApiOptions, waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import type { Caller } from '../platform/http/caller.ts'
import { countEdit, describeEdit } from '../platform/http/count-edit.ts'
import { serve } from '../platform/http/serve.ts'
import { AlreadyExists } from '../platform/workspace/already-exists.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { TooMany } from '../platform/workspace/too-many.ts'
import { markRemoving } from '../platform/workspace/workspace-store.ts'
import { checkHome } from './check-home.ts'
import { addWorkspace, MAIN_WORKSPACE } from './make-workspace.ts'
import { sessionOf } from './session-of.ts'

/** Workspaces: listed, made, removed. */
export function registerWorkspaces(app: FastifyInstance, options: ApiOptions): void {
  const { registry, database, log } = options

  serve(app, api.listWorkspaces, async ({ caller }) => {
    const seen = registry.allWorkspaces().filter((each) => isSeenBy(caller, each))
    return { workspaces: await describeAll(options, seen, caller) }
  })

  serve(app, api.createWorkspace, async (request) => {
    const { body } = request
    const apiKey = await addWorkspace(database, body, sessionOf(request).member.id).catch(
      (error: unknown) => {
        throw toApiError(error, `There is a workspace "${body.slug}" already; choose another slug.`)
      },
    )
    await options.registryChanged()
    const made = registry.workspaceBySlug(body.slug)
    if (made === undefined) throw new Error('The workspace that was made now is not there.')
    log.info('workspace_made', { workspace: made.id })
    return { workspace: describe(made, NO_EDIT, 'owner'), apiKey }
  })

  serve(app, api.updateWorkspace, async (request, reply) => {
    const { caller, params, body } = request
    const found = findWorkspace(options, caller, params.slug)
    if (found.status === 'removing')
      throw new ApiError(409, 'in_use', `The workspace "${found.slug}" is being removed.`)
    const { zone = found.zone, currency = found.currency, country = found.country } = body
    const home = checkHome({ zone, currency, country })
    const change = {
      kind: 'change_workspace',
      at: options.now(),
      name: body.name ?? found.name,
      ...home,
    } as const
    await countEdit(options, request, settingsOf(found.id))
    const { position } = await options.command(found.id, change)
    await waitFor(options, found.id, position, 'processed')
    await options.registryChanged()
    reply.header('affluent-position', position)
    return { workspace: await describeOne(options, registry.workspace(found.id) ?? found, caller) }
  })

  serve(app, api.removeWorkspace, async ({ caller, params, query }) => {
    const { slug } = params
    const found = findWorkspace(options, caller, slug)
    if (slug === MAIN_WORKSPACE) throw new ApiError(409, 'in_use', 'The workspace "main" cannot be removed.')
    if (query.confirm !== slug) {
      const message = `All data of the workspace go: say so with "?confirm=${slug}".`
      throw new ApiError(400, 'invalid_request', message, { path: 'confirm' })
    }
    await markRemoving(database, found.id)
    log.info('workspace_removing', { workspace: found.id })
    await options.registryChanged()
    const workspace = await describeOne(options, { ...found, status: 'removing' }, caller)
    return { workspace }
  })
}

/** @throws ApiError 404 when there is none that the caller may see */
function findWorkspace({ registry }: ApiOptions, caller: Caller, slug: string): Workspace {
  const found = registry.workspaceBySlug(slug)
  if (found !== undefined && isSeenBy(caller, found)) return found
  throw new ApiError(404, 'not_found', `There is no workspace "${slug}".`)
}

function isSeenBy(caller: Caller, { id }: Workspace): boolean {
  return caller.kind === 'key' ? caller.workspace.id === id : caller.roles.has(id)
}

async function describeAll({ database }: ApiOptions, workspaces: readonly Workspace[], caller: Caller) {
  const edits = await readSettingsEdits(
    database,
    workspaces.map(({ id }) => id),
  )
  return workspaces.map((workspace) =>
    describe(workspace, edits.get(workspace.id), roleIn(workspace, caller)),
  )
}

async function describeOne(
  { database }: ApiOptions,
  workspace: Workspace,
  caller: Caller,
): Promise<WorkspaceAnswer> {
  const edit = await readEdit(database, settingsOf(workspace.id))
  return describe(workspace, edit, roleIn(workspace, caller))
}

function roleIn({ id }: Workspace, caller: Caller): Role | null {
  return caller.kind === 'key' ? null : (caller.roles.get(id) ?? null)
}

function describe(workspace: Workspace, edit: Edit | undefined, role: Role | null): WorkspaceAnswer {
  const { slug, name, kind, isDemo, createdAt, status, zone, currency, country } = workspace
  return {
    ...{ slug, name, kind, isDemo, createdAt: createdAt.toISOString(), status, zone, currency, country },
    role,
    ...describeEdit(edit),
  }
}

function toApiError(error: unknown, exists: string): unknown {
  if (error instanceof AlreadyExists)
    return new ApiError(409, 'already_exists', exists, { path: 'slug', cause: error })
  if (error instanceof TooMany) return new ApiError(400, 'too_many', error.message, { cause: error })
  return error
}
