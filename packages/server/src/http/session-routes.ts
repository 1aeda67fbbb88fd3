import { OPEN_BODY_BYTES_MAX } from '@affluent/protocol/limits'
import { z } from '@affluent/protocol/schema'
import { sessionAnswer, sessionChange, signInBody } from '@affluent/protocol/session-api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TooManyPasswords } from '../access/password-hashes.ts'
import type { Session } from '../access/sessions.ts'
import { type ApiOptions, ERRORS, typed } from './api-context.ts'
import { refuseForeignOrigin } from './authenticate.ts'
import { RefusalError } from './refusal-error.ts'
import { NO_SESSION_COOKIE, readSessionCookie, sessionCookie } from './session-cookie.ts'

const TAGS = ['Access']
const SECURITY = [{ session: [] }]

/** Signing in to the console, and out. */
export function registerSession(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { sessions, limits, log } = options

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
      const counted = await limits.checkSignIn(request.socket.remoteAddress ?? '', email.toLowerCase())
      const session = await sessions.begin(email, password).catch((error: unknown) => {
        if (error instanceof TooManyPasswords) throw tooManyAtOnce(error)
        throw error
      })
      if (session === undefined) {
        log.warn('sign_in_refused')
        throw new RefusalError(401, 'wrong_password', 'The e-mail address or the password is not right.')
      }
      await counted.forgive()
      const former = readSessionCookie(request.headers.cookie)
      if (former !== undefined) await sessions.end(former)
      log.info('signed_in', { member: session.member.id })
      const isSecure = request.headers.origin?.startsWith('https:') === true
      reply.header('set-cookie', sessionCookie(session.token, isSecure))
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
}

function sessionOf({ caller }: FastifyRequest): Session {
  if (caller.kind !== 'member') throw new Error('This route lets team members in only.')
  return caller.session
}

function describe({ member, csrf, expiresAt }: Session) {
  const { email, name, language } = member
  return {
    session: { member: { email, name, language }, csrf, expiresAt: new Date(expiresAt).toISOString() },
  }
}

function tooManyAtOnce(cause: unknown): RefusalError {
  const message = 'Too many people sign in at this moment. Try again in 5 s.'
  return new RefusalError(429, 'too_many_attempts', message, { retryAfterSeconds: 5, cause })
}
