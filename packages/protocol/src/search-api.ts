import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, SEARCH_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'

export const searchQuery = z.object({
  search: z
    .string()
    .trim()
    .max(SEARCH_CHARS_MAX)
    .optional()
    .describe(
      'An identifier of any namespace or its beginning, `namespace:value`, a telephone number in any form, a profile id, or a name; absent: the newest profiles',
    ),
  limit: z.string().optional().describe(`1 to ${PAGE_ITEMS_MAX}; ${PAGE_ITEMS_DEFAULT} when absent`),
})

const foundProfile = z
  .object({
    id: z.string(),
    kind: z.enum(['visitor', 'known']),
    title: z.string().describe('Name, else e-mail, else the strongest identifier'),
    match: z
      .object({ namespace: z.string(), value: z.string() })
      .describe('What was found: an identifier; or `name` and `profile_id`, which are none'),
    lastSeen: z.string().describe('ISO 8601, UTC, to the millisecond'),
  })
  .meta({ id: 'FoundProfile' })
export type FoundProfile = Infer<typeof foundProfile>

export const searchAnswer = z.object({ profiles: z.array(foundProfile) })
