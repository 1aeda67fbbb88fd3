import * as api from '@affluent/protocol/endpoints/catalogue'
import type { FastifyInstance } from 'fastify'
import { readLastFragment } from '../log/cursors.ts'
import { type ApiOptions, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import {
  listEventNames,
  listNamespacesInUse,
  listProperties,
  listPropertyValues,
  listTraits,
  listTraitValues,
  type Subject,
} from './catalogue-view.ts'

/** Names and values that there are, to choose from. */
export function registerCatalogue(app: FastifyInstance, options: ApiOptions): void {
  const asOf = () => new Date(options.now()).toISOString()

  serve(app, api.getCatalogue, async (request, reply) => {
    const { workspace } = request
    const reads = readsFor(options, request, reply)
    return {
      events: await listEventNames(reads, workspace.id),
      traits: await listTraits(reads, await subjectOf(options, workspace)),
      identifiers: await listNamespacesInUse(reads, workspace.id),
      asOf: asOf(),
    }
  })

  serve(app, api.listEventProperties, async (request, reply) => {
    const { workspace, query } = request
    const reads = readsFor(options, request, reply)
    const event = { name: query.event, type: query.type }
    return {
      ...(await listProperties(reads, await subjectOf(options, workspace), event)),
      asOf: asOf(),
    }
  })

  serve(app, api.listCatalogueValues, async (request, reply) => {
    const { workspace, query } = request
    const reads = readsFor(options, request, reply)
    const { trait, event, type, property, prefix = '' } = query
    const subject = await subjectOf(options, workspace)
    if (trait !== undefined && event === undefined && property === undefined)
      return { ...(await listTraitValues(reads, subject, trait, prefix)), asOf: asOf() }
    if (trait === undefined && event !== undefined && property !== undefined) {
      const what = { name: event, type, property }
      return { ...(await listPropertyValues(reads, subject, what, prefix)), asOf: asOf() }
    }
    const message = 'Ask for "trait", or for "event" and "property".'
    throw new ApiError(400, 'invalid_request', message, { path: 'trait' })
  })
}

/** What a question about names and values of a workspace is about. */
export async function subjectOf(options: ApiOptions, { id }: Workspace): Promise<Subject> {
  return {
    workspace: id,
    lastFragment: await readLastFragment(options.database, id),
    loaded: options.progress(id)?.loaded.position ?? 0,
  }
}
