import { endpoint, nothing } from '../endpoint.ts'
import { instant } from '../instant.ts'
import {
  EMAIL_CHARS_MAX,
  NAME_CHARS_MAX,
  OPEN_BODY_BYTES_MAX,
  PASSWORD_CHARS_MAX,
  PASSWORD_CHARS_MIN,
} from '../limits.ts'
import { ROLES } from '../role.ts'
import { type Infer, z } from '../schema.ts'
import { numberedId, text, trimmed } from '../text.ts'

const INT_MAX = 2 ** 31 - 1
const SECRET_CHARS_MAX = 100
const language = z
  .enum(['fr', 'en'])
  .nullable()
  .describe('In which the console speaks; null: as the browser asks')

const session = z
  .object({
    member: z.object({ email: z.string(), name: z.string(), language }),
    csrf: z.string().describe('Goes into the header Affluent-Csrf of every request that changes something'),
    expiresAt: z.string().describe('When it ends unless it is used again; ISO 8601, UTC'),
    passwordIsFixed: z
      .boolean()
      .describe('AFFLUENT_OWNER_PASSWORD is set: the next start puts that password in again'),
    viewAs: z
      .enum(ROLES)
      .nullable()
      .describe('As which role the workspaces are seen in which the member is an owner; null: as an owner'),
  })
  .meta({ id: 'Session' })
export type SessionAnswer = Infer<typeof session>

const ADA: SessionAnswer = {
  member: { email: 'ada@example.com', name: 'Ada', language: 'en' },
  csrf: 'f2a7...',
  expiresAt: '2026-12-07T08:00:00.000Z',
  passwordIsFixed: false,
  viewAs: null,
}

const own = { tag: 'Access', permission: 'account:own', access: 'account' } as const
const one = z.object({ session })

export const signIn = endpoint({
  ...own,
  method: 'POST',
  path: '/v1/session',
  operationId: 'signIn',
  summary: 'Sign in, accept an invitation, or take a new password',
  description:
    'Sets the session cookie. With an invitation the password is the one that is chosen now; where the invited address has an account already, the one of that account. With the secret of a link to a new password it is the new one, and all other sessions end.',
  access: 'anyone',
  bodyBytesMax: OPEN_BODY_BYTES_MAX,
  body: z
    .strictObject({
      email: trimmed(EMAIL_CHARS_MAX).optional(),
      invitation: text(SECRET_CHARS_MAX).optional().describe('In the place of the address'),
      reset: text(SECRET_CHARS_MAX)
        .optional()
        .describe('Of a link to a new password, in the place of the address; the password is the new one'),
      password: text(PASSWORD_CHARS_MAX),
      name: trimmed(NAME_CHARS_MAX).optional().describe('Of whoever accepts an invitation'),
    })
    .superRefine(({ email, invitation, reset, name }, context) => {
      const refuse = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message })
      if (email === undefined && invitation === undefined && reset === undefined)
        refuse('email', 'give an address, an invitation, or the secret of a link to a new password')
      if (email !== undefined && invitation !== undefined)
        refuse('email', 'an invitation has its address already')
      if (reset !== undefined && (email !== undefined || invitation !== undefined))
        refuse('reset', 'a link to a new password has its address already')
      if (name !== undefined && invitation === undefined) refuse('name', 'it goes with an invitation only')
    }),
  answers: { 200: one },
  errors: {
    400: ['common_password'],
    401: ['wrong_password', 'invalid_invitation', 'invalid_reset'],
    403: ['foreign_origin'],
    429: ['too_many_attempts'],
  },
  example: {
    body: { email: 'ada@example.com', password: 'correct horse battery staple' },
    answer: { session: ADA },
  },
})

export const getSession = endpoint({
  ...own,
  method: 'GET',
  path: '/v1/session',
  operationId: 'getSession',
  summary: 'Get the own session',
  answers: { 200: one },
  example: { answer: { session: ADA } },
})

export const updateSession = endpoint({
  ...own,
  method: 'PUT',
  path: '/v1/session',
  operationId: 'updateSession',
  summary: 'Update the own name or language',
  body: z.strictObject({
    language: language.optional(),
    name: trimmed(NAME_CHARS_MAX).optional(),
  }),
  answers: { 200: one },
  example: { body: { language: 'en' }, answer: { session: ADA } },
})

export const viewAs = endpoint({
  ...own,
  method: 'POST',
  path: '/v1/session/view-as',
  operationId: 'viewAs',
  summary: 'View the own workspaces as another role',
  description:
    'For owners: until it is ended, this session may do and see what the role may, in every workspace in which the member is an owner. In others nothing changes.',
  body: z.strictObject({
    role: z.enum(ROLES).nullable().describe('null, or owner: as what the member is'),
  }),
  answers: { 200: one },
  errors: { 403: ['not_allowed'] },
  example: { body: { role: 'analyst' }, answer: { session: { ...ADA, viewAs: 'analyst' } } },
})

export const signOut = endpoint({
  ...own,
  method: 'DELETE',
  path: '/v1/session',
  operationId: 'signOut',
  summary: 'Sign out',
  answers: { 204: nothing },
  example: {},
})

export const changePassword = endpoint({
  ...own,
  method: 'PUT',
  path: '/v1/session/password',
  operationId: 'changePassword',
  summary: 'Change the own password',
  description: 'The other sessions end.',
  body: z.strictObject({
    password: text(PASSWORD_CHARS_MAX).describe('The present one'),
    newPassword: text(PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN),
  }),
  answers: { 204: nothing },
  errors: { 400: ['common_password'], 401: ['wrong_password'], 429: ['too_many_attempts'] },
  example: {
    body: { password: 'correct horse battery staple', newPassword: 'a quite different sentence' },
  },
})

const listedSession = z
  .object({
    id: z.string(),
    device: z.string().nullable().describe('Browser and system; null: it does not say'),
    address: z.string().nullable().describe('The network that it began from: an address cut'),
    since: instant,
    lastSeen: instant.describe('To the minute'),
    isCurrent: z.boolean().describe('The session that asks'),
  })
  .meta({ id: 'ListedSession' })
export type ListedSession = Infer<typeof listedSession>

export const listSessions = endpoint({
  ...own,
  method: 'GET',
  path: '/v1/sessions',
  operationId: 'listSessions',
  summary: 'List the own sessions, the latest used first',
  answers: { 200: z.object({ sessions: z.array(listedSession) }) },
  example: {
    answer: {
      sessions: [
        {
          id: 'ses_9',
          device: 'Firefox, Linux',
          address: '203.0.113.0',
          since: '2026-11-30T08:00:00.000Z',
          lastSeen: '2026-11-30T08:00:00.000Z',
          isCurrent: true,
        },
      ],
    },
  },
})

export const endOtherSessions = endpoint({
  ...own,
  method: 'DELETE',
  path: '/v1/sessions',
  operationId: 'endOtherSessions',
  summary: 'End all other own sessions',
  answers: { 204: nothing },
  example: {},
})

export const endSession = endpoint({
  ...own,
  method: 'DELETE',
  path: '/v1/sessions/{id}',
  operationId: 'endSession',
  summary: 'End one of the own sessions',
  params: { id: numberedId('ses', INT_MAX) },
  answers: { 204: nothing },
  example: { params: { id: 'ses_9' } },
})
