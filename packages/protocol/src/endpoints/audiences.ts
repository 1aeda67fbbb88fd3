import { CONDITION_WARNING_CODES, ERROR_CODES } from '../codes.ts'
import { POPULATIONS } from '../condition.ts'
import { condition, storedCondition } from '../condition-field.ts'
import { edited } from '../edited.ts'
import { endpoint } from '../endpoint.ts'
import { identifier } from '../identifier.ts'
import { instant } from '../instant.ts'
import { NAME_CHARS_MAX, TREND_DAYS_MAX } from '../limits.ts'
import { type Masking, masked, placesAt } from '../masking.ts'
import { after, cursor, limit } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { trimmed } from '../text.ts'

const audienceKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'A key has 1 to 64 of a-z, 0-9, _ and -.')
  .refine((key) => key !== 'movements', 'This key is the name of an address; take another one.')
const audienceName = trimmed(NAME_CHARS_MAX)
const population = z
  .enum(POPULATIONS)
  .describe('known: people with an identifier that names a person; all: visitors too')

const audience = z
  .object({
    key: z.string(),
    name: z.string(),
    condition: storedCondition,
    population,
    status: z
      .enum(['preparing', 'live', 'failed'])
      .describe('While preparing, the members are those of the definition before'),
    progress: z.number().describe('Of the preparation, 0 to 1'),
    error: z.string().nullable().describe('Why it failed'),
    errorCode: z.enum(ERROR_CODES).nullable().describe('The same as a code'),
    size: z.number().nullable().describe('Members; null while there is no live definition'),
    asOf: instant,
    createdAt: instant,
    changedAt: instant,
    ...edited,
  })
  .meta({ id: 'Audience' })
export type AudienceAnswer = Infer<typeof audience>

/** Where an audience may name people: in its condition, and in what is wrong with it. */
const AUDIENCE_PLACES = { condition: 'condition', error: 'text' } as const satisfies Masking['answer']
const oneAudience = audience.extend({ masked })
/** Of endpoints that answer numbers and keys. */
const NOBODY = { answer: {} } as const satisfies Masking

const REGULARS: AudienceAnswer = {
  key: 'regulars',
  name: 'Regulars',
  condition: { event: 'Order Completed', count: { op: 'gte', value: 3 }, within: '90d' },
  population: 'known',
  status: 'live',
  progress: 1,
  error: null,
  errorCode: null,
  size: 1204,
  asOf: '2026-11-30T08:00:00.000Z',
  createdAt: '2026-10-01T09:30:00.000Z',
  changedAt: '2026-10-01T09:30:00.000Z',
  version: 1,
  changedBy: null,
}

export const listAudiences = endpoint({
  method: 'GET',
  path: '/v1/audiences',
  operationId: 'listAudiences',
  summary: 'List audiences',
  tag: 'Audiences',
  permission: 'audiences:read',
  masking: { answer: placesAt('audiences[]', AUDIENCE_PLACES) },
  query: { after },
  answers: { 200: z.object({ audiences: z.array(audience), masked }) },
  example: { answer: { audiences: [REGULARS] } },
})

const CONDITION_ERRORS = {
  400: [
    'invalid_condition',
    'condition_too_large',
    'condition_too_dear',
    'unknown_reference',
    'not_available',
  ],
} as const

export const createAudience = endpoint({
  method: 'POST',
  path: '/v1/audiences',
  operationId: 'createAudience',
  summary: 'Create an audience',
  description: 'It is prepared from history, and live from then on.',
  tag: 'Audiences',
  permission: 'audiences:edit',
  masking: { answer: AUDIENCE_PLACES, asks: { 'body.condition': 'condition' } },
  ifMatch: true,
  givesPosition: true,
  body: z.strictObject({
    key: audienceKey,
    name: audienceName.optional().describe('The key when absent'),
    condition,
    population: population.default('known'),
  }),
  answers: { 201: oneAudience },
  errors: { ...CONDITION_ERRORS, 409: ['already_exists', 'too_many', 'in_use'] },
  example: {
    body: { key: 'regulars', name: 'Regulars', condition: REGULARS.condition },
    answer: { ...REGULARS, status: 'preparing', progress: 0, size: null },
  },
})

export const getAudience = endpoint({
  method: 'GET',
  path: '/v1/audiences/{key}',
  operationId: 'getAudience',
  summary: 'Get an audience',
  tag: 'Audiences',
  permission: 'audiences:read',
  masking: { answer: AUDIENCE_PLACES },
  query: { after },
  answers: { 200: oneAudience },
  example: { params: { key: 'regulars' }, answer: REGULARS },
})

export const updateAudience = endpoint({
  method: 'PUT',
  path: '/v1/audiences/{key}',
  operationId: 'updateAudience',
  summary: 'Update an audience',
  description: 'The definition before stays live until the new one is prepared.',
  tag: 'Audiences',
  permission: 'audiences:edit',
  masking: { answer: AUDIENCE_PLACES, asks: { 'body.condition': 'condition' } },
  ifMatch: true,
  givesPosition: true,
  body: z.strictObject({
    key: audienceKey.optional().describe('As in the path'),
    name: audienceName.optional().describe('As before when absent'),
    condition: condition.optional().describe('As before when absent'),
    population: population.optional().describe('As before when absent'),
  }),
  answers: { 200: oneAudience },
  errors: { ...CONDITION_ERRORS, 409: ['in_use', 'too_many'] },
  example: {
    params: { key: 'regulars' },
    body: { name: 'Regular customers' },
    answer: { ...REGULARS, name: 'Regular customers', version: 2, changedBy: 'Ada' },
  },
})

export const deleteAudience = endpoint({
  method: 'DELETE',
  path: '/v1/audiences/{key}',
  operationId: 'deleteAudience',
  summary: 'Delete an audience',
  tag: 'Audiences',
  permission: 'audiences:edit',
  masking: NOBODY,
  givesPosition: true,
  answers: { 200: z.object({ deleted: z.string(), masked }) },
  errors: { 409: ['in_use'] },
  example: { params: { key: 'regulars' }, answer: { deleted: 'regulars' } },
})

const member = z.object({
  profileId: z.string(),
  title: z.string().describe("The best name that is known; '' when nothing is"),
  since: instant,
  identifiers: z.array(identifier),
})
export type AudienceMember = Infer<typeof member>

export const listAudienceMembers = endpoint({
  method: 'GET',
  path: '/v1/audiences/{key}/members',
  operationId: 'listAudienceMembers',
  summary: 'List the members of an audience',
  description: 'All pages are of one moment and one definition: those of the first page.',
  tag: 'Audiences',
  permission: 'audience-members:read',
  masking: { answer: { 'members[].title': 'title', 'members[].identifiers[]': 'identifier' } },
  query: { limit, cursor, after },
  answers: {
    200: z.object({ members: z.array(member), asOf: instant, cursor: z.string().nullable(), masked }),
  },
  errors: { 400: ['invalid_limit', 'invalid_cursor'] },
  example: {
    params: { key: 'regulars' },
    query: { limit: '100' },
    answer: {
      members: [
        {
          profileId: 'prf_b3zq5k2v7n4xa',
          title: 'Ada Lovelace',
          since: '2026-10-04T17:20:00.000Z',
          identifiers: [{ namespace: 'email', value: 'ada@example.com' }],
        },
      ],
      asOf: '2026-11-30T08:00:00.000Z',
      cursor: null,
    },
  },
})

const namedValue = z.union([z.string(), z.number(), z.boolean()])
const conditionWarning = z
  .object({
    code: z.enum(CONDITION_WARNING_CODES),
    message: z.string(),
    path: z.string().describe('Where the name stands in the condition'),
    name: namedValue.describe('As it was asked for'),
    nearest: namedValue.nullable().describe('What was most likely meant'),
  })
  .meta({ id: 'ConditionWarning' })
export type ConditionWarning = Infer<typeof conditionWarning>

const seriesLoad = z
  .object({
    series: z.number().describe('Different event conditions that audiences keep up to date for each profile'),
    seriesMax: z.number(),
    ofOneEvent: z.number().describe('The most of them that one event is compared with'),
    ofOneEventMax: z.number(),
    event: z.string().nullable().describe('Such an event; null when there is none'),
  })
  .meta({ id: 'SeriesLoad' })

const preview = z
  .object({
    size: z.number(),
    population,
    asOf: instant,
    sample: z.array(member.omit({ since: true })),
    warnings: z
      .array(conditionWarning)
      .describe('Traits, events, properties, identifiers and exact values that have never been seen'),
    load: seriesLoad.describe('What all audiences would cost with this one'),
    masked,
  })
  .meta({ id: 'AudiencePreview' })
export type PreviewAnswer = Infer<typeof preview>

export const previewAudience = endpoint({
  method: 'POST',
  path: '/v1/audiences/preview',
  operationId: 'previewAudience',
  summary: 'Preview a condition',
  description: 'How many people it finds now, and some of them. Nothing is stored.',
  tag: 'Audiences',
  permission: 'audiences:preview',
  masking: {
    answer: { 'sample[].title': 'title', 'sample[].identifiers[]': 'identifier', 'warnings[]': 'warning' },
    asks: { 'body.condition': 'condition' },
  },
  body: z.strictObject({ condition, population: population.default('known') }),
  answers: { 200: preview },
  errors: CONDITION_ERRORS,
  example: {
    body: { condition: { trait: 'plan', op: 'equals', value: 'pro' } },
    answer: {
      size: 311,
      population: 'known',
      asOf: '2026-11-30T08:00:00.000Z',
      sample: [
        {
          profileId: 'prf_b3zq5k2v7n4xa',
          title: 'Ada Lovelace',
          identifiers: [{ namespace: 'email', value: 'ada@example.com' }],
        },
      ],
      warnings: [],
      load: { series: 4, seriesMax: 1000, ofOneEvent: 2, ofOneEventMax: 200, event: 'Order Completed' },
    },
  },
})

const trend = z
  .object({
    points: z
      .array(
        z.object({
          day: z.string().describe('Of the calendar of the workspace: 2026-11-22'),
          size: z.number().describe('Members at the end of the day, today: now'),
          entered: z.number(),
          exited: z.number(),
        }),
      )
      .describe(
        'Oldest first, from the day on which the present definition was live; who was merged neither enters nor exits',
      ),
    asOf: instant,
    masked,
  })
  .meta({ id: 'AudienceTrend' })
export type TrendAnswer = Infer<typeof trend>

export const getAudienceTrend = endpoint({
  method: 'GET',
  path: '/v1/audiences/{key}/trend',
  operationId: 'getAudienceTrend',
  summary: 'Get the size of an audience by day',
  tag: 'Audiences',
  permission: 'audiences:read',
  masking: NOBODY,
  query: {
    days: z.coerce
      .number<number | string>()
      .int()
      .min(1)
      .max(TREND_DAYS_MAX)
      .default(30)
      .describe('Up to and including today'),
  },
  answers: { 200: trend },
  example: {
    params: { key: 'regulars' },
    query: { days: 7 },
    answer: {
      points: [{ day: '2026-11-30', size: 1204, entered: 12, exited: 3 }],
      asOf: '2026-11-30T08:00:00.000Z',
    },
  },
})

export const listAudienceMovements = endpoint({
  method: 'GET',
  path: '/v1/audiences/movements',
  operationId: 'listAudienceMovements',
  summary: 'List how many entered and left each live audience in the last 24 hours',
  tag: 'Audiences',
  permission: 'audiences:read',
  masking: NOBODY,
  answers: {
    200: z
      .object({
        movements: z
          .array(z.object({ audience: z.string(), entered: z.number(), exited: z.number() }))
          .describe('Of each live audience'),
        since: instant,
        asOf: instant,
        masked,
      })
      .meta({ id: 'AudienceMovements' }),
  },
  example: {
    answer: {
      movements: [{ audience: 'regulars', entered: 12, exited: 3 }],
      since: '2026-11-29T08:00:00.000Z',
      asOf: '2026-11-30T08:00:00.000Z',
    },
  },
})
