import { cutAddress } from '@affluent/core/event/network-address'
import { OPEN_BODY_BYTES_MAX } from '@affluent/protocol/limits'
import { z } from '@affluent/protocol/schema'
import {
  type ListedSession,
  passwordChange,
  sessionAnswer,
  sessionChange,
  sessionParams,
  sessionsAnswer,
  signInBody,
} from '@affluent/protocol/session-api'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isCommonPassword } from '../access/common-passwords.ts'
import { deviceOf } from '../access/device-of.ts'
import { TooManyPasswords } from '../access/password-hashes.ts'
import type { Session, SessionRecord } from '../access/sessions.ts'
import { type ApiOptions, ERRORS, typed } from './api-context.ts'
import { refuseForeignOrigin } from './authenticate.ts'
import { RefusalError } from './refusal-error.ts'
import {
  deviceCookie,
  NO_SESSION_COOKIE,
  readDeviceCookie,
  readSessionCookie,
  sessionCookie,
} from './session-cookie.ts'

const TAGS = ['Access']
const SECURITY = [{ session: [] }]

/** Signing in to the console, and out; a member's sessions and password. */
export function registerSession(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { sessions, devices, clients, limits, log, passwordIsFixed } = options
  const describe = ({ member, csrf, expiresAt }: Session) => {
    const { email, name, language } = member
    return {
      session: {
        member: { email, name, language },
        ...{ csrf, expiresAt: new Date(expiresAt).toISOString(), passwordIsFixed },
      },
    }
  }

  api.route({
    method: 'POST',
    url: '/v1/session',
    config: { access: 'anyone' },
    bodyLimit: OPEN_BODY_BYTES_MAX,
    schema: {
      summary: 'Signs a team member in: sets the session cookie',
      tags: TAGS,
      security: [],
      body: signInBody,
      response: { 200: sessionAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      refuseForeignOrigin(request)
      const { email, password } = request.body
      const { cookie, 'user-agent': userAgent } = request.headers
      const [address, isHttps] = [clients.addressOf(request.raw), clients.isHttps(request.raw)]
      const account = email.toLowerCase()
      const device = devices.recognise(readDeviceCookie(cookie, isHttps), account)
      const counted = await limits.checkSignIn({ address, account, device })
      const origin = { device: deviceOf(userAgent), address: cutAddress(address) }
      const session = await sessions.begin(email, password, origin).catch(toRefusal)
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
      return describe(session)
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/session',
    config: { access: 'member' },
    schema: {
      summary: 'Who is signed in',
      tags: TAGS,
      security: SECURITY,
      response: { 200: sessionAnswer, ...ERRORS },
    },
    handler: async (request) => describe(sessionOf(request)),
  })

  api.route({
    method: 'PUT',
    url: '/v1/session',
    config: { access: 'member' },
    schema: {
      summary: 'Changes the name or the language of who is signed in',
      tags: TAGS,
      security: SECURITY,
      body: sessionChange,
      response: { 200: sessionAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const session = sessionOf(request)
      const { name = session.member.name, language = session.member.language } = request.body
      return describe({ ...session, member: await sessions.changeMember(session.member, { name, language }) })
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/session',
    config: { access: 'member' },
    schema: {
      summary: 'Signs out',
      tags: TAGS,
      security: SECURITY,
      response: { 204: z.null(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const session = sessionOf(request)
      await sessions.end(session.token)
      log.info('signed_out', { member: session.member.id })
      return reply.header('set-cookie', NO_SESSION_COOKIE).code(204).send(null)
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/session/password',
    config: { access: 'member' },
    schema: {
      summary: 'Gives who is signed in another password; their other sessions end',
      tags: TAGS,
      security: SECURITY,
      body: passwordChange,
      response: { 204: z.null(), ...ERRORS },
    },
    handler: async (request, reply) => {
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
        throw new RefusalError(400, 'common_password', message, { path: 'newPassword' })
      }
      if (!(await sessions.changePassword(session, password, newPassword).catch(toRefusal)))
        throw wrongPassword('The present password is not right.')
      await counted.forgive()
      log.info('password_changed', { member: session.member.id })
      return reply.code(204).send(null)
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/sessions',
    config: { access: 'member' },
    schema: {
      summary: 'Where who is signed in is signed in, the latest used first',
      tags: TAGS,
      security: SECURITY,
      response: { 200: sessionsAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const own = sessionOf(request)
      return { sessions: (await sessions.list(own.member)).map((each) => toListed(each, own)) }
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/sessions',
    config: { access: 'member' },
    schema: {
      summary: 'Ends all other sessions of who is signed in',
      tags: TAGS,
      security: SECURITY,
      response: { 204: z.null(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const own = sessionOf(request)
      await sessions.endOthers(own)
      log.info('other_sessions_ended', { member: own.member.id })
      return reply.code(204).send(null)
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/sessions/:id',
    config: { access: 'member' },
    schema: {
      summary: 'Ends one session of who is signed in',
      tags: TAGS,
      security: SECURITY,
      params: sessionParams,
      response: { 204: z.null(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const own = sessionOf(request)
      const { id } = request.params
      if (!(await sessions.endOne(own.member, numberOfId(id))))
        throw new RefusalError(404, 'not_found', `There is no session "${id}" of yours.`)
      log.info('session_ended', { member: own.member.id })
      if (numberOfId(id) === own.id) reply.header('set-cookie', NO_SESSION_COOKIE)
      return reply.code(204).send(null)
    },
  })
}

function sessionOf({ caller }: FastifyRequest): Session {
  if (caller.kind !== 'member') throw new Error('This route lets team members in only.')
  return caller.session
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

function wrongPassword(message: string): RefusalError {
  return new RefusalError(401, 'wrong_password', message)
}

function toRefusal(error: unknown): never {
  if (!(error instanceof TooManyPasswords)) throw error
  const message = 'Too many people sign in at this moment. Try again in 5 s.'
  throw new RefusalError(429, 'too_many_attempts', message, { retryAfterSeconds: 5, cause: error })
}
