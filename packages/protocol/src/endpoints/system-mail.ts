import { endpoint } from '../endpoint.ts'
import { z } from '../schema.ts'

// Mail of the installation to its team members.

const own = { tag: 'Access', permission: 'system-mail:test', access: 'account' } as const

export const getSystemMail = endpoint({
  ...own,
  method: 'GET',
  path: '/v1/system-mail',
  operationId: 'getSystemMail',
  summary: 'Get whether and as whom the installation sends mail',
  answers: {
    200: z.object({
      isSetUp: z.boolean().describe('AFFLUENT_SMTP_URL is set'),
      from: z.string().nullable(),
      server: z.string().nullable().describe('Host and port of the SMTP server'),
    }),
  },
  example: { answer: { isSetUp: true, from: 'cdp@example.com', server: 'smtp.example.com:587' } },
})

export const testSystemMail = endpoint({
  ...own,
  method: 'POST',
  path: '/v1/system-mail/test',
  operationId: 'testSystemMail',
  summary: 'Test the mail of the installation',
  description: 'Sends a mail to whoever asks, and answers when the SMTP server has taken or refused it.',
  answers: {
    200: z.object({
      delivered: z.boolean().describe('The SMTP server has taken it'),
      to: z.string(),
      refusal: z.string().nullable().describe('Why the SMTP server did not take it'),
    }),
  },
  errors: { 409: ['mail_not_set_up'], 429: ['too_many_attempts'] },
  example: { answer: { delivered: true, to: 'ada@example.com', refusal: null } },
})
