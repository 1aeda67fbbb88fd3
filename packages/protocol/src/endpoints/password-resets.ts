import { endpoint, nothing } from '../endpoint.ts'
import { instant } from '../instant.ts'
import { EMAIL_CHARS_MAX, OPEN_BODY_BYTES_MAX } from '../limits.ts'
import { z } from '../schema.ts'
import { numberedId, trimmed } from '../text.ts'

const INT_MAX = 2 ** 31 - 1

export const requestPasswordReset = endpoint({
  method: 'POST',
  path: '/v1/password-reset',
  operationId: 'requestPasswordReset',
  summary: 'Send a link to a new password by mail',
  description:
    'The answer is the same whether there is such an account or not. The link is good for an hour, once; `POST /v1/session` with `reset` takes it.',
  tag: 'Access',
  permission: 'account:own',
  access: 'anyone',
  bodyBytesMax: OPEN_BODY_BYTES_MAX,
  body: z.strictObject({ email: trimmed(EMAIL_CHARS_MAX) }),
  answers: { 204: nothing },
  errors: { 403: ['foreign_origin'], 409: ['mail_not_set_up'], 429: ['too_many_attempts'] },
  example: { body: { email: 'ada@example.com' } },
})

export const createPasswordReset = endpoint({
  method: 'POST',
  path: '/v1/members/{id}/password-reset',
  operationId: 'createPasswordReset',
  summary: 'Create a link to a new password for a member',
  description:
    'Only for a member who may nowhere do more than whoever asks: the password opens all their workspaces. Where the installation sends mail the link goes to the member and is not shown.',
  tag: 'Access',
  permission: 'members:edit',
  freshSignIn: true,
  params: { id: numberedId('mem', INT_MAX) },
  answers: {
    201: z.object({
      reset: z.string().nullable().describe('Shown here and never again; null: it was mailed'),
      until: instant,
      mailRefusal: z.string().nullable().describe('Why it could not be mailed and is shown'),
    }),
  },
  errors: { 409: ['not_accepted'] },
  example: {
    params: { id: 'mem_3' },
    answer: { reset: 'rst_Zx3f...', until: '2026-11-30T09:00:00.000Z', mailRefusal: null },
  },
})
