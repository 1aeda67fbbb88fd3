import { pipelineAnswer } from '@affluent/protocol/api'
import type { FastifyInstance } from 'fastify'
import { type ApiOptions, ERRORS, readsFor, SECURITY, typed } from './api-context.ts'

/** How the workspace's events fare, in counts. */
export function registerPipeline(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)

  api.route({
    method: 'GET',
    url: '/v1/pipeline',
    schema: {
      summary: 'Running counts of the workspace, which survive restarts',
      tags: ['Operations'],
      security: SECURITY,
      response: { 200: pipelineAnswer, ...ERRORS },
    },
    handler: (request, reply) => options.pipeline(request.workspace.id, readsFor(options, request, reply)),
  })
}
