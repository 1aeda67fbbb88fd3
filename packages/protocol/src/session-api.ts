import { EMAIL_CHARS_MAX, NAME_CHARS_MAX, PASSWORD_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { text, trimmed } from './text.ts'

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
  })
  .meta({ id: 'Session' })
export type SessionAnswer = Infer<typeof session>

export const sessionAnswer = z.object({ session })
