import { attempt } from '../attempt.ts'
import { edited } from '../edited.ts'
import { endpoint, nothing } from '../endpoint.ts'
import { instant } from '../instant.ts'
import { DESTINATION_NUMBER_MAX, NAME_CHARS_MAX, URL_CHARS_MAX } from '../limits.ts'
import { type Infer, z } from '../schema.ts'
import { numberedId, text, trimmed } from '../text.ts'

const name = trimmed(NAME_CHARS_MAX)
const id = numberedId('dst', DESTINATION_NUMBER_MAX)

const webhookSettings = z.strictObject({
  url: text(URL_CHARS_MAX).describe('http or https, without user name and password'),
  secret: z
    .string()
    .regex(
      /^(whsec_)?[A-Za-z0-9+/]{32,128}={0,2}$/,
      'a secret is "whsec_" and 24 to 96 bytes in base64, as Standard Webhooks has it',
    )
    .optional()
    .describe('Signs each request; made when absent, and shown once'),
})

const health = z.object({
  state: z
    .enum(['idle', 'healthy', 'retrying', 'failing', 'stopped', 'paused'])
    .describe(
      'failing: it refused what came last; paused: switched off by a member; stopped: it refused or is gone, somebody has to fix it',
    ),
  stoppedBecause: z.string().nullable(),
  queued: z.number().describe('Queued and not ended'),
  oldestAgeMs: z.number().nullable().describe('Age of the oldest that is queued'),
  breaker: z.enum(['closed', 'open', 'half_open']),
  breakerUntil: instant.nullable().describe('When it is tried again'),
  lastDeliveredAt: instant.nullable(),
  lastError: z.string().nullable(),
  last24h: z.object({
    delivered: z.number(),
    deliveredFirstTry: z.number(),
    failed: z.number(),
    held: z.number(),
  }),
  p95Ms: z.number().nullable().describe('Of the latest answers'),
})

const destination = z
  .object({
    id: z.string(),
    type: z.literal('webhook'),
    name: z.string(),
    settings: z.object({ url: z.string().describe('The values of its query are masked') }),
    hasSecret: z.boolean(),
    enabled: z.boolean(),
    createdAt: instant,
    changedAt: instant,
    ...edited,
    health,
  })
  .meta({ id: 'Destination' })
export type DestinationAnswer = Infer<typeof destination>

const one = z.object({ destination })
const withSecret = z.object({ destination, secret: z.string().optional().describe('Shown only here') })

const CRM: DestinationAnswer = {
  id: 'dst_1',
  type: 'webhook',
  name: 'CRM',
  settings: { url: 'https://crm.example.com/hook' },
  hasSecret: true,
  enabled: true,
  createdAt: '2026-10-01T09:30:00.000Z',
  changedAt: '2026-10-01T09:30:00.000Z',
  version: 1,
  changedBy: null,
  health: {
    state: 'healthy',
    stoppedBecause: null,
    queued: 0,
    oldestAgeMs: null,
    breaker: 'closed',
    breakerUntil: null,
    lastDeliveredAt: '2026-11-30T08:00:00.000Z',
    lastError: null,
    last24h: { delivered: 311, deliveredFirstTry: 310, failed: 0, held: 0 },
    p95Ms: 84,
  },
}
const SETTINGS = { url: 'https://crm.example.com/hook' }
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

export const listDestinations = endpoint({
  method: 'GET',
  path: '/v1/destinations',
  operationId: 'listDestinations',
  summary: 'List destinations with their health',
  tag: 'Destinations',
  permission: 'destinations:read',
  answers: { 200: z.object({ destinations: z.array(destination) }) },
  example: { answer: { destinations: [CRM] } },
})

export const getDestination = endpoint({
  method: 'GET',
  path: '/v1/destinations/{id}',
  operationId: 'getDestination',
  summary: 'Get a destination',
  tag: 'Destinations',
  permission: 'destinations:read',
  params: { id },
  answers: { 200: one },
  example: { params: { id: 'dst_1' }, answer: { destination: CRM } },
})

export const createDestination = endpoint({
  method: 'POST',
  path: '/v1/destinations',
  operationId: 'createDestination',
  summary: 'Create a destination',
  description: 'The secret that signs its requests is shown only here.',
  tag: 'Destinations',
  permission: 'destinations:edit',
  body: z.strictObject({ type: z.literal('webhook'), name, settings: webhookSettings }),
  answers: { 201: withSecret },
  errors: { 400: ['url_not_allowed'], 409: ['too_many', 'already_exists'] },
  example: {
    body: { type: 'webhook', name: 'CRM', settings: SETTINGS },
    answer: { destination: CRM, secret: SECRET },
  },
})

export const updateDestination = endpoint({
  method: 'PUT',
  path: '/v1/destinations/{id}',
  operationId: 'updateDestination',
  summary: 'Update a destination',
  description: 'What is not named stays as it is.',
  tag: 'Destinations',
  permission: 'destinations:edit',
  params: { id },
  ifMatch: true,
  body: z.strictObject({
    name: name.optional(),
    settings: webhookSettings.partial().optional(),
    enabled: z.boolean().optional().describe('true also starts one again that was stopped'),
  }),
  answers: { 200: withSecret },
  errors: { 400: ['url_not_allowed'], 409: ['already_exists', 'not_ready'] },
  example: {
    params: { id: 'dst_1' },
    body: { enabled: false },
    answer: { destination: { ...CRM, enabled: false, version: 2, changedBy: 'Ada' } },
  },
})

export const deleteDestination = endpoint({
  method: 'DELETE',
  path: '/v1/destinations/{id}',
  operationId: 'deleteDestination',
  summary: 'Delete a destination',
  description: 'What is queued for it is not sent any more.',
  tag: 'Destinations',
  permission: 'destinations:edit',
  params: { id },
  answers: { 204: nothing },
  errors: { 409: ['in_use'] },
  example: { params: { id: 'dst_1' } },
})

const test = z.object({ ok: z.boolean(), attempt }).meta({ id: 'DestinationTest' })
export type TestAnswer = Infer<typeof test>

const TESTED: TestAnswer = {
  ok: true,
  attempt: { at: '2026-11-30T08:00:00.000Z', status: 200, ms: 84, error: null },
}

export const testDestinationSettings = endpoint({
  method: 'POST',
  path: '/v1/destinations/test',
  operationId: 'testDestinationSettings',
  summary: 'Test settings of a destination that are not saved',
  description: 'Sends one request.',
  tag: 'Destinations',
  permission: 'destinations:edit',
  body: z.strictObject({
    type: z.literal('webhook'),
    name: name.optional().describe('Has no effect: the body that creates a destination is accepted as it is'),
    settings: webhookSettings,
  }),
  answers: { 200: test },
  errors: { 400: ['url_not_allowed'], 409: ['nothing_leaves_a_sandbox'] },
  example: { body: { type: 'webhook', settings: SETTINGS }, answer: TESTED },
})

export const testDestination = endpoint({
  method: 'POST',
  path: '/v1/destinations/{id}/test',
  operationId: 'testDestination',
  summary: 'Test a destination',
  description: 'Sends one request.',
  tag: 'Destinations',
  permission: 'destinations:edit',
  params: { id },
  answers: { 200: test },
  errors: { 400: ['url_not_allowed'], 409: ['nothing_leaves_a_sandbox', 'not_ready'] },
  example: { params: { id: 'dst_1' }, answer: TESTED },
})
