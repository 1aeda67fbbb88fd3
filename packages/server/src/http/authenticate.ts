import { FRESH_SIGN_IN_MS_MAX } from '@affluent/protocol/limits'
import type { Scope } from '@affluent/protocol/scope'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasCsrf, type Session } from '../access/sessions.ts'
import type { ApiKey, Workspace } from '../stores/registry.ts'
import type { ApiOptions } from './api-context.ts'
import { isForeign } from './foreign-origin.ts'
import { scopeOf } from './key-scopes.ts'
import { RefusalError } from './refusal-error.ts'
import { readSessionCookie } from './session-cookie.ts'

/** Who asks: an API key of one workspace, or a team member, who sees all of them. */
export type Caller =
  | { readonly kind: 'key'; readonly name: string; readonly workspace: Workspace }
  | { readonly kind: 'member'; readonly session: Session }

/**
 * Whom a route lets in: whoever has a key or a session, in one workspace (the default); the same, in none; team members only, in one workspace or in none;
 * anyone.
 */
export type Access = 'workspace' | 'caller' | 'workspace_member' | 'member' | 'anyone'

declare module 'fastify' {
  interface FastifyRequest {
    workspace: Workspace
    caller: Caller
  }
  interface FastifyContextConfig {
    access?: Access
    /** the member must have given the password lately */
    freshSignIn?: boolean
    /** what an API key needs here; undefined: no key is let in */
    scope?: Scope
  }
}

interface Wanted {
  readonly access: Access
  readonly freshSignIn: boolean
  readonly scope: Scope | undefined
}

/** Puts the check before every route of the API. */
export function registerAuthentication(app: FastifyInstance, options: ApiOptions): void {
  app.decorateRequest('workspace', undefined as unknown as Workspace)
  app.decorateRequest('caller')
  app.addHook('onRoute', (route) => {
    const { access = 'workspace' } = route.config ?? {}
    if (!route.url.startsWith('/v1/') || !isForKeys(access) || route.schema?.hide === true) return
    const scope = scopeOf(String(route.method), route.url)
    route.config = { ...route.config, scope }
    // the description says it too
    const security = route.schema?.security?.map((scheme) =>
      'apiKey' in scheme ? { apiKey: [scope] } : scheme,
    )
    if (security !== undefined) route.schema = { ...route.schema, security }
  })
  app.addHook('onRequest', async (request) => {
    // by route, since a path may be written in other ways, with escapes or with a host in front; and by path, so that
    // nobody without a key or a session learns which addresses exist
    const places = [request.routeOptions.url, request.url]
    if (!places.some((place) => place?.startsWith('/v1/'))) return
    const { access = 'workspace', freshSignIn = false, scope } = request.routeOptions.config ?? {}
    // a browser asks without a key whether a page of another site may: it may not, which "nothing here" says without telling whether there is
    if (access === 'anyone' || request.method === 'OPTIONS') return
    request.caller = await findCaller(request, { access, freshSignIn, scope }, options)
    const isInWorkspace = access === 'workspace' || access === 'workspace_member'
    if (!isInWorkspace || request.routeOptions.url === undefined) return
    request.workspace = workspaceOf(request, request.caller, options)
  })
}

/**
 * Refuses what a page of another site asks for: a browser says in `Origin` where the page came from.
 * @throws RefusalError 403
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (!isForeign(request.headers)) return
  const message = 'This comes from a page of another site. A proxy in front must pass the Host header on.'
  throw new RefusalError(403, 'foreign_origin', message)
}

function isForKeys(access: Access): boolean {
  return access === 'workspace' || access === 'caller'
}

async function findCaller(request: FastifyRequest, wanted: Wanted, options: ApiOptions): Promise<Caller> {
  const { authorization, cookie } = request.headers
  const { access } = wanted
  if (authorization !== undefined && isForKeys(access)) {
    const { name, workspace, scopes } = await readApiKey(request, authorization, options)
    if (wanted.scope !== undefined && !scopes.has(wanted.scope)) throw notAllowed(wanted.scope)
    return { kind: 'key', name, workspace }
  }
  const token = readSessionCookie(cookie, options.clients.isHttps(request.raw))
  const session = token === undefined ? undefined : await options.sessions.use(token)
  if (session !== undefined) {
    await options.limits.checkApi(`member ${session.member.id}`)
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForged(request, session)
    if (wanted.freshSignIn && options.now() - session.signedInAt >= FRESH_SIGN_IN_MS_MAX) throw signInAgain()
    return { kind: 'member', session }
  }
  if (authorization !== undefined) {
    await readApiKey(request, authorization, options)
    if (wanted.freshSignIn) throw signInAgain()
    const message = 'Only a team member may do this, and an API key is none. Sign in to the console.'
    throw new RefusalError(403, 'session_needed', message)
  }
  const isConsole = token !== undefined || request.headers['affluent-workspace'] !== undefined
  if (isConsole || !isForKeys(access))
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

async function readApiKey(
  request: FastifyRequest,
  authorization: string,
  options: ApiOptions,
): Promise<ApiKey> {
  const [scheme = '', key = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    const message = 'Send the API key in the Authorization header: "Bearer KEY".'
    throw new RefusalError(401, 'missing_api_key', message)
  }
  const { registry, limits, log } = options
  if (registry.isStale) await registry.refresh().catch(cannotCheck)
  const found = registry.apiKey(key)
  if (found !== undefined) {
    await limits.checkApi(key)
    if (!isForeign(request.headers)) return found
    log.warn('api_key_exposed', { key: found.id, origin: request.headers.origin })
    const message = 'An API key must not be used from a browser, where anybody can read it: replace it.'
    throw new RefusalError(403, 'wrong_key_kind', message)
  }
  await limits.checkWrongKey(options.clients.addressOf(request.raw))
  if (registry.sourceOfWriteKey(key) !== undefined) {
    throw new RefusalError(403, 'wrong_key_kind', 'This is a write key; reading needs an API key.')
  }
  // the same words for all of them: a stranger must not learn that a key was good once
  const message =
    'This API key is not known: it may be mistyped, at its end or revoked. Settings of the console and `npm run keys` make new ones.'
  throw new RefusalError(401, 'invalid_api_key', message)
}

/** Cut off from the database, nobody can say whether a key is still good. */
function cannotCheck(cause: unknown): never {
  const message = 'API keys cannot be checked now: PostgreSQL does not answer. Try again in 5 s.'
  throw new RefusalError(503, 'not_ready', message, { retryAfterSeconds: 5, cause })
}

function notAllowed(needs: Scope): RefusalError {
  const message = `This API key has not the scope "${needs}". Use a key that has it, or make one in Settings of the console.`
  return new RefusalError(403, 'not_allowed', message, { needs })
}

function signInAgain(): RefusalError {
  const minutes = FRESH_SIGN_IN_MS_MAX / 60_000
  const message = `This needs a team member who has signed in within the last ${minutes} minutes: sign in again. A key cannot do it.`
  return new RefusalError(403, 'sign_in_again', message)
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
