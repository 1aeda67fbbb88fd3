import { edited } from '../edited.ts'
import { endpoint, nothing } from '../endpoint.ts'
import { FILTER_SCHEMA } from '../filter-schema.ts'
import { HOLD_REASONS } from '../hold-reason.ts'
import { instant } from '../instant.ts'
import {
  DESTINATION_NUMBER_MAX,
  MAPPING_CHARS_MAX,
  MAPPING_FIELDS_MAX,
  NAME_CHARS_MAX,
  POSITION_MAX,
  PROPERTY_PATH_CHARS_MAX,
  QUERY_TEXT_CHARS_MAX,
} from '../limits.ts'
import { masked } from '../masking.ts'
import { type Infer, z } from '../schema.ts'
import { numberedId, storableJson, text } from '../text.ts'

const destinationId = numberedId('dst', DESTINATION_NUMBER_MAX)
const id = numberedId('con', POSITION_MAX)
const slugOrKey = text(QUERY_TEXT_CHARS_MAX)

const fieldSource = z.union([
  z.strictObject({ path: text(PROPERTY_PATH_CHARS_MAX).describe('Of the event') }),
  z.strictObject({
    trait: text(PROPERTY_PATH_CHARS_MAX).describe('Of the profile, as it was decided; such as address.city'),
  }),
  z.strictObject({
    value: storableJson()
      .refine((value) => value !== undefined, 'a value is needed')
      .describe('Always the same'),
  }),
  z.strictObject({ template: text(MAPPING_CHARS_MAX).describe('Not available yet') }),
  z.strictObject({ computed: text(NAME_CHARS_MAX).describe('Not available yet') }),
  z.strictObject({ golden: text(NAME_CHARS_MAX).describe('Not available yet') }),
])
const mapping = z
  .strictObject({ fields: z.record(text(QUERY_TEXT_CHARS_MAX, 0), fieldSource) })
  .describe('Each field of the payload: a path of the event, a trait of the profile, or a constant')
  .meta({ id: 'Mapping' })
export type Mapping = Infer<typeof mapping>

const required = z
  .array(text(PROPERTY_PATH_CHARS_MAX))
  .max(MAPPING_FIELDS_MAX)
  .describe(
    'Fields of the mapping, or paths of the event where there is none: without a value for each of them a delivery is held',
  )

const from = z.union([
  z.strictObject({ source: slugOrKey.describe('The slug of a source, or * for all of them') }),
  z.strictObject({ audience: slugOrKey }),
])

const filter = storableJson()
  .meta({ id: 'Filter', ...FILTER_SCHEMA })
  .nullable()
  .describe('null: every event')

const connection = z
  .object({
    id: z.string(),
    from,
    destination: z.string(),
    action: z.literal('send'),
    filter,
    mapping: mapping.nullable(),
    required: z.array(z.string()),
    purpose: z.string(),
    enabled: z.boolean(),
    createdAt: instant,
    changedAt: instant,
    ...edited,
    members: z
      .object({ sent: z.number(), of: z.number().nullable(), isDone: z.boolean() })
      .nullable()
      .describe('How far the current members have been sent, when that was asked for'),
    error: z
      .string()
      .nullable()
      .describe('Why it sends nothing: its filter is not understood. Give it another one'),
  })
  .meta({ id: 'Connection' })
export type ConnectionAnswer = Infer<typeof connection>

const one = z.object({ connection })

const ORDERS_TO_CRM: ConnectionAnswer = {
  id: 'con_7',
  from: { source: '*' },
  destination: 'dst_1',
  action: 'send',
  filter: { event: 'Order Completed' },
  mapping: { fields: { amount: { path: 'properties.revenue' } } },
  required: [],
  purpose: 'operations',
  enabled: true,
  createdAt: '2026-10-01T09:30:00.000Z',
  changedAt: '2026-10-01T09:30:00.000Z',
  version: 1,
  changedBy: null,
  members: null,
  error: null,
}

export const listConnections = endpoint({
  method: 'GET',
  path: '/v1/connections',
  operationId: 'listConnections',
  summary: 'List connections',
  tag: 'Destinations',
  permission: 'connections:read',
  masking: { answer: { 'connections[].filter': 'condition', 'connections[].mapping': 'condition' } },
  query: { destination: destinationId.optional(), audience: slugOrKey.optional() },
  answers: { 200: z.object({ connections: z.array(connection), masked }) },
  example: { query: { destination: 'dst_1' }, answer: { connections: [ORDERS_TO_CRM] } },
})

const connectionBody = z.strictObject({
  from,
  destination: destinationId,
  action: z.literal('send').default('send'),
  filter: filter.optional(),
  mapping: mapping.nullable().optional(),
  required: required.optional(),
  purpose: text(64).optional().describe('operations when absent'),
  enabled: z.boolean().default(true),
  sendCurrentMembers: z
    .boolean()
    .default(false)
    .describe('Of an audience: history does not act unless it is asked to'),
})

const RULE_ERRORS = { 400: ['invalid_filter', 'invalid_mapping', 'not_available'] } as const
const MADE_ERRORS = {
  400: [...RULE_ERRORS[400], 'unknown_reference'],
} as const

export const createConnection = endpoint({
  method: 'POST',
  path: '/v1/connections',
  operationId: 'createConnection',
  summary: 'Create a connection',
  description: 'From here on it sends what happens; history does not act unless it is asked to.',
  tag: 'Destinations',
  permission: 'connections:edit',
  givesPosition: true,
  body: connectionBody,
  answers: { 201: one },
  errors: { ...MADE_ERRORS, 409: ['too_many'] },
  example: {
    body: {
      from: { source: '*' },
      destination: 'dst_1',
      filter: ORDERS_TO_CRM.filter,
      mapping: ORDERS_TO_CRM.mapping,
    },
    answer: { connection: ORDERS_TO_CRM },
  },
})

export const updateConnection = endpoint({
  method: 'PUT',
  path: '/v1/connections/{id}',
  operationId: 'updateConnection',
  summary: 'Update a connection',
  description: 'What is not named stays as it is.',
  tag: 'Destinations',
  permission: 'connections:edit',
  params: { id },
  ifMatch: true,
  givesPosition: true,
  body: z.strictObject({
    filter: filter.optional(),
    mapping: mapping.nullable().optional(),
    required: required.optional(),
    enabled: z.boolean().optional(),
  }),
  answers: { 200: one },
  errors: RULE_ERRORS,
  example: {
    params: { id: 'con_7' },
    body: { enabled: false },
    answer: { connection: { ...ORDERS_TO_CRM, enabled: false, version: 2, changedBy: 'Ada' } },
  },
})

export const deleteConnection = endpoint({
  method: 'DELETE',
  path: '/v1/connections/{id}',
  operationId: 'deleteConnection',
  summary: 'Delete a connection',
  description: 'What is queued already is still sent.',
  tag: 'Destinations',
  permission: 'connections:edit',
  params: { id },
  givesPosition: true,
  answers: { 204: nothing },
  example: { params: { id: 'con_7' } },
})

const preview = z
  .object({
    matches: z.boolean().nullable().describe('Whether the example passes the filter'),
    payload: z.record(z.string(), z.unknown()).describe('What would be posted of it'),
    held: z.enum(HOLD_REASONS).nullable().describe('Why it would be held instead'),
    example: z.object({ position: z.number() }).nullable().describe('null: no event, or a made-up one'),
    member: z
      .object({ profileId: z.string(), title: z.string() })
      .nullable()
      .describe('Of an audience: whose it is; null: made up, there is no member yet'),
    of: z.number().describe('Members, or latest events that pass the filter, that were looked at'),
    lacking: z
      .array(z.object({ field: z.string(), count: z.number(), required: z.boolean() }))
      .describe('Fields that would be left out, and of how many'),
    heldOf: z.number().describe('How many would be held'),
    masked,
  })
  .meta({ id: 'ConnectionPreview' })
export type ConnectionPreview = Infer<typeof preview>

export const previewConnection = endpoint({
  method: 'POST',
  path: '/v1/connections/preview',
  operationId: 'previewConnection',
  summary: 'Preview the payload of a connection',
  description:
    'What it would post of a member or the latest event that it concerns, and of how many what is missing. Nothing is sent.',
  tag: 'Destinations',
  permission: 'connections:preview',
  masking: {
    answer: { payload: 'json', 'member.title': 'title' },
    asks: { 'body.filter': 'condition' },
  },
  body: connectionBody
    .partial({ destination: true })
    .describe('The body that creates a connection; only from, filter, mapping and required have an effect'),
  answers: { 200: preview },
  errors: MADE_ERRORS,
  example: {
    body: { from: { source: '*' }, mapping: ORDERS_TO_CRM.mapping },
    answer: {
      matches: true,
      payload: { amount: 50 },
      held: null,
      example: { position: 1207 },
      member: null,
      of: 100,
      lacking: [],
      heldOf: 0,
    },
  },
})
