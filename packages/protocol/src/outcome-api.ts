import { EVENT_OUTCOMES, handling } from './event-api.ts'
import { OPEN_OUTCOMES_COUNTED_MAX, QUERY_TEXT_CHARS_MAX } from './limits.ts'
import { cursor, limit } from './page-query.ts'
import { type Infer, z } from './schema.ts'
import { moment, text } from './text.ts'

// What did not become an event of a person, and sending it again.

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
const outcome = z.enum(['refused', 'quarantined', 'filtered', 'duplicate'])
const code = z.string().regex(/^[a-z_]{1,100}$/, 'A code has a to z and _.')
const sourceSlug = text(QUERY_TEXT_CHARS_MAX).describe('Slug of the source')

export const outcomesQuery = z.object({
  limit,
  cursor,
  outcome: outcome.optional(),
  code: code.optional(),
  source: sourceSlug.optional(),
})

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

export const outcomesAnswer = z.object({ outcomes: z.array(outcomeEntry), cursor: z.string().nullable() })

export const replayBody = z.strictObject({
  event: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The event as it should have been; absent: as it came'),
  again: z.boolean().optional().describe('true: although it was sent again before'),
})

export const replayAnswer = z.object({
  position: z.number().describe('Of the event; of the last one when a whole batch was sent again'),
  events: z.number().describe('How many were taken'),
  rejected: z
    .array(z.object({ index: z.number(), code: z.string(), message: z.string() }))
    .describe('Of a batch, what was refused again'),
  outcome: z.enum(EVENT_OUTCOMES).describe('What became of it; accepted: not walked yet'),
  code: z.string().nullable(),
  message: z.string().nullable(),
})

export const dismissBody = z.strictObject({
  dismissed: z.boolean().default(true).describe('false: it is open again'),
})

export const dismissAnswer = z.object({ handling })

const openCount = z.number().describe(`At most ${OPEN_OUTCOMES_COUNTED_MAX}: so many or more`)

export const openOutcomesAnswer = z
  .object({ refused: openCount, quarantined: openCount, filtered: openCount })
  .meta({ id: 'OpenOutcomes' })
export type OpenOutcomesAnswer = Infer<typeof openOutcomesAnswer>

export const bulkReplayBody = z.strictObject({
  filter: z.strictObject({
    code: code.optional(),
    source: sourceSlug.optional(),
    from: moment().optional().describe('Received then or later'),
    to: moment().optional().describe('Received before'),
  }),
  dryRun: z.boolean().default(false).describe('true: says what would be taken, and sends nothing'),
  cursor: text(QUERY_TEXT_CHARS_MAX).optional().describe('As the call before gave it'),
})

export const bulkReplayAnswer = z.object({
  matching: z
    .number()
    .describe('All that fit the filter, come after the cursor and have not been sent again'),
  replayed: z.number().describe('Taken by this call; in a dry run: would be'),
  refusedAgain: z.number().describe('They stay as they are: repair them one by one'),
  cursor: z.string().nullable().describe('For the call that goes on; null: there are no more'),
})
