import * as api from '@affluent/protocol/endpoints/pipeline'
import type { FastifyInstance } from 'fastify'
import { readsFor } from '../platform/http/api-context.ts'
import { serve } from '../platform/http/serve.ts'
import type { ExplorerApi } from './explorer-api.ts'

/** How the workspace's events fare, in counts. */
export function registerPipeline(app: FastifyInstance, options: ExplorerApi): void {
  serve(app, api.getPipeline, (request, reply) =>
    options.pipeline(request.workspace.id, readsFor(options, request, reply)),
  )
}
