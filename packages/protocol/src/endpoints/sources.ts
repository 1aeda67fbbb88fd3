import { edited } from '../edited.ts'
import { endpoint } from '../endpoint.ts'
import { instant } from '../instant.ts'
import { NAME_CHARS_MAX } from '../limits.ts'
import { type Infer, z } from '../schema.ts'
import { slug } from '../slug.ts'
import { moment, trimmed } from '../text.ts'

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

const one = z.object({ source })
const name = trimmed(NAME_CHARS_MAX)

const WEBSITE: SourceAnswer = {
  slug: 'website',
  name: 'Website',
  kind: 'http',
  enabled: true,
  version: 1,
  changedBy: null,
  writeKey: 'wk_main_4h2k',
  writeKeys: [
    {
      key: 'wk_main_4h2k',
      createdAt: '2026-10-01T09:30:00.000Z',
      expiresAt: null,
      lastUsedAt: '2026-11-30T08:00:00.000Z',
    },
  ],
  lastEventAt: '2026-11-30T08:00:00.120Z',
  lastHour: 208,
  warnings: [],
}

export const listSources = endpoint({
  method: 'GET',
  path: '/v1/sources',
  operationId: 'listSources',
  summary: 'List sources',
  description: 'With what they have sent lately and what is odd about it.',
  tag: 'Sources',
  permission: 'sources:read',
  answers: { 200: z.object({ sources: z.array(source) }) },
  example: { answer: { sources: [WEBSITE] } },
})

export const createSource = endpoint({
  method: 'POST',
  path: '/v1/sources',
  operationId: 'createSource',
  summary: 'Create a source with its write key',
  tag: 'Sources',
  permission: 'sources:edit',
  body: z.strictObject({ slug, name }),
  answers: { 201: one },
  errors: { 400: ['too_many'], 409: ['already_exists'] },
  example: { body: { slug: 'website', name: 'Website' }, answer: { source: WEBSITE } },
})

export const updateSource = endpoint({
  method: 'PUT',
  path: '/v1/sources/{slug}',
  operationId: 'updateSource',
  summary: 'Rename a source, or switch it on or off',
  description: 'While it is off, its write key is refused.',
  tag: 'Sources',
  permission: 'sources:edit',
  ifMatch: true,
  body: z.strictObject({ name: name.optional(), enabled: z.boolean().optional() }),
  answers: { 200: one },
  example: {
    params: { slug: 'website' },
    body: { enabled: false },
    answer: { source: { ...WEBSITE, enabled: false, version: 2, changedBy: 'Ada' } },
  },
})

export const createWriteKey = endpoint({
  method: 'POST',
  path: '/v1/sources/{slug}/write-keys',
  operationId: 'createWriteKey',
  summary: 'Create a write key of a source',
  description: 'The others are good until a given time.',
  tag: 'Sources',
  permission: 'sources:edit',
  body: z.strictObject({
    oldUntil: moment()
      .nullable()
      .describe(
        'Until when the others are good beside the new one; now or earlier: they end at once; null: they stay as they are',
      ),
  }),
  answers: { 201: one },
  errors: { 400: ['too_many'] },
  example: { params: { slug: 'website' }, body: { oldUntil: null }, answer: { source: WEBSITE } },
})

export const revokeWriteKey = endpoint({
  method: 'DELETE',
  path: '/v1/sources/{slug}/write-keys/{key}',
  operationId: 'revokeWriteKey',
  summary: 'Revoke a write key',
  description: 'When the answer comes, no process takes it any more.',
  tag: 'Sources',
  permission: 'sources:edit',
  answers: { 200: one },
  example: {
    params: { slug: 'website', key: 'wk_main_4h2k' },
    answer: { source: { ...WEBSITE, writeKey: null, writeKeys: [] } },
  },
})
