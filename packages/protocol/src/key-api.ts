import { NAME_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { SCOPES } from './scope.ts'
import { moment, numberedId, trimmed } from './text.ts'

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    prefix: z.string().nullable().describe('How the key begins; null: made before this was kept'),
    createdAt: instant,
    expiresAt: instant.nullable().describe('From then on it is refused; null: it has no end'),
    lastUsedAt: instant.nullable().describe('To half a minute; null: not since this is noted'),
    fromEnvironment: z
      .boolean()
      .describe('Fixed by AFFLUENT_API_KEY; another value there takes its place at the next start'),
  })
  .meta({ id: 'Key' })
export type KeyAnswer = Infer<typeof key>

export const keysAnswer = z.object({ keys: z.array(key) })
export const newKeyAnswer = z.object({
  key,
  secret: z.string().describe('The key itself: shown here and never again'),
})

export const keyBody = z.strictObject({
  name: trimmed(NAME_CHARS_MAX),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).describe('What it opens; none holds another'),
  expiresAt: moment().nullable().optional().describe('null or absent: it has no end'),
})

export const rotationBody = z.strictObject({
  oldUntil: moment().describe(
    'Until when the old one is good beside the new one; now or earlier: it ends at once',
  ),
})

const INT_MAX = 2 ** 31 - 1
export const keyParams = z.object({ id: numberedId('key', INT_MAX) })
