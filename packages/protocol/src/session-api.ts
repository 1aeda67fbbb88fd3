import { EMAIL_CHARS_MAX, NAME_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { numberedId, text, trimmed } from './text.ts'

const language = z
  .enum(['fr', 'en'])
  .nullable()
  .describe('In which the console speaks; null: as the browser asks')

export const signInBody = z.strictObject({
  email: trimmed(EMAIL_CHARS_MAX),
  password: text(PASSWORD_CHARS_MAX),
})

export const sessionChange = z.strictObject({
  language: language.optional(),
  name: trimmed(NAME_CHARS_MAX).optional(),
})

const session = z
  .object({
    member: z.object({ email: z.string(), name: z.string(), language }),
    csrf: z.string().describe('Goes into the header Affluent-Csrf of every request that changes something'),
    expiresAt: z.string().describe('When it ends unless it is used again; ISO 8601, UTC'),
    passwordIsFixed: z
      .boolean()
      .describe('AFFLUENT_OWNER_PASSWORD is set: the next start puts that password in again'),
  })
  .meta({ id: 'Session' })
export type SessionAnswer = Infer<typeof session>

export const sessionAnswer = z.object({ session })

export const passwordChange = z.strictObject({
  password: text(PASSWORD_CHARS_MAX).describe('The present one'),
  newPassword: text(PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN),
})

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
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

export const sessionsAnswer = z.object({ sessions: z.array(listedSession) })

const INT_MAX = 2 ** 31 - 1
export const sessionParams = z.object({ id: numberedId('ses', INT_MAX) })
