import { DELIVERY_EXAMPLE, DELIVERY_PLACES, delivery } from '../delivery.ts'
import { endpoint } from '../endpoint.ts'
import { EVENT_TYPES, HANDLING_STATES } from '../event.ts'
import { EVENT_OUTCOMES, EVENT_ROW_PLACES, type EventRow, eventRow } from '../event-row.ts'
import { instant } from '../instant.ts'
import { LEDGER_EXAMPLE, LEDGER_PLACES, ledgerEntry } from '../ledger-entry.ts'
import { QUERY_TEXT_CHARS_MAX } from '../limits.ts'
import { masked, placesAt } from '../masking.ts'
import { limit } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { text } from '../text.ts'

const place = z
  .string()
  .regex(/^\d{1,15}(-\d{1,15})?$/)
  .optional()

const asked = text(QUERY_TEXT_CHARS_MAX, 0).optional()

const feed = z
  .object({
    events: z.array(eventRow).describe('Newest first; may be fewer than asked for although there are more'),
    head: z.number().describe('Position of the newest event'),
    loaded: z.number().describe('Position up to which all is in ClickHouse'),
    asOf: instant,
    nextBefore: z.string().nullable().describe('`before` of the next page; null: there is nothing earlier'),
    nextAfter: z.string().describe('`after` of the next look at what is new'),
    masked,
  })
  .meta({ id: 'EventFeed' })
export type FeedAnswer = Infer<typeof feed>

const ORDER: EventRow = {
  id: 'evt_1207',
  position: 1207,
  outcome: 'processed',
  code: null,
  message: null,
  type: 'track',
  name: 'Order Completed',
  source: 'website',
  identifiers: [{ namespace: 'user_id', value: 'ada' }],
  profileId: 'prf_b3zq5k2v7n4xa',
  messageId: 'm-1',
  timestamp: '2026-11-30T08:00:00.000Z',
  receivedAt: '2026-11-30T08:00:00.120Z',
  bytes: 312,
  isBot: false,
  isHistory: false,
  handling: null,
}

export const listEvents = endpoint({
  method: 'GET',
  path: '/v1/events',
  operationId: 'listEvents',
  summary: 'List events, newest first',
  description: 'With how each ended. They are visible as soon as they are acknowledged.',
  tag: 'Events',
  permission: 'events:read',
  masking: { answer: placesAt('events[]', EVENT_ROW_PLACES), asks: { 'query.identifier': 'search' } },
  query: {
    limit,
    after: place.describe('A position, or `nextAfter` of an answer: only what came later, to follow live'),
    before: place.describe('A position, or `nextBefore` of an answer: only what came earlier'),
    type: z.enum(EVENT_TYPES).optional(),
    name: asked.describe('Of a track, page or screen event, to the letter'),
    identifier: asked.describe('namespace:value, or a value of any namespace'),
    outcome: z.enum(EVENT_OUTCOMES).optional(),
    handling: z
      .enum(HANDLING_STATES)
      .optional()
      .describe('Only refused, quarantined and filtered ones in this state'),
    source: asked.describe('Slug of the source'),
  },
  answers: { 200: feed },
  errors: { 400: ['invalid_limit'], 404: ['not_found'] },
  example: {
    query: { type: 'track', limit: '50' },
    answer: {
      events: [ORDER],
      head: 1207,
      loaded: 1207,
      asOf: '2026-11-30T08:00:01.000Z',
      nextBefore: null,
      nextAfter: '1207',
    },
  },
})

const detail = z
  .object({
    event: eventRow.extend({
      raw: z.string().nullable().describe('As it came; null: a copy whose bytes were not kept'),
      outcomeId: z.string().nullable().describe('Its id in /v1/outcomes'),
      isLoaded: z.boolean().describe('In ClickHouse'),
    }),
    ledger: z.array(ledgerEntry).describe('Identity decisions that it caused'),
    audiences: z
      .array(z.object({ audience: z.string(), name: z.string(), entered: z.boolean(), at: instant }))
      .describe('Memberships that began or ended by it'),
    deliveries: z.array(delivery).describe('What was queued for destinations because of it'),
    profile: z
      .object({ id: z.string(), title: z.string(), kind: z.enum(['visitor', 'known']) })
      .nullable()
      .describe('Whose it is now'),
    masked,
  })
  .meta({ id: 'EventDetail' })
export type EventDetailAnswer = Infer<typeof detail>

export const getEvent = endpoint({
  method: 'GET',
  path: '/v1/events/{id}',
  operationId: 'getEvent',
  summary: 'Get an event as it came, and what it caused',
  tag: 'Events',
  permission: 'events:read',
  masking: {
    answer: {
      ...placesAt('event', EVENT_ROW_PLACES),
      'event.raw': 'raw',
      ...placesAt('ledger[]', LEDGER_PLACES),
      ...placesAt('deliveries[]', DELIVERY_PLACES),
      'profile.title': 'title',
    },
  },
  answers: { 200: detail },
  example: {
    params: { id: 'evt_1207' },
    answer: {
      event: {
        ...ORDER,
        raw: '{"type":"track","userId":"ada","event":"Order Completed"}',
        outcomeId: null,
        isLoaded: true,
      },
      ledger: [LEDGER_EXAMPLE],
      audiences: [{ audience: 'regulars', name: 'Regulars', entered: true, at: '2026-11-30T08:00:00.000Z' }],
      deliveries: [DELIVERY_EXAMPLE],
      profile: { id: 'prf_b3zq5k2v7n4xa', title: 'Ada Lovelace', kind: 'known' },
    },
  },
})
