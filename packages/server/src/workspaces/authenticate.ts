import { type Endpoint, isForMembers } from '@affluent/protocol/endpoint'
import { FRESH_SIGN_IN_MS_MAX } from '@affluent/protocol/limits'
import { type Permission, rolesOf, scopeOf, seenAs } from '@affluent/protocol/permission'
import { ROLE_NAMES, type Role } from '@affluent/protocol/role'
import type { Scope } from '@affluent/protocol/scope'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../platform/http/api-error.ts'
import {
  type Caller,
  MASKED,
  type MemberCaller,
  PLAIN,
  type Session,
  type Sight,
} from '../platform/http/caller.ts'
import { isForeign } from '../platform/http/foreign-origin.ts'
import type { ApiKey, Workspace } from '../platform/workspace/registry.ts'
import type { AccessApi } from './access-api.ts'
import { readSessionCookie } from './session-cookie.ts'
import { hasCsrf } from './sessions.ts'

/** Puts the check before every endpoint: who asks is known, and has the permission that the endpoint names. */
export function registerAuthentication(app: FastifyInstance, options: AccessApi): void {
  app.decorateRequest('workspace', undefined as unknown as Workspace)
  app.decorateRequest('caller')
  app.decorateRequest('sight', undefined as unknown as Sight)
  app.addHook('onRequest', async (request) => {
    // by route, since a path may be written in other ways, with escapes or with a host in front; and by path, so that
    // nobody without a key or a session learns which addresses exist
    const places = [request.routeOptions.url, request.url]
    if (!places.some((place) => place?.startsWith('/v1/'))) return
    const { endpoint } = request.routeOptions.config ?? {}
    request.sight = MASKED
    // a browser asks without a key whether a page of another site may: it may not, which "nothing here" says without
    // telling whether there is
    if (endpoint?.access === 'anyone' || request.method === 'OPTIONS') return
    request.caller = await findCaller(request, endpoint, options)
    if (endpoint !== undefined) admit(request, endpoint, request.caller, options)
  })
}

/**
 * Refuses what a page of another site asks for: a browser says in `Origin` where the page came from.
 * @throws ApiError 403
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (!isForeign(request.headers)) return
  const message = 'This comes from a page of another site. A proxy in front must pass the Host header on.'
  throw new ApiError(403, 'foreign_origin', message)
}

/**
 * Lets a known caller pass to an endpoint, in the workspace that the request names, when a role of theirs has its
 * permission.
 */
function admit(request: FastifyRequest, endpoint: Endpoint, caller: Caller, options: AccessApi): void {
  const { access, permission, freshSignIn } = endpoint
  if (caller.kind === 'key') {
    // what the key's scopes open is checked with the key
    if (access === 'workspace') request.workspace = caller.workspace
    request.sight = PLAIN
    return
  }
  if (access === 'workspace') request.workspace = workspaceOf(request, caller, options)
  const roles = rolesFor(request, endpoint, caller, options)
  checkRole(permission, roles)
  request.sight = sightOf(permission, roles ?? [])
  if (freshSignIn && options.now() - caller.session.signedInAt >= FRESH_SIGN_IN_MS_MAX) throw signInAgain()
}

/**
 * The roles that count for a call: the one in the workspace in which it takes place or that its path names, else all.
 */
function rolesFor(
  { params, workspace }: FastifyRequest,
  { access, path }: Endpoint,
  { roles }: MemberCaller,
  { registry }: AccessApi,
): readonly Role[] | undefined {
  if (access === 'account' && !path.includes('{slug}')) return [...roles.values()]
  const named =
    access === 'workspace' ? workspace : registry.workspaceBySlug((params as { slug: string }).slug)
  const role = named === undefined ? undefined : roles.get(named.id)
  return role === undefined ? undefined : [role]
}

/**
 * @param roles undefined: the path names a workspace that is not there for this member, which the handler says
 * @throws ApiError 403 `not_allowed` when none of the roles has the permission
 */
function checkRole(permission: Permission, roles: readonly Role[] | undefined): void {
  const needed = rolesOf(permission)
  if (needed === null || roles === undefined || roles.some((role) => needed.includes(role))) return
  const names = needed.map((role) => ROLE_NAMES[role]).join(', ')
  const message = `This needs one of the roles: ${names}. An owner of the workspace can give it.`
  throw new ApiError(403, 'not_allowed', message, { needs: permission })
}

/** How the roles that let somebody in show people: the best of them. */
function sightOf(permission: Permission, roles: readonly Role[]): Sight {
  const may = (asked: Permission) => roles.some((role) => seenAs(asked, role) === 'plain')
  const isPlain = rolesOf(permission) === null || may(permission)
  if (isPlain) return PLAIN
  return { isMasked: true, maySearch: may('personal-values:search'), mayAsk: may('personal-values:ask') }
}

/** @param endpoint undefined: an address at which there is nothing */
async function findCaller(
  request: FastifyRequest,
  endpoint: Endpoint | undefined,
  options: AccessApi,
): Promise<Caller> {
  const { authorization, cookie } = request.headers
  const isForKeys = endpoint === undefined || !isForMembers(endpoint)
  if (authorization !== undefined && isForKeys) {
    const { name, workspace, scopes } = await readApiKey(request, authorization, options)
    const needs = endpoint === undefined ? null : scopeOf(endpoint.permission)
    if (needs !== null && !scopes.has(needs)) throw notAllowed(needs)
    return { kind: 'key', name, workspace }
  }
  const token = readSessionCookie(cookie, options.clients.isHttps(request.raw))
  const member = token === undefined ? undefined : await options.sessions.use(token)
  if (member !== undefined) {
    const { session } = member
    await options.limits.checkApi(`member ${session.member.id}`)
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForged(request, session)
    return member
  }
  if (authorization !== undefined) {
    await readApiKey(request, authorization, options)
    if (endpoint?.freshSignIn === true) throw signInAgain()
    const message = 'Only a team member may do this, and an API key is none. Sign in to the console.'
    throw new ApiError(403, 'session_needed', message)
  }
  const isConsole = token !== undefined || request.headers['affluent-workspace'] !== undefined
  if (isConsole || !isForKeys)
    throw new ApiError(401, 'not_signed_in', 'Nobody is signed in, or the session has ended: sign in.')
  const message = 'Send the API key in the Authorization header: "Bearer KEY".'
  throw new ApiError(401, 'missing_api_key', message)
}

/** A browser sends the cookie with whatever a foreign page makes it ask; the second secret it does not. */
function refuseForged(request: FastifyRequest, session: Session): void {
  refuseForeignOrigin(request)
  const sent = request.headers['affluent-csrf']
  if (hasCsrf(session, typeof sent === 'string' ? sent : undefined)) return
  const message = 'Send "csrf" of GET /v1/session in the header Affluent-Csrf.'
  throw new ApiError(403, 'invalid_csrf_token', message, { path: 'Affluent-Csrf' })
}

async function readApiKey(
  request: FastifyRequest,
  authorization: string,
  options: AccessApi,
): Promise<ApiKey> {
  const [scheme = '', key = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    const message = 'Send the API key in the Authorization header: "Bearer KEY".'
    throw new ApiError(401, 'missing_api_key', message)
  }
  const { registry, limits, log } = options
  if (registry.isStale) await registry.refresh().catch(cannotCheck)
  const found = registry.apiKey(key)
  if (found !== undefined) {
    await limits.checkApi(key)
    if (!isForeign(request.headers)) return found
    log.warn('api_key_exposed', { key: found.id, origin: request.headers.origin })
    const message = 'An API key must not be used from a browser, where anybody can read it: replace it.'
    throw new ApiError(403, 'wrong_key_kind', message)
  }
  await limits.checkWrongKey(options.clients.addressOf(request.raw))
  if (registry.sourceOfWriteKey(key) !== undefined) {
    throw new ApiError(403, 'wrong_key_kind', 'This is a write key; reading needs an API key.')
  }
  // the same words for all of them: a stranger must not learn that a key was good once
  const message =
    'This API key is not known: it may be mistyped, at its end or revoked. Settings of the console and `npm run keys` make new ones.'
  throw new ApiError(401, 'invalid_api_key', message)
}

/** Cut off from the database, nobody can say whether a key is still good. */
function cannotCheck(cause: unknown): never {
  const message = 'API keys cannot be checked now: PostgreSQL does not answer. Try again in 5 s.'
  throw new ApiError(503, 'not_ready', message, { retryAfterSeconds: 5, cause })
}

function notAllowed(needs: Scope): ApiError {
  const message = `This API key has not the scope "${needs}". Use a key that has it, or make one in Settings of the console.`
  return new ApiError(403, 'not_allowed', message, { needs })
}

function signInAgain(): ApiError {
  const minutes = FRESH_SIGN_IN_MS_MAX / 60_000
  const message = `This needs a team member who has signed in within the last ${minutes} minutes: sign in again. A key cannot do it.`
  return new ApiError(403, 'sign_in_again', message)
}

/** @throws ApiError 404 in the same words when there is none and when the member has no role in it */
function workspaceOf(request: FastifyRequest, { roles }: MemberCaller, options: AccessApi): Workspace {
  const path = 'Affluent-Workspace'
  const slug = request.headers['affluent-workspace']
  if (typeof slug !== 'string' || slug === '')
    throw new ApiError(400, 'invalid_request', `Name the workspace in the header ${path}.`, { path })
  const workspace = options.registry.workspaceBySlug(slug)
  if (workspace?.status === 'ready' && roles.has(workspace.id)) return workspace
  throw new ApiError(404, 'unknown_reference', `There is no workspace "${slug}".`, { path })
}
