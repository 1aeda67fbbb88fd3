import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Workspace } from '../stores/registry.ts'
import type { ApiOptions } from './api-context.ts'
import { registerAudiences } from './audience-routes.ts'
import { registerIdentity } from './identity-routes.ts'
import { registerPipeline } from './pipeline-routes.ts'
import { registerProfiles } from './profile-routes.ts'
import { RefusalError } from './refusal-error.ts'
import { registerUndo } from './undo-routes.ts'
import { registerWhy } from './why-routes.ts'

// what the contract promises and a later issue brings
const LATER: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string])[] = [
  ['POST', '/v1/destinations'],
  ['POST', '/v1/connections'],
  ['GET', '/v1/deliveries'],
  ['POST', '/v1/deliveries/replay'],
]

/** The API behind the API key. */
export function registerApi(app: FastifyInstance, options: ApiOptions): void {
  app.decorateRequest('workspace', undefined as unknown as Workspace)
  app.addHook('onRequest', async (request) => {
    // by route, since a path may be written in other ways, with escapes or with a host in front; and by path, so that
    // nobody without a key learns which addresses exist
    const places = [request.routeOptions.url, request.url]
    if (!places.some((place) => place?.startsWith('/v1/'))) return
    request.workspace = await authenticate(request, options)
  })

  registerProfiles(app, options)
  registerPipeline(app, options)
  registerIdentity(app, options)
  registerUndo(app, options)
  registerAudiences(app, options)
  registerWhy(app, options)
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

async function authenticate(request: FastifyRequest, options: ApiOptions): Promise<Workspace> {
  const [scheme = '', key = ''] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    throw new RefusalError(
      401,
      'missing_api_key',
      'Send the API key in the Authorization header: "Bearer KEY".',
    )
  }
  const workspace = options.registry.workspaceOfApiKey(key)
  if (workspace !== undefined) {
    await options.limits.checkApi(key)
    return workspace
  }
  await options.limits.checkWrongKey(request.socket.remoteAddress ?? '')
  if (options.registry.sourceOfWriteKey(key) !== undefined) {
    throw new RefusalError(403, 'wrong_key_kind', 'This is a write key; reading needs an API key.')
  }
  throw new RefusalError(401, 'invalid_api_key', 'This API key is not known.')
}
