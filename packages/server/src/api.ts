import type { FastifyInstance } from 'fastify'
import { registerAudiences } from './audiences/audience-routes.ts'
import { registerTrends } from './audiences/trend-routes.ts'
import { registerWhy } from './audiences/why-routes.ts'
import { registerCatalogue } from './catalogue/catalogue-routes.ts'
import { registerConnections } from './delivery/connection-routes.ts'
import type { DeliveryApi } from './delivery/delivery-api.ts'
import { registerDeliveries } from './delivery/delivery-routes.ts'
import { registerDestinations } from './delivery/destination-routes.ts'
import { registerEvents } from './explorer/event-routes.ts'
import type { ExplorerApi } from './explorer/explorer-api.ts'
import { registerOutcomes } from './explorer/outcome-routes.ts'
import { registerPipeline } from './explorer/pipeline-routes.ts'
import { registerIdentity } from './identity/identity-routes.ts'
import { registerUndo } from './identity/undo-routes.ts'
import { registerSources } from './ingest/source-routes.ts'
import { registerStrictness } from './platform/http/strict-requests.ts'
import { registerGraph } from './profiles/graph-routes.ts'
import { registerProfiles } from './profiles/profile-routes.ts'
import { registerSearch } from './profiles/search-routes.ts'
import type { AccessApi } from './workspaces/access-api.ts'
import { registerAuthentication } from './workspaces/authenticate.ts'
import { registerKeys } from './workspaces/key-routes.ts'
import { registerSystemMail } from './workspaces/mail-routes.ts'
import { registerMembers } from './workspaces/member-routes.ts'
import { registerPasswordResets } from './workspaces/password-reset-routes.ts'
import { registerSession } from './workspaces/session-routes.ts'
import { registerWorkspaces } from './workspaces/workspace-routes.ts'

/** What the API needs, of every capability. */
export type AllApi = AccessApi & DeliveryApi & ExplorerApi

/** The API behind the API key and the session. */
export function registerApi(app: FastifyInstance, options: AllApi): void {
  registerAuthentication(app, options)
  registerStrictness(app)
  registerSession(app, options)
  registerKeys(app, options)
  registerMembers(app, options)
  registerPasswordResets(app, options)
  registerSystemMail(app, options)
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
}
