import { readQuery } from '@affluent/protocol/api'
import { graphAnswer } from '@affluent/protocol/graph-api'
import type { FastifyInstance } from 'fastify'
import { viewGraph } from '../stores/graph-view.ts'
import { type ApiOptions, ERRORS, ledgerReader, readsFor, SECURITY, typed } from './api-context.ts'
import { findPerson } from './profile-routes.ts'

/** What a person is made of. */
export function registerGraph(app: FastifyInstance, options: ApiOptions): void {
  typed(app).route({
    method: 'GET',
    url: '/v1/profiles/:id/graph',
    schema: {
      summary: 'The fragments of a person, and the merges that join them',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: readQuery,
      response: { 200: graphAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { members } = await findPerson(request, options)
      const reads = readsFor(options, request, reply)
      return viewGraph(ledgerReader(options, request.workspace, reads), members, options.now())
    },
  })
}
