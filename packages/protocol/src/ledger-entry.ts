import { EVENT_TYPES } from './event.ts'
import { identifier } from './identifier.ts'
import { instant } from './instant.ts'
import type { Masking } from './masking.ts'
import { type Infer, z } from './schema.ts'

/** Who decided: a team member or an API key, by the name of that time. */
export const author = z
  .object({ kind: z.enum(['member', 'key']), name: z.string().describe('At that time') })
  .meta({ id: 'Author' })

/** An event, as far as a sentence needs it. */
export const decisionCause = z
  .object({
    type: z.enum(EVENT_TYPES),
    name: z.string(),
    source: z.string(),
    at: instant,
    identifiers: z.array(identifier).describe('That it carried'),
  })
  .meta({ id: 'DecisionCause' })
export type DecisionCause = Infer<typeof decisionCause>

/** One identity decision. */
export const ledgerEntry = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.enum(['created', 'linked', 'merged', 'refused', 'unlinked', 'unmerged']),
    identifiers: z.array(identifier),
    reason: z.string(),
    event: z.object({ position: z.number() }),
    rule: z.string(),
    author: author.nullable().describe('Whose word it was; null: the rules decided'),
    other: z
      .string()
      .nullable()
      .describe(
        'The profile of the other side, where it is another one now: a merge that was undone is redone by linking the two',
      ),
    cause: decisionCause
      .nullable()
      .describe('What the event was that brought it about; null: of the newest only'),
  })
  .meta({ id: 'LedgerEntry' })
export type LedgerAnswerEntry = Infer<typeof ledgerEntry>

/** Where a decision names people. */
export const LEDGER_PLACES = {
  'identifiers[]': 'identifier',
  reason: 'text',
  'cause.identifiers[]': 'identifier',
  'cause.name': 'text',
} as const satisfies Masking['answer']

/** A merge, for examples. */
export const LEDGER_EXAMPLE: LedgerAnswerEntry = {
  id: 'led_42',
  at: '2026-11-30T08:00:00.000Z',
  kind: 'merged',
  identifiers: [{ namespace: 'email', value: 'ada@example.com' }],
  reason: 'Both carry the same e-mail address.',
  event: { position: 1207 },
  rule: 'shared_identifier',
  author: null,
  other: null,
  cause: {
    type: 'identify',
    name: '',
    source: 'website',
    at: '2026-11-30T08:00:00.000Z',
    identifiers: [{ namespace: 'email', value: 'ada@example.com' }],
  },
}
