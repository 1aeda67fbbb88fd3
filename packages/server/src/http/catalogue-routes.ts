import {
  catalogueAnswer,
  propertiesAnswer,
  propertiesQuery,
  valuesAnswer,
  valuesQuery,
} from '@affluent/protocol/catalogue-api'
import type { FastifyInstance } from 'fastify'
import {
  listEventNames,
  listNamespacesInUse,
  listProperties,
  listPropertyValues,
  listTraits,
  listTraitValues,
  type Subject,
} from '../stores/catalogue-view.ts'
import { countFragments } from '../stores/people-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, ERRORS, readsFor, SECURITY, typed } from './api-context.ts'
import { RefusalError } from './refusal-error.ts'

/** Names and values that there are, to choose from. */
export function registerCatalogue(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const shared = { tags: ['Catalogue'], security: SECURITY }
  const asOf = () => new Date(options.now()).toISOString()

  api.route({
    method: 'GET',
    url: '/v1/catalogue',
    schema: {
      ...shared,
      summary: 'Events, traits and identifiers that there are',
      response: { 200: catalogueAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace } = request
      const reads = readsFor(options, request, reply)
      return {
        events: await listEventNames(reads, workspace.id),
        traits: await listTraits(reads, await subjectOf(options, workspace)),
        identifiers: await listNamespacesInUse(reads, workspace.id),
        asOf: asOf(),
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/catalogue/properties',
    schema: {
      ...shared,
      summary: 'Properties of one event',
      querystring: propertiesQuery,
      response: { 200: propertiesAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, query } = request
      const reads = readsFor(options, request, reply)
      const event = { name: query.event, type: query.type }
      return {
        ...(await listProperties(reads, await subjectOf(options, workspace), event)),
        asOf: asOf(),
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/catalogue/values',
    schema: {
      ...shared,
      summary: 'Values of one trait, or of one property of an event',
      querystring: valuesQuery,
      response: { 200: valuesAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
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
      throw new RefusalError(400, 'invalid_request', message, { path: 'trait' })
    },
  })
}

/** What a question about names and values of a workspace is about. */
export async function subjectOf(options: ApiOptions, { id }: Workspace): Promise<Subject> {
  return {
    workspace: id,
    lastFragment: await countFragments(options.database, id),
    loaded: options.progress(id)?.loaded.position ?? 0,
  }
}
