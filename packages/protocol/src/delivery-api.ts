import { edited } from './edited.ts'
import { EVENT_TYPES } from './event.ts'
import {
  DESTINATION_NUMBER_MAX,
  MAPPING_CHARS_MAX,
  MAPPING_FIELDS_MAX,
  NAME_CHARS_MAX,
  POSITION_MAX,
  PROPERTY_PATH_CHARS_MAX,
  QUERY_TEXT_CHARS_MAX,
  URL_CHARS_MAX,
} from './limits.ts'
import { cursor, limit } from './page-query.ts'
import { type Infer, z } from './schema.ts'
import { moment, numberedId, storableJson, text, trimmed } from './text.ts'

// Destinations, connections and deliveries, as the API speaks of them (contract, section 5).

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
const name = trimmed(NAME_CHARS_MAX)
const destinationId = numberedId('dst', DESTINATION_NUMBER_MAX)
const connectionId = numberedId('con', POSITION_MAX)
const slugOrKey = text(QUERY_TEXT_CHARS_MAX)

export const destinationParams = z.object({ id: destinationId })
export const connectionParams = z.object({ id: connectionId })

/** Every end and way of a delivery. */
export const DELIVERY_STATUSES = [
  'queued',
  'pending_retry',
  'delivered',
  'failed',
  'held',
  'cancelled',
] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** Why a try came to nothing: stable names. */
export const ATTEMPT_ERRORS = [
  'url_not_allowed',
  'dns_failed',
  'connection_refused',
  'connection_closed',
  'tls_failed',
  'timeout',
  'redirected',
  'rate_limited',
  'unauthorized',
  'gone',
  'refused',
  'server_error',
  'unreadable_secret',
] as const
export type AttemptError = (typeof ATTEMPT_ERRORS)[number]

/** Why a delivery was made and not sent: stable names. */
export const HOLD_REASONS = ['sandbox', 'payload_empty', 'required_missing', 'payload_too_large'] as const
export type HoldReason = (typeof HOLD_REASONS)[number]

/** What data may be used for. Only own systems, on the basis of contract, so far. */
export const PURPOSES = ['operations'] as const

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
      'failing: it refused what came last; paused: switched off by a member; stopped: it refused or is gone, somebody has to mend it',
    ),
  stoppedBecause: z.string().nullable(),
  queued: z.number().describe('Owed and not ended'),
  oldestAgeMs: z.number().nullable().describe('Age of the oldest that is owed'),
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

export const destination = z
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

export const destinationBody = z.strictObject({
  type: z.literal('webhook'),
  name,
  settings: webhookSettings,
})
export const destinationChange = z.strictObject({
  name: name.optional(),
  settings: webhookSettings.partial().optional(),
  enabled: z.boolean().optional().describe('true also starts one again that was stopped'),
})
export const destinationTestBody = z.strictObject({
  type: z.literal('webhook'),
  name: name.optional().describe('Has no effect: the body that makes a destination is taken as it is'),
  settings: webhookSettings,
})
export const destinationsAnswer = z.object({ destinations: z.array(destination) })
export const destinationAnswer = z.object({ destination })
export const newDestinationAnswer = z.object({
  destination,
  secret: z.string().optional().describe('Shown only here'),
})

const attempt = z
  .object({
    at: instant,
    status: z.number().nullable().describe('Of the HTTP answer; null when there was none'),
    ms: z.number(),
    error: z.object({ code: z.enum(ATTEMPT_ERRORS), message: z.string() }).nullable(),
  })
  .meta({ id: 'Attempt' })
export type AttemptAnswer = Infer<typeof attempt>

export const testAnswer = z.object({ ok: z.boolean(), attempt })

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
const filter = storableJson().describe(
  'all, any, not over {"type"}, {"event","where"} and {"source"}; null: everything',
)

export const connection = z
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

export const connectionBody = z.strictObject({
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
export const connectionChange = z.strictObject({
  filter: filter.optional(),
  mapping: mapping.nullable().optional(),
  required: required.optional(),
  enabled: z.boolean().optional(),
})
export const connectionsAnswer = z.object({ connections: z.array(connection) })
export const connectionAnswer = z.object({ connection })
export const connectionsQuery = z.object({
  destination: destinationId.optional(),
  audience: slugOrKey.optional(),
})

export const connectionPreviewBody = connectionBody
  .partial({ destination: true })
  .describe('The body that makes a connection; only from, filter, mapping and required have an effect')
export const connectionPreviewAnswer = z.object({
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
})
export type ConnectionPreview = Infer<typeof connectionPreviewAnswer>

const deliveryHead = z.object({
  id: z.string().describe('The webhook-id; the same over all tries'),
  status: z.enum(DELIVERY_STATUSES),
  reason: z.string().nullable(),
  destination: z.string(),
  connection: z.string(),
  profileId: z.string().nullable(),
  profileTitle: z.string().nullable().describe("The person's best name; null when none is known"),
  event: z.object({ position: z.number(), type: z.enum(EVENT_TYPES), name: z.string() }),
  purpose: z.string(),
  createdAt: instant,
  endedAt: instant.nullable(),
  nextAt: instant
    .nullable()
    .describe('Of the next try; null when none is planned or it waits behind another'),
})
export const delivery = deliveryHead.extend({ attempts: z.array(attempt) }).meta({ id: 'Delivery' })
export type DeliveryAnswer = Infer<typeof delivery>

export const deliveriesQuery = z.object({
  limit,
  cursor,
  destination: destinationId.optional(),
  connection: connectionId.optional(),
  status: z.enum(DELIVERY_STATUSES).optional(),
  profile: slugOrKey.optional().describe('A profile id'),
  event: slugOrKey.optional().describe('A position'),
})
export const deliveriesAnswer = z.object({ deliveries: z.array(delivery), cursor: z.string().nullable() })

const exchange = attempt.extend({
  response: z
    .object({ headers: z.record(z.string(), z.string()), body: z.string(), truncated: z.boolean() })
    .nullable(),
})
export const oneDeliveryAnswer = z.object({
  delivery: deliveryHead.extend({
    request: z
      .object({
        method: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()).describe('The signature is of the latest try, masked'),
        body: z.string(),
      })
      .nullable()
      .describe("As it was sent; with the url '' and without headers: the body that would be sent"),
    attempts: z.array(exchange),
  }),
})
export type OneDeliveryAnswer = Infer<typeof oneDeliveryAnswer>

export const replayBody = z.strictObject({
  filter: z
    .strictObject({
      destination: destinationId.optional(),
      connection: connectionId.optional(),
      status: z.enum(['delivered', 'failed', 'held', 'cancelled']).optional().describe('failed when absent'),
      from: moment().optional(),
      to: moment().optional(),
      ids: z.array(slugOrKey).min(1).max(1_000).optional(),
    })
    .default({}),
  dryRun: z.boolean().default(false),
})
export const replayAnswer = z.object({
  matching: z.number(),
  replayed: z.number().describe('Sent again now; 0 in a dry run'),
})
