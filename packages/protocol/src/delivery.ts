import { attempt } from './attempt.ts'
import { EVENT_TYPES } from './event.ts'
import { instant } from './instant.ts'
import type { Masking } from './masking.ts'
import { type Infer, z } from './schema.ts'

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

/** A delivery without its attempts. */
export const deliveryHead = z.object({
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

/** One payload for one destination, with what came of it. */
export const delivery = deliveryHead.extend({ attempts: z.array(attempt) }).meta({ id: 'Delivery' })
export type DeliveryAnswer = Infer<typeof delivery>

/** Where a delivery may name people. */
export const DELIVERY_PLACES = {
  profileTitle: 'hidden',
  'event.name': 'text',
  'attempts[].error.message': 'text',
} as const satisfies Masking['answer']

/** A delivery, for examples. */
export const DELIVERY_EXAMPLE: DeliveryAnswer = {
  id: 'dlv_5kq3w7m2x4b6n',
  status: 'delivered',
  reason: null,
  destination: 'dst_1',
  connection: 'con_7',
  profileId: 'prf_b3zq5k2v7n4xa',
  profileTitle: 'Ada Lovelace',
  event: { position: 1207, type: 'track', name: 'Order Completed' },
  purpose: 'operations',
  createdAt: '2026-11-30T08:00:00.000Z',
  endedAt: '2026-11-30T08:00:00.310Z',
  nextAt: null,
  attempts: [{ at: '2026-11-30T08:00:00.220Z', status: 200, ms: 84, error: null }],
}
