import { cutAddress } from '@affluent/core/event/network-address'
import type { ListedSession, SessionAnswer } from '@affluent/protocol/endpoints/sessions'
import * as api from '@affluent/protocol/endpoints/sessions'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError } from '../platform/http/api-error.ts'
import type { Session } from '../platform/http/caller.ts'
import { type Served, serve } from '../platform/http/serve.ts'
import { acceptInvitation, checkNewPassword, findInvitation, invalidInvitation } from './accept-invitation.ts'
import type { AccessApi } from './access-api.ts'
import { refuseForeignOrigin } from './authenticate.ts'
import { isCommonPassword } from './common-passwords.ts'
import { deviceOf } from './device-of.ts'
import { TooManyPasswords } from './password-hashes.ts'
import { findReset, type Reset, takeReset } from './password-reset-store.ts'
import {
  deviceCookie,
  NO_SESSION_COOKIE,
  readDeviceCookie,
  readSessionCookie,
  sessionCookie,
} from './session-cookie.ts'
import { sessionOf } from './session-of.ts'
import type { SessionRecord } from './sessions.ts'

/** Signing in to the console, and out; a member's sessions and password. */
export function registerSession(app: FastifyInstance, options: AccessApi): void {
  const { sessions, log } = options

  serve(app, api.signIn, (request, reply) => begin(options, request, reply))

  serve(app, api.getSession, (request) => describe(options, sessionOf(request)))

  serve(app, api.updateSession, async (request) => {
    const session = sessionOf(request)
    const { name = session.member.name, language = session.member.language } = request.body
    return describe(options, {
      ...session,
      member: await sessions.changeMember(session.member, { name, language }),
    })
  })

  serve(app, api.viewAs, async (request) => {
    const session = sessionOf(request)
    const viewAs = request.body.role === 'owner' ? null : request.body.role
    if (!(await sessions.viewAs(session, viewAs))) {
      const message = 'Only who owns a workspace can view it as another role.'
      throw new ApiError(403, 'not_allowed', message, { needs: 'owner' })
    }
    log.info('view_as', { member: session.member.id, role: viewAs })
    return describe(options, { ...session, viewAs })
  })

  serve(app, api.signOut, async (request, reply) => {
    const session = sessionOf(request)
    await sessions.end(session.token)
    log.info('signed_out', { member: session.member.id })
    reply.header('set-cookie', NO_SESSION_COOKIE)
  })

  serve(app, api.changePassword, (request) => changePassword(options, request))

  serve(app, api.listSessions, async (request) => {
    const own = sessionOf(request)
    return { sessions: (await sessions.list(own.member)).map((each) => toListed(each, own)) }
  })

  serve(app, api.endOtherSessions, async (request) => {
    const own = sessionOf(request)
    await sessions.endOthers(own)
    log.info('other_sessions_ended', { member: own.member.id })
  })

  serve(app, api.endSession, async (request, reply) => {
    const own = sessionOf(request)
    const { id } = request.params
    if (!(await sessions.endOne(own.member, numberOfId(id))))
      throw new ApiError(404, 'not_found', `There is no session "${id}" of yours.`)
    log.info('session_ended', { member: own.member.id })
    if (numberOfId(id) === own.id) reply.header('set-cookie', NO_SESSION_COOKIE)
  })
}

async function changePassword(options: AccessApi, request: Served<typeof api.changePassword>) {
  const { clients, limits, log, sessions } = options
  const session = sessionOf(request)
  const { password, newPassword } = request.body
  // whoever has got hold of a session may guess no more than a stranger
  const counted = await limits.checkSignIn({
    address: clients.addressOf(request.raw),
    account: session.member.email,
    device: `session ${session.id}`,
  })
  if (await isCommonPassword(newPassword)) {
    const message = 'This password is one of those that are tried first. Choose another one.'
    throw new ApiError(400, 'common_password', message, { path: 'newPassword' })
  }
  if (!(await sessions.changePassword(session, password, newPassword).catch(toApiError)))
    throw wrongPassword('The present password is not right.')
  await counted.forgive()
  log.info('password_changed', { member: session.member.id })
}

async function begin(options: AccessApi, request: Served<typeof api.signIn>, reply: FastifyReply) {
  const { clients, devices, limits, log, sessions } = options
  refuseForeignOrigin(request)
  const { email, invitation: token, reset: secret, password, name } = request.body
  const { cookie, 'user-agent': userAgent } = request.headers
  const [address, isHttps] = [clients.addressOf(request.raw), clients.isHttps(request.raw)]
  const invitation =
    token === undefined ? undefined : await findInvitation(options.database, token, options.now())
  // one that is not known belongs to nobody: only its address counts
  const reset = secret === undefined ? undefined : await findReset(options.database, secret, options.now())
  const account = (invitation?.email ?? reset?.email ?? email ?? `secret from ${address}`).toLowerCase()
  const device = devices.recognise(readDeviceCookie(cookie, isHttps), account)
  const counted = await limits.checkSignIn({ address, account, device })
  const origin = { device: deviceOf(userAgent), address: cutAddress(address) }
  if (token !== undefined && invitation === undefined) throw invalidInvitation()
  if (invitation !== undefined) {
    await acceptInvitation(options, invitation, { password, name }).catch(toApiError)
    log.info('invitation_accepted')
  }
  if (secret !== undefined) {
    if (reset === undefined) throw invalidReset()
    await renewPassword(options, reset, password).catch(toApiError)
    log.info('password_reset')
  }
  const session = await sessions.begin(account, password, origin).catch(toApiError)
  if (session === undefined) {
    log.warn('sign_in_refused')
    throw wrongPassword('The e-mail address or the password is not right.')
  }
  await counted.forgive()
  const former = readSessionCookie(cookie, isHttps)
  if (former !== undefined) await sessions.end(former)
  log.info('signed_in', { member: session.member.id })
  const cookies = [sessionCookie(session.token, isHttps)]
  if (device === undefined) cookies.push(deviceCookie(devices.mark(account), isHttps))
  reply.header('set-cookie', cookies)
  return describe(options, session)
}

/** @throws ApiError 400, 401; TooManyPasswords */
async function renewPassword(
  { database, passwords, now }: AccessApi,
  reset: Reset,
  password: string,
): Promise<void> {
  await checkNewPassword(password)
  const hash = await passwords.hash(password)
  if (!(await takeReset(database, reset, hash, now()))) throw invalidReset()
}

function invalidReset(): ApiError {
  const message =
    'This link to a new password is not known: it was used, or its hour is over. Ask for another one.'
  return new ApiError(401, 'invalid_reset', message, { path: 'reset' })
}

function describe(
  { passwordIsFixed }: AccessApi,
  { member, csrf, expiresAt, viewAs }: Session,
): { session: SessionAnswer } {
  const { email, name, language } = member
  const ends = new Date(expiresAt).toISOString()
  return { session: { member: { email, name, language }, csrf, expiresAt: ends, passwordIsFixed, viewAs } }
}

function toListed({ id, device, address, createdAt, usedAt }: SessionRecord, own: Session): ListedSession {
  return {
    id: `ses_${id}`,
    ...{ device, address },
    since: createdAt.toISOString(),
    lastSeen: usedAt.toISOString(),
    isCurrent: id === own.id,
  }
}

function wrongPassword(message: string): ApiError {
  return new ApiError(401, 'wrong_password', message)
}

function toApiError(error: unknown): never {
  if (!(error instanceof TooManyPasswords)) throw error
  const message = 'Too many people sign in at this moment. Try again in 5 s.'
  throw new ApiError(429, 'too_many_attempts', message, { retryAfterSeconds: 5, cause: error })
}
