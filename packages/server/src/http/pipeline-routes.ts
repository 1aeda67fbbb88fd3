import { outcomesAnswer, outcomesQuery, pipelineAnswer, sourcesAnswer } from '@affluent/protocol/api'
import type { FastifyInstance } from 'fastify'
import { viewOutcomes, viewWarnings } from '../stores/pipeline-view.ts'
import { type ApiOptions, cursorSecret, ERRORS, nameSources, SECURITY, typed } from './api-context.ts'
import { readCursor, signCursor } from './cursor.ts'
import { readLimit } from './read-query.ts'

/** How the workspace's events fare: counts, outcomes, sources. */
export function registerPipeline(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, registry } = options
  const nameOfSource = nameSources(registry)

  api.route({
    method: 'GET',
    url: '/v1/pipeline',
    schema: {
      summary: 'Running counts of the workspace, which survive restarts',
      tags: ['Operations'],
      security: SECURITY,
      response: { 200: pipelineAnswer, ...ERRORS },
    },
    handler: (request) => options.pipeline(request.workspace.id),
  })

  api.route({
    method: 'GET',
    url: '/v1/outcomes',
    schema: {
      summary:
        'Events that were refused, quarantined, filtered or came twice, newest first, with reason and raw bytes',
      tags: ['Operations'],
      security: SECURITY,
      querystring: outcomesQuery,
      response: { 200: outcomesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const limit = readLimit(request.query.limit)
      const secret = cursorSecret(workspace.profileIdKey)
      const [before] = readCursor(secret, 'outcomes', request.query.cursor) ?? []
      const page = { limit, before, outcome: request.query.outcome }
      const outcomes = await viewOutcomes(database, workspace.id, page, nameOfSource)
      const last = outcomes.at(-1)
      const cursor =
        last === undefined || outcomes.length < limit
          ? null
          : signCursor(secret, 'outcomes', [Number(last.id)])
      return { outcomes, cursor }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/sources',
    schema: {
      summary: 'Sources, with what is odd about their events',
      tags: ['Operations'],
      security: SECURITY,
      response: { 200: sourcesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const warnings = await viewWarnings(database, request.workspace.id)
      const sources = registry.sourcesOf(request.workspace.id)
      return {
        sources: sources.map(({ id, slug, name, kind, enabled }) => ({
          ...{ slug, name, kind, enabled },
          warnings: warnings.get(id) ?? [],
        })),
      }
    },
  })
}
