import { EVENT_TYPES, HANDLING_STATES } from './event.ts'
import { identifier } from './identifier.ts'
import { instant } from './instant.ts'
import type { Masking } from './masking.ts'
import { type Infer, z } from './schema.ts'

/** Where an event stands, or how it ended. `accepted`: in the log, not processed yet. */
export const EVENT_OUTCOMES = [
  'accepted',
  'processed',
  'duplicate',
  'quarantined',
  'filtered',
  'refused',
] as const
export type EventOutcome = (typeof EVENT_OUTCOMES)[number]

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

/** An event as it came and as it ended, as lists show it. */
export const eventRow = z
  .object({
    id: z.string().describe('evt_<position>, or out_<number> when it was refused and has no position'),
    position: z.number().nullable(),
    outcome: z.enum(EVENT_OUTCOMES),
    code: z.string().nullable(),
    message: z.string().nullable().describe('Why it ended as it did, and how to fix it'),
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

/** Where an event of a list may name people. */
export const EVENT_ROW_PLACES = {
  message: 'hidden',
  name: 'text',
  'identifiers[]': 'identifier',
} as const satisfies Masking['answer']
