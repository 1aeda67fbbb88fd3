import type { FastifyInstance } from 'fastify'
import type { ApiOptions } from './api-context.ts'
import { registerAudiences } from './audience-routes.ts'
import { registerAuthentication } from './authenticate.ts'
import { registerCatalogue } from './catalogue-routes.ts'
import { registerConnections } from './connection-routes.ts'
import { registerDeliveries } from './delivery-routes.ts'
import { registerDestinations } from './destination-routes.ts'
import { registerEvents } from './event-routes.ts'
import { registerGraph } from './graph-routes.ts'
import { registerIdentity } from './identity-routes.ts'
import { registerKeys } from './key-routes.ts'
import { registerOutcomes } from './outcome-routes.ts'
import { registerPipeline } from './pipeline-routes.ts'
import { registerProfiles } from './profile-routes.ts'
import { RefusalError } from './refusal-error.ts'
import { registerSearch } from './search-routes.ts'
import { registerSession } from './session-routes.ts'
import { registerSources } from './source-routes.ts'
import { registerStrictness } from './strict-requests.ts'
import { registerTrends } from './trend-routes.ts'
import { registerUndo } from './undo-routes.ts'
import { registerWhy } from './why-routes.ts'
import { registerWorkspaces } from './workspace-routes.ts'

// what the contract promises and a later issue brings
const LATER: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string])[] = []

/** The API behind the API key and the session. */
export function registerApi(app: FastifyInstance, options: ApiOptions): void {
  registerAuthentication(app, options)
  registerStrictness(app)
  registerSession(app, options)
  registerKeys(app, options)
  registerWorkspaces(app, options)
  registerSources(app, options)
  registerProfiles(app, options)
  registerGraph(app, options)
  registerSearch(app, options)
  registerCatalogue(app, options)
  registerEvents(app, options)
  registerOutcomes(app, options)
  registerPipeline(app, options)
  registerIdentity(app, options)
  registerUndo(app, options)
  registerAudiences(app, options)
  registerTrends(app, options)
  registerWhy(app, options)
  registerDestinations(app, options)
  registerConnections(app, options)
  registerDeliveries(app, options)
  for (const [method, url] of LATER) {
    app.route({
      method,
      url,
      schema: { hide: true },
      handler: async () => {
        throw new RefusalError(400, 'not_available', `${method} ${url} is not available yet.`, { path: url })
      },
    })
  }
}
