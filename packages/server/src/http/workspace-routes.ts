import {
  newWorkspaceAnswer,
  removalQuery,
  type WorkspaceAnswer,
  workspaceAnswer,
  workspaceBody,
  workspaceChange,
  workspacesAnswer,
} from '@affluent/protocol/workspace-api'
import type { FastifyInstance } from 'fastify'
import { type Edit, NO_EDIT, readEdit, readSettingsEdits, settingsOf } from '../stores/edit-store.ts'
import { AlreadyExists, addWorkspace, MAIN_WORKSPACE } from '../stores/make-workspace.ts'
import type { Workspace } from '../stores/registry.ts'
import { TooMany } from '../stores/too-many.ts'
import { type ApiOptions, ERRORS, SECURITY, typed, waitFor } from './api-context.ts'
import type { Caller } from './authenticate.ts'
import { checkHome } from './check-home.ts'
import { countEdit, describeEdit } from './count-edit.ts'
import { RefusalError } from './refusal-error.ts'

const TAGS = ['Access']

/** Workspaces: listed, made, removed. */
export function registerWorkspaces(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { registry, database, log } = options

  api.route({
    method: 'GET',
    url: '/v1/workspaces',
    config: { access: 'caller' },
    schema: {
      summary: 'The workspaces that the caller may see: all of them, or the one of the API key',
      tags: TAGS,
      security: SECURITY,
      response: { 200: workspacesAnswer, ...ERRORS },
    },
    handler: async ({ caller }) => {
      const seen = caller.kind === 'key' ? [caller.workspace] : registry.allWorkspaces()
      return { workspaces: await describeAll(options, seen) }
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/workspaces',
    config: { access: 'member' },
    schema: {
      summary: 'Makes a workspace, with a source "website" and an API key',
      tags: TAGS,
      security: [{ session: [] }],
      body: workspaceBody,
      response: { 201: newWorkspaceAnswer, ...ERRORS },
    },
    handler: async ({ body }, reply) => {
      const apiKey = await addWorkspace(database, body).catch((error: unknown) => {
        throw toRefusal(error, `There is a workspace "${body.slug}" already; choose another slug.`)
      })
      await options.registryChanged()
      const made = registry.workspaceBySlug(body.slug)
      if (made === undefined) throw new Error('The workspace that was made now is not there.')
      log.info('workspace_made', { workspace: made.id })
      return reply.code(201).send({ workspace: describe(made, NO_EDIT), apiKey })
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/workspaces/:slug',
    config: { access: 'caller' },
    schema: {
      summary:
        'Changes the name, zone, currency or country of a workspace; stored telephone numbers follow the country',
      tags: TAGS,
      security: SECURITY,
      body: workspaceChange,
      response: { 200: workspaceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { caller, params, body } = request
      const found = findWorkspace(options, caller, (params as { slug: string }).slug)
      if (found.status === 'removing')
        throw new RefusalError(409, 'in_use', `The workspace "${found.slug}" is being removed.`)
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
      await waitFor(options, found.id, position, 'walked')
      await options.registryChanged()
      reply.header('affluent-position', position)
      return { workspace: await describeOne(options, registry.workspace(found.id) ?? found) }
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/workspaces/:slug',
    config: { access: 'member', freshSignIn: true },
    schema: {
      summary:
        'Closes a workspace and removes all its data, in the background; needs a sign-in within the last 5 minutes',
      tags: TAGS,
      security: [{ session: [] }],
      querystring: removalQuery,
      response: { 202: workspaceAnswer, ...ERRORS },
    },
    handler: async ({ caller, params, query }, reply) => {
      const { slug } = params as { slug: string }
      const found = findWorkspace(options, caller, slug)
      if (slug === MAIN_WORKSPACE)
        throw new RefusalError(409, 'in_use', 'The workspace "main" cannot be removed.')
      if (query.confirm !== slug) {
        const message = `All data of the workspace go: say so with "?confirm=${slug}".`
        throw new RefusalError(400, 'invalid_request', message, { path: 'confirm' })
      }
      await database.query("update workspace set status = 'removing' where id = $1", [found.id])
      log.info('workspace_removing', { workspace: found.id })
      await options.registryChanged()
      const workspace = await describeOne(options, { ...found, status: 'removing' })
      return reply.code(202).send({ workspace })
    },
  })
}

/** @throws RefusalError 404 when there is none that the caller may see */
function findWorkspace({ registry }: ApiOptions, caller: Caller, slug: string): Workspace {
  const found = registry.workspaceBySlug(slug)
  if (found !== undefined && (caller.kind !== 'key' || caller.workspace.id === found.id)) return found
  throw new RefusalError(404, 'not_found', `There is no workspace "${slug}".`)
}

async function describeAll({ database }: ApiOptions, workspaces: readonly Workspace[]) {
  const edits = await readSettingsEdits(
    database,
    workspaces.map(({ id }) => id),
  )
  return workspaces.map((workspace) => describe(workspace, edits.get(workspace.id)))
}

async function describeOne({ database }: ApiOptions, workspace: Workspace): Promise<WorkspaceAnswer> {
  return describe(workspace, await readEdit(database, settingsOf(workspace.id)))
}

function describe(workspace: Workspace, edit: Edit | undefined): WorkspaceAnswer {
  const { slug, name, kind, isDemo, createdAt, status, zone, currency, country } = workspace
  return {
    ...{ slug, name, kind, isDemo, createdAt: createdAt.toISOString(), status, zone, currency, country },
    ...describeEdit(edit),
  }
}

function toRefusal(error: unknown, exists: string): unknown {
  if (error instanceof AlreadyExists)
    return new RefusalError(409, 'already_exists', exists, { path: 'slug', cause: error })
  if (error instanceof TooMany) return new RefusalError(400, 'too_many', error.message, { cause: error })
  return error
}
