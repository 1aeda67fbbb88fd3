import { attempt } from '../attempt.ts'
import { DELIVERY_EXAMPLE, DELIVERY_PLACES, DELIVERY_STATUSES, delivery, deliveryHead } from '../delivery.ts'
import { endpoint } from '../endpoint.ts'
import { DESTINATION_NUMBER_MAX, POSITION_MAX, QUERY_TEXT_CHARS_MAX } from '../limits.ts'
import { masked, placesAt } from '../masking.ts'
import { cursor, limit } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { moment, numberedId, text } from '../text.ts'

const destination = numberedId('dst', DESTINATION_NUMBER_MAX).optional()
const connection = numberedId('con', POSITION_MAX).optional()
const asked = text(QUERY_TEXT_CHARS_MAX)

const deliveries = z
  .object({ deliveries: z.array(delivery), cursor: z.string().nullable(), masked })
  .meta({ id: 'Deliveries' })
export type DeliveriesAnswer = Infer<typeof deliveries>

export const listDeliveries = endpoint({
  method: 'GET',
  path: '/v1/deliveries',
  operationId: 'listDeliveries',
  summary: 'List deliveries with their attempts, newest first',
  tag: 'Destinations',
  permission: 'deliveries:read',
  masking: { answer: placesAt('deliveries[]', DELIVERY_PLACES) },
  query: {
    limit,
    cursor,
    destination,
    connection,
    status: z.enum(DELIVERY_STATUSES).optional(),
    profile: asked.optional().describe('A profile id'),
    event: asked.optional().describe('A position'),
  },
  answers: { 200: deliveries },
  errors: { 400: ['invalid_limit', 'invalid_cursor'] },
  example: {
    query: { destination: 'dst_1', status: 'delivered' },
    answer: { deliveries: [DELIVERY_EXAMPLE], cursor: null },
  },
})

const exchange = attempt.extend({
  response: z
    .object({ headers: z.record(z.string(), z.string()), body: z.string(), truncated: z.boolean() })
    .nullable(),
})
const oneDelivery = z
  .object({
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
    masked,
  })
  .meta({ id: 'DeliveryDetail' })
export type OneDeliveryAnswer = Infer<typeof oneDelivery>

export const getDelivery = endpoint({
  method: 'GET',
  path: '/v1/deliveries/{id}',
  operationId: 'getDelivery',
  summary: 'Get a delivery with the exact request and every response',
  tag: 'Destinations',
  permission: 'deliveries:read',
  masking: {
    // a mapping gives values any name, and a partner may answer what it was sent
    answer: {
      ...placesAt('delivery', DELIVERY_PLACES),
      'delivery.request.url': 'text',
      'delivery.request.headers': 'json',
      'delivery.request.body': 'hidden',
      'delivery.attempts[].response.headers': 'hidden',
      'delivery.attempts[].response.body': 'hidden',
    },
  },
  answers: { 200: oneDelivery },
  example: {
    params: { id: DELIVERY_EXAMPLE.id },
    answer: {
      delivery: {
        ...DELIVERY_EXAMPLE,
        request: {
          method: 'POST',
          url: 'https://crm.example.com/hook',
          headers: { 'content-type': 'application/json', 'webhook-id': DELIVERY_EXAMPLE.id },
          body: '{"amount":50}',
        },
        attempts: DELIVERY_EXAMPLE.attempts.map((each) => ({
          ...each,
          response: { headers: {}, body: 'ok', truncated: false },
        })),
      },
    },
  },
})

const replay = z
  .object({
    matching: z.number(),
    replayed: z.number().describe('Sent again now; 0 in a dry run'),
  })
  .meta({ id: 'DeliveryReplay' })

export const replayDeliveries = endpoint({
  method: 'POST',
  path: '/v1/deliveries/replay',
  operationId: 'replayDeliveries',
  summary: 'Replay deliveries that have ended',
  description: 'They are sent again under the ids that they had.',
  tag: 'Destinations',
  permission: 'deliveries:replay',
  body: z.strictObject({
    filter: z
      .strictObject({
        destination,
        connection,
        status: z
          .enum(['delivered', 'failed', 'held', 'cancelled'])
          .optional()
          .describe('failed when absent'),
        from: moment().optional(),
        to: moment().optional(),
        ids: z.array(asked).min(1).max(1_000).optional(),
      })
      .default({}),
    dryRun: z.boolean().default(false),
  }),
  answers: { 200: replay },
  example: {
    body: { filter: { destination: 'dst_1', status: 'failed' }, dryRun: true },
    answer: { matching: 12, replayed: 0 },
  },
})
