import { endpoint } from '../endpoint.ts'
import { EVENT_OUTCOMES, handling } from '../event-row.ts'
import { instant } from '../instant.ts'
import { OPEN_OUTCOMES_COUNTED_MAX, QUERY_TEXT_CHARS_MAX } from '../limits.ts'
import { type Masking, masked } from '../masking.ts'
import { cursor, limit } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { moment, text } from '../text.ts'

// What did not become an event of a person, and sending it again.

const outcome = z.enum(['refused', 'quarantined', 'filtered', 'duplicate'])
const code = z.string().regex(/^[a-z_]{1,100}$/, 'A code has a to z and _.')
const sourceSlug = text(QUERY_TEXT_CHARS_MAX).describe('Slug of the source')

/** Of endpoints that answer numbers and states. */
const NOBODY = { answer: {} } as const satisfies Masking

const outcomeEntry = z
  .object({
    id: z.string(),
    outcome,
    code: z.string(),
    message: z.string(),
    path: z.string().nullable(),
    source: z.string(),
    position: z.number().nullable(),
    messageId: z.string().nullable(),
    receivedAt: instant,
    raw: z.string().nullable().describe('The bytes as they came, in base64; null for duplicates'),
    replayedAt: instant.nullable().describe('When it was last sent again'),
    replayedAs: z.number().nullable().describe('Position that it got by that'),
    handling: handling.nullable(),
  })
  .meta({ id: 'Outcome' })
export type OutcomeAnswerEntry = Infer<typeof outcomeEntry>

export const listOutcomes = endpoint({
  method: 'GET',
  path: '/v1/outcomes',
  operationId: 'listOutcomes',
  summary: 'List refused, quarantined, filtered and duplicate events, newest first',
  description: 'With the reason and the raw bytes.',
  tag: 'Events',
  permission: 'quarantine:read',
  masking: {
    answer: { 'outcomes[].message': 'hidden', 'outcomes[].path': 'text', 'outcomes[].raw': 'base64' },
  },
  query: {
    limit,
    cursor,
    outcome: outcome.optional(),
    code: code.optional(),
    source: sourceSlug.optional(),
  },
  answers: { 200: z.object({ outcomes: z.array(outcomeEntry), cursor: z.string().nullable(), masked }) },
  errors: { 400: ['invalid_limit', 'invalid_cursor'], 404: ['not_found'] },
  example: {
    query: { outcome: 'refused' },
    answer: {
      outcomes: [
        {
          id: '31',
          outcome: 'refused',
          code: 'missing_event',
          message: 'A track event needs "event".',
          path: 'event',
          source: 'website',
          position: null,
          messageId: 'm-2',
          receivedAt: '2026-11-30T08:00:00.120Z',
          raw: 'eyJ0eXBlIjoidHJhY2siLCJ1c2VySWQiOiJhZGEifQ==',
          replayedAt: null,
          replayedAs: null,
          handling: { state: 'open', at: null, by: null, position: null },
        },
      ],
      cursor: null,
    },
  },
})

const openCount = z.number().describe(`At most ${OPEN_OUTCOMES_COUNTED_MAX}: so many or more`)
const openOutcomes = z
  .object({ refused: openCount, quarantined: openCount, filtered: openCount, masked })
  .meta({ id: 'OpenOutcomes' })
export type OpenOutcomesAnswer = Infer<typeof openOutcomes>

export const countOpenOutcomes = endpoint({
  method: 'GET',
  path: '/v1/outcomes/open',
  operationId: 'countOpenOutcomes',
  summary: 'Count the events that wait to be repaired, replayed or dismissed',
  tag: 'Events',
  permission: 'quarantine:read',
  masking: NOBODY,
  answers: { 200: openOutcomes },
  example: { answer: { refused: 2, quarantined: 1, filtered: 0 } },
})

export const dismissOutcome = endpoint({
  method: 'POST',
  path: '/v1/outcomes/{id}/dismiss',
  operationId: 'dismissOutcome',
  summary: 'Dismiss an outcome, or reopen it',
  description: 'For what needs no repair. Its bytes stay.',
  tag: 'Events',
  permission: 'quarantine:edit',
  masking: NOBODY,
  body: z.strictObject({
    dismissed: z.boolean().default(true).describe('false: it is open again'),
  }),
  answers: { 200: z.object({ handling, masked }) },
  example: {
    params: { id: '31' },
    body: { dismissed: true },
    answer: {
      handling: { state: 'dismissed', at: '2026-11-30T08:00:00.000Z', by: 'Ada', position: null },
    },
  },
})

/** What an event that is sent again may be refused with: the same as when it is sent. */
const EVENT_ERRORS = {
  400: [
    ...([
      'empty_body',
      'invalid_json',
      'invalid_utf8',
      'not_an_object',
      'batch_not_array',
      'empty_batch',
    ] as const),
    ...([
      'too_deep',
      'too_many_keys',
      'key_too_long',
      'invalid_key',
      'forbidden_key',
      'array_too_long',
    ] as const),
    ...([
      'event_too_large',
      'invalid_type',
      'unknown_type',
      'missing_user_id',
      'missing_previous_id',
    ] as const),
    ...(['missing_event', 'missing_group_id', 'name_too_long', 'invalid_id', 'id_too_long'] as const),
    ...(['unsafe_integer', 'number_out_of_range', 'invalid_timestamp', 'timestamp_out_of_range'] as const),
    'all_events_rejected',
  ],
  413: ['event_too_large', 'too_many_keys', 'too_many_events'],
} as const

const replayed = z
  .object({
    position: z.number().describe('Of the event; of the last one when a whole batch was sent again'),
    events: z.number().describe('How many were taken'),
    rejected: z
      .array(z.object({ index: z.number(), code: z.string(), message: z.string() }))
      .describe('Of a batch, what was refused again'),
    outcome: z.enum(EVENT_OUTCOMES).describe('What became of it; accepted: not processed yet'),
    code: z.string().nullable(),
    message: z.string().nullable(),
    masked,
  })
  .meta({ id: 'OutcomeReplay' })

export const replayOutcome = endpoint({
  method: 'POST',
  path: '/v1/outcomes/{id}/replay',
  operationId: 'replayOutcome',
  summary: 'Replay an outcome, repaired or as it came',
  description: 'The same checks apply.',
  tag: 'Events',
  permission: 'quarantine:edit',
  masking: { answer: { 'rejected[].message': 'hidden', message: 'hidden' } },
  givesPosition: true,
  body: z.strictObject({
    event: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The event as it should have been; absent: as it came'),
    again: z.boolean().optional().describe('true: although it was sent again before'),
  }),
  answers: { 200: replayed },
  errors: {
    ...EVENT_ERRORS,
    409: ['not_replayable', 'already_replayed'],
    503: ['storage_unavailable'],
  },
  example: {
    params: { id: '31' },
    body: { event: { type: 'track', userId: 'ada', event: 'Order Completed' } },
    answer: { position: 1208, events: 1, rejected: [], outcome: 'processed', code: null, message: null },
  },
})

export const replayOutcomes = endpoint({
  method: 'POST',
  path: '/v1/outcomes/replay',
  operationId: 'replayOutcomes',
  summary: 'Replay many outcomes as they came, oldest first',
  tag: 'Events',
  permission: 'quarantine:edit',
  masking: NOBODY,
  body: z.strictObject({
    filter: z.strictObject({
      code: code.optional(),
      source: sourceSlug.optional(),
      from: moment().optional().describe('Received then or later'),
      to: moment().optional().describe('Received before'),
    }),
    dryRun: z.boolean().default(false).describe('true: says what would be taken, and sends nothing'),
    cursor: text(QUERY_TEXT_CHARS_MAX).optional().describe('As the call before gave it'),
  }),
  answers: {
    200: z.object({
      matching: z
        .number()
        .describe('All that fit the filter, come after the cursor and have not been sent again'),
      replayed: z.number().describe('Taken by this call; in a dry run: would be'),
      refusedAgain: z.number().describe('They stay as they are: repair them one by one'),
      cursor: z.string().nullable().describe('For the call that goes on; null: there are no more'),
      masked,
    }),
  },
  errors: { 400: ['invalid_cursor'], 404: ['not_found'], 503: ['storage_unavailable'] },
  example: {
    body: { filter: { code: 'source_disabled' }, dryRun: true },
    answer: { matching: 12, replayed: 12, refusedAgain: 0, cursor: null },
  },
})
