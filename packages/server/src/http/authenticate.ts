import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasCsrf, type Session } from '../access/sessions.ts'
import type { Workspace } from '../stores/registry.ts'
import type { ApiOptions } from './api-context.ts'
import { RefusalError } from './refusal-error.ts'
import { readSessionCookie } from './session-cookie.ts'

/** Who asks: an API key of one workspace, or a team member, who sees all of them. */
export type Caller =
  | { readonly kind: 'key'; readonly workspace: Workspace }
  | { readonly kind: 'member'; readonly session: Session }

/**
 * Whom a route lets in: whoever has a key or a session, in one workspace (the default); the same, in none; team members only; anyone.
 */
export type Access = 'workspace' | 'caller' | 'member' | 'anyone'

declare module 'fastify' {
  interface FastifyRequest {
    workspace: Workspace
    caller: Caller
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

/** Puts the check before every route of the API. */
export function registerAuthentication(app: FastifyInstance, options: ApiOptions): void {
  app.decorateRequest('workspace', undefined as unknown as Workspace)
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    // by route, since a path may be written in other ways, with escapes or with a host in front; and by path, so that
    // nobody without a key or a session learns which addresses exist
    const places = [request.routeOptions.url, request.url]
    if (!places.some((place) => place?.startsWith('/v1/'))) return
    const { access = 'workspace' } = request.routeOptions.config ?? {}
    // a browser asks without a key whether a page of another site may: it may not, which "nothing here" says without telling whether there is
    if (access === 'anyone' || request.method === 'OPTIONS') return
    request.caller = await findCaller(request, access, options)
    if (access !== 'workspace' || request.routeOptions.url === undefined) return
    request.workspace = workspaceOf(request, request.caller, options)
  })
}

/**
 * Refuses what a page of another site asks for: a browser says in `Origin` where the page came from.
 * @throws RefusalError 403
 */
export function refuseForeignOrigin({ headers }: FastifyRequest): void {
  const { origin, host } = headers
  if (origin === undefined) return
  if (URL.canParse(origin) && new URL(origin).host === hostOf(origin, host)) return
  const message = 'This comes from a page of another site. A proxy in front must pass the Host header on.'
  throw new RefusalError(403, 'foreign_origin', message)
}

/** The host as a URL has it: without the port that its scheme implies. */
function hostOf(origin: string, host: string | undefined): string | undefined {
  const url = `${origin.split(':', 1)[0]}://${host ?? ''}`
  return URL.canParse(url) ? new URL(url).host : undefined
}

async function findCaller(request: FastifyRequest, access: Access, options: ApiOptions): Promise<Caller> {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined && access !== 'member')
    return { kind: 'key', workspace: await workspaceOfKey(request, authorization, options) }
  const token = readSessionCookie(cookie)
  const session = token === undefined ? undefined : await options.sessions.use(token)
  if (session !== undefined) {
    await options.limits.checkApi(`member ${session.member.id}`)
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForged(request, session)
    return { kind: 'member', session }
  }
  if (authorization !== undefined) {
    await workspaceOfKey(request, authorization, options)
    const message =
      'Only a team member may do this: an API key belongs to one workspace. Sign in to the console.'
    throw new RefusalError(403, 'session_needed', message)
  }
  const isConsole = token !== undefined || request.headers['affluent-workspace'] !== undefined
  if (isConsole || access === 'member')
    throw new RefusalError(401, 'not_signed_in', 'Nobody is signed in, or the session has ended: sign in.')
  const message = 'Send the API key in the Authorization header: "Bearer KEY".'
  throw new RefusalError(401, 'missing_api_key', message)
}

/** A browser sends the cookie with whatever a foreign page makes it ask; the second secret it does not. */
function refuseForged(request: FastifyRequest, session: Session): void {
  refuseForeignOrigin(request)
  const sent = request.headers['affluent-csrf']
  if (hasCsrf(session, typeof sent === 'string' ? sent : undefined)) return
  const message = 'Send "csrf" of GET /v1/session in the header Affluent-Csrf.'
  throw new RefusalError(403, 'invalid_csrf_token', message, { path: 'Affluent-Csrf' })
}

async function workspaceOfKey(
  request: FastifyRequest,
  authorization: string,
  options: ApiOptions,
): Promise<Workspace> {
  const [scheme = '', key = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    const message = 'Send the API key in the Authorization header: "Bearer KEY".'
    throw new RefusalError(401, 'missing_api_key', message)
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

function workspaceOf(request: FastifyRequest, caller: Caller, options: ApiOptions): Workspace {
  if (caller.kind === 'key') return caller.workspace
  const path = 'Affluent-Workspace'
  const slug = request.headers['affluent-workspace']
  if (typeof slug !== 'string' || slug === '')
    throw new RefusalError(400, 'invalid_request', `Name the workspace in the header ${path}.`, { path })
  const workspace = options.registry.workspaceBySlug(slug)
  if (workspace?.status === 'ready') return workspace
  throw new RefusalError(404, 'unknown_reference', `There is no workspace "${slug}".`, { path })
}
