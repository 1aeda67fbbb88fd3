import { edited } from './edited.ts'
import { NAME_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { slug } from './slug.ts'
import { moment, trimmed } from './text.ts'

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')

const source = z
  .object({
    slug: z.string(),
    name: z.string(),
    kind: z.string(),
    enabled: z.boolean().describe('false: its write key is refused'),
    ...edited,
    writeKey: z
      .string()
      .nullable()
      .describe('The newest that has no end, for whoever begins to send; public by nature: it can only send'),
    writeKeys: z
      .array(
        z.object({
          key: z.string(),
          createdAt: instant,
          expiresAt: instant.nullable().describe('From then on it is refused; null: it has no end'),
          lastUsedAt: instant.nullable().describe('To half a minute; null: not since this is noted'),
        }),
      )
      .describe('All that are good, newest first'),
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

export const writeKeyBody = z.strictObject({
  oldUntil: moment()
    .nullable()
    .describe(
      'Until when the others are good beside the new one; now or earlier: they end at once; null: they stay as they are',
    ),
})
