import { SEARCH_CHARS_MAX } from './limits.ts'
import { limit } from './page-query.ts'
import { type Infer, z } from './schema.ts'
import { trimmed } from './text.ts'

export const searchQuery = z.object({
  search: trimmed(SEARCH_CHARS_MAX, 0)
    .optional()
    .describe(
      'An identifier of any namespace or its beginning, `namespace:value`, a telephone number in any form, a profile id, or a name; absent: the newest profiles',
    ),
  limit,
})

const foundProfile = z
  .object({
    id: z.string(),
    kind: z.enum(['visitor', 'known']),
    title: z.string().describe('Name, else e-mail, else the strongest identifier'),
    match: z
      .object({ namespace: z.string(), value: z.string() })
      .describe('What was found: an identifier; or `name` and `profile_id`, which are none'),
    beside: z
      .array(z.string())
      .describe(
        'What tells the person from a namesake: e-mail and city, else another identifier; never the title',
      ),
    lastSeen: z.string().describe('ISO 8601, UTC, to the millisecond'),
  })
  .meta({ id: 'FoundProfile' })
export type FoundProfile = Infer<typeof foundProfile>

export const searchAnswer = z.object({ profiles: z.array(foundProfile) })
