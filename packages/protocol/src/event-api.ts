import { ledgerEntry } from './api.ts'
import { delivery } from './delivery-api.ts'
import { EVENT_TYPES, HANDLING_STATES } from './event.ts'
import { QUERY_TEXT_CHARS_MAX } from './limits.ts'
import { limit } from './page-query.ts'
import { type Infer, z } from './schema.ts'
import { text } from './text.ts'

// Events as they came and as they ended, newest first, and one of them with all that it caused.

/** Where an event stands, or how it ended. `accepted`: in the log, not walked yet. */
export const EVENT_OUTCOMES = [
  'accepted',
  'processed',
  'duplicate',
  'quarantined',
  'filtered',
  'refused',
] as const
export type EventOutcome = (typeof EVENT_OUTCOMES)[number]

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
const identifier = z.object({ namespace: z.string(), value: z.string() })
/** Of an event that did not become one of a person and whose bytes are kept; null of all others. */
export const handling = z
  .object({
    state: z.enum(HANDLING_STATES),
    at: instant.nullable().describe('When it was last sent again or dismissed; null while open'),
    by: z.string().nullable().describe('Name of who did, or of the API key; null while open or unknown'),
    position: z.number().nullable().describe('That it got by being sent again'),
  })
  .meta({ id: 'EventHandling' })
export type Handling = Infer<typeof handling>

const place = z
  .string()
  .regex(/^\d{1,15}(-\d{1,15})?$/)
  .optional()

const asked = text(QUERY_TEXT_CHARS_MAX, 0).optional()

export const feedQuery = z.object({
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
})

const eventRow = z
  .object({
    id: z.string().describe('evt_<position>, or out_<number> when it was refused and has no position'),
    position: z.number().nullable(),
    outcome: z.enum(EVENT_OUTCOMES),
    code: z.string().nullable(),
    message: z.string().nullable().describe('Why it ended as it did, and how to mend it'),
    type: z.enum(EVENT_TYPES).nullable().describe('null: it could not be told'),
    name: z.string(),
    source: z.string(),
    identifiers: z.array(identifier).describe('That the event itself carries'),
    profileId: z.string().nullable(),
    messageId: z.string().nullable(),
    timestamp: instant,
    receivedAt: instant,
    bytes: z.number(),
    isBot: z.boolean(),
    isHistory: z.boolean(),
    handling: handling.nullable(),
  })
  .meta({ id: 'EventRow' })
export type EventRow = Infer<typeof eventRow>

export const feedAnswer = z
  .object({
    events: z.array(eventRow).describe('Newest first; may be fewer than asked for although there are more'),
    head: z.number().describe('Position of the newest event'),
    loaded: z.number().describe('Position up to which all is in ClickHouse'),
    asOf: instant,
    nextBefore: z.string().nullable().describe('`before` of the next page; null: there is nothing earlier'),
    nextAfter: z.string().describe('`after` of the next look at what is new'),
  })
  .meta({ id: 'EventFeed' })
export type FeedAnswer = Infer<typeof feedAnswer>

export const eventDetailAnswer = z
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
    deliveries: z.array(delivery).describe('What was owed to destinations because of it'),
    profile: z
      .object({ id: z.string(), title: z.string(), kind: z.enum(['visitor', 'known']) })
      .nullable()
      .describe('Whose it is now'),
  })
  .meta({ id: 'EventDetail' })
export type EventDetailAnswer = Infer<typeof eventDetailAnswer>
