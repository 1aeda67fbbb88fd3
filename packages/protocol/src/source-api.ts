import { NAME_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { slug } from './slug.ts'
import { trimmed } from './text.ts'

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')

const source = z
  .object({
    slug: z.string(),
    name: z.string(),
    kind: z.string(),
    enabled: z.boolean().describe('false: its write key is refused'),
    writeKey: z.string().nullable().describe('Public by nature: it can only send events'),
    lastEventAt: instant.nullable().describe('Receipt of the latest event that is in ClickHouse'),
    lastHour: z.number().describe('Events of the last 60 minutes that are in ClickHouse'),
    warnings: z.array(
      z.object({ code: z.string(), count: z.number(), lastMessage: z.string(), lastAt: instant }),
    ),
  })
  .meta({ id: 'Source' })
export type SourceAnswer = Infer<typeof source>

export const sourcesAnswer = z.object({ sources: z.array(source) })
export const sourceAnswer = z.object({ source })

const sourceName = trimmed(NAME_CHARS_MAX)

export const sourceBody = z.strictObject({
  slug,
  name: sourceName,
})

export const sourceChange = z.strictObject({
  name: sourceName.optional(),
  enabled: z.boolean().optional(),
})
