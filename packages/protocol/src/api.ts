import { CONDITION_WARNING_CODES, ERROR_CODES } from './codes.ts'
import { POPULATIONS } from './condition.ts'
import { CONDITION_SCHEMA } from './condition-schema.ts'
import { edited } from './edited.ts'
import { EVENT_TYPES } from './event.ts'
import {
  IDENTIFIER_BYTES_MAX,
  IDENTITY_NAMESPACES_MAX,
  NAME_CHARS_MAX,
  NAMESPACE_BYTES_MAX,
  POSITION_MAX,
  PROFILE_IDENTIFIERS_MAX,
  QUERY_TEXT_CHARS_MAX,
  SIMULATE_EVENTS_MAX,
} from './limits.ts'
import { after, cursor, limit } from './page-query.ts'
import { type Infer, z } from './schema.ts'
import { numberedId, storableJson, text, trimmed } from './text.ts'

// Requests are strict and answers exact. The types are inferred: a shape is written once.

export const apiError = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      path: z.string().optional(),
      needs: z.string().optional().describe('The scope that the API key has not'),
      id: z.string().describe('Also in the server log'),
      details: z.record(z.string(), z.unknown()).optional().describe('What the message says, for programs'),
    }),
  })
  .meta({ id: 'ApiError' })

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
const identifier = z.object({ namespace: z.string(), value: z.string() })

export const profile = z
  .object({
    id: z.string(),
    kind: z.enum(['visitor', 'known']),
    identifiers: z.array(identifier.extend({ firstSeen: instant, lastSeen: instant, source: z.string() })),
    traits: z.record(z.string(), z.unknown()),
    traitSources: z.record(z.string(), z.object({ source: z.string(), at: instant })),
    computedTraits: z.record(z.string(), z.unknown()),
    audiences: z.array(z.object({ key: z.string(), since: instant })),
    consent: z.record(z.string(), z.unknown()),
    events: z.number().describe('Events of this person, counted'),
    firstSeen: instant,
    lastSeen: instant,
    asOf: instant,
  })
  .meta({ id: 'Profile' })
export type ProfileAnswer = Infer<typeof profile>

export const profileAnswer = z.object({ profile })

const personEvent = z
  .looseObject({
    messageId: z.string(),
    type: z.enum(EVENT_TYPES),
    timestamp: instant,
    receivedAt: instant,
    position: z.number(),
    source: z.string(),
  })
  .meta({ id: 'PersonEvent' })

export const eventsAnswer = z.object({
  events: z.array(personEvent),
  cursor: z.string().nullable(),
  asOf: instant,
})

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

export const ledgerAnswer = z.object({ ledger: z.array(ledgerEntry) })

export const pipelineAnswer = z
  .object({
    accepted: z.number().describe('Answered as taken, copies included'),
    processed: z.number().describe('Walked; equals accepted when the walk has ended'),
    loaded: z.number().describe('Walked and, where they must be, in ClickHouse'),
    stored: z.number().describe('Distinct events in ClickHouse'),
    duplicates: z.number(),
    filtered: z.number(),
    quarantined: z.number(),
    erased: z.number(),
    refused: z.number().describe('Not taken by the door'),
    dedupeWindow: z.object({ days: z.number(), since: z.string(), maxIds: z.number() }),
    deliveries: z
      .object({
        queued: z.number().describe('Owed and not ended'),
        delivered: z.number(),
        failed: z.number(),
        held: z.number(),
        cancelled: z.number(),
      })
      .describe('Payloads owed to destinations, by how they ended'),
    lagMs: z.number().describe('Age of the oldest event that is accepted and not walked'),
    timersLagMs: z
      .number()
      .describe('How long the first of the people whose moment has come has been waiting to be asked'),
  })
  .meta({ id: 'Pipeline' })
export type PipelineAnswer = Infer<typeof pipelineAnswer>

export const readQuery = z.object({ after })
export const pageQuery = z.object({ limit, cursor, after })
const namespaceRule = z
  .strictObject({
    priority: z.number().int().min(1).max(1_000).describe('1 is the strongest'),
    class: z.enum(['person', 'contact', 'device', 'cookie']),
    limit: z.number().int().min(1).max(PROFILE_IDENTIFIERS_MAX).describe('Values of one profile, at most'),
    windowDays: z
      .number()
      .int()
      .min(1)
      .max(36_500)
      .nullable()
      .describe('Within so many days of being seen; null: ever'),
    merges: z.boolean().describe('false: never joins two profiles'),
  })
  .meta({ id: 'NamespaceRule' })

const namespaceName = z.string().regex(/^[\w.-]{1,64}$/)

/** Rules that are to be others; what is not named stays as it is. */
const rulesChange = z.strictObject({
  namespaces: z
    .record(namespaceName, namespaceRule.nullable().describe('null: the default again'))
    .refine((rules) => Object.keys(rules).length <= IDENTITY_NAMESPACES_MAX, {
      message: `At most ${IDENTITY_NAMESPACES_MAX} namespaces have a rule of their own; the rule "otherwise" holds for all others.`,
    })
    .optional(),
  otherwise: namespaceRule
    .nullable()
    .optional()
    .describe('For every namespace that is not listed; null: the default again'),
})

export const identityRulesBody = rulesChange.refine(
  ({ namespaces, otherwise }) => otherwise !== undefined || Object.keys(namespaces ?? {}).length > 0,
  'Name what changes: rules of "namespaces", or "otherwise".',
)

export const identityRulesAnswer = z.object({
  rules: z.object({ namespaces: z.record(z.string(), namespaceRule), otherwise: namespaceRule }),
  ...edited,
})

export const simulateBody = z.strictObject({
  rules: rulesChange.optional().describe('Rules that differ from those in force'),
  events: z.array(z.record(z.string(), z.unknown())).min(1).max(SIMULATE_EVENTS_MAX),
})

export const simulateAnswer = z.object({
  profiles: z.array(
    z.object({
      kind: z.enum(['visitor', 'known']),
      identifiers: z.array(identifier),
      traits: z.record(z.string(), z.unknown()),
      events: z.array(z.number()),
    }),
  ),
  ledger: z.array(
    ledgerEntry
      .omit({ id: true, event: true, author: true, other: true, cause: true })
      .extend({ event: z.number().describe('Index in events') }),
  ),
  rejected: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })),
})

const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .describe('true: says what would change, and changes nothing')
export const decisionQuery = z.object({ dryRun, after })

const askedIdentifier = z.strictObject({
  namespace: text(NAMESPACE_BYTES_MAX),
  value: text(IDENTIFIER_BYTES_MAX),
})

/** One of the two. */
export const unmergeBody = z.strictObject({
  ledgerId: numberedId('led', POSITION_MAX).optional().describe('A merge, as the ledger names it'),
  identifier: askedIdentifier.optional().describe('All merges that it caused in its profile'),
})

export const identifierPairBody = z.strictObject({ a: askedIdentifier, b: askedIdentifier })

const profileIdText = text(64)

/** Two profiles, or two identifiers. */
export const linkBody = z.strictObject({
  profiles: z.tuple([profileIdText, profileIdText]).optional().describe('Ids of the two profiles'),
  a: askedIdentifier.optional(),
  b: askedIdentifier.optional(),
})

const regroupedProfile = z
  .object({
    id: z.string(),
    kind: z.enum(['visitor', 'known']),
    identifiers: z.array(identifier),
    traits: z.record(z.string(), z.unknown()),
    changedTraits: z.array(z.string()).describe('Traits whose value is another than before'),
    events: z.number(),
    fragments: z.number(),
    laterMerges: z.array(z.string()).describe('Merges that came after the one undone, and stay'),
  })
  .meta({ id: 'RegroupedProfile' })

const evidence = z
  .object({
    identifier,
    profile: z.string().describe('Whose it is'),
    carriedBy: z.array(z.string()).describe('Profiles whose events carried it'),
    blocked: z.boolean().describe('true: joins them no more, because a reviewer said so'),
  })
  .meta({ id: 'Evidence' })

export const regroupingAnswer = z
  .object({
    profiles: z.array(z.string()),
    changes: z.object({
      before: z.array(z.string()),
      after: z.array(regroupedProfile),
      cutMerges: z.array(z.string()).describe('Entries of the ledger'),
      evidence: z
        .array(evidence)
        .describe('Identifiers of one of these profiles that events of another carried'),
      audiences: z
        .array(z.object({ audience: z.string(), profile: z.string(), entered: z.boolean() }))
        .describe('Memberships that begin or end by it'),
    }),
  })
  .meta({ id: 'Regrouping' })
export type RegroupingAnswer = Infer<typeof regroupingAnswer>

const audienceKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'A key has 1 to 64 of a-z, 0-9, _ and -.')
  .refine((key) => key !== 'movements', 'This key is the name of an address; take another one.')
const audienceName = trimmed(NAME_CHARS_MAX)
const population = z
  .enum(POPULATIONS)
  .describe('known: people with an identifier that names a person; all: visitors too')
const condition = storableJson().meta({ id: 'Condition', ...CONDITION_SCHEMA })

export const audienceBody = z.strictObject({
  key: audienceKey,
  name: audienceName.optional().describe('The key when absent'),
  condition,
  population: population.default('known'),
})

export const audienceChange = z.strictObject({
  key: audienceKey.optional().describe('As in the path'),
  name: audienceName.optional().describe('As before when absent'),
  condition: condition.optional().describe('As before when absent'),
  population: population.optional().describe('As before when absent'),
})

export const previewBody = z.strictObject({ condition, population: population.default('known') })

export const audienceAnswer = z
  .object({
    key: z.string(),
    name: z.string(),
    condition: z.unknown(),
    population,
    status: z
      .enum(['preparing', 'live', 'failed'])
      .describe('While preparing, the members are those of the definition before'),
    progress: z.number().describe('Of the preparation, 0 to 1'),
    error: z.string().nullable().describe('Why it failed'),
    errorCode: z.enum(ERROR_CODES).nullable().describe('The same as a code'),
    size: z.number().nullable().describe('Members; null while there is no live definition'),
    asOf: instant,
    createdAt: instant,
    changedAt: instant,
    ...edited,
  })
  .meta({ id: 'Audience' })
export type AudienceAnswer = Infer<typeof audienceAnswer>

export const audiencesAnswer = z.object({ audiences: z.array(audienceAnswer) })

const member = z.object({
  profileId: z.string(),
  title: z.string().describe("The best name that is known; '' when nothing is"),
  since: instant,
  identifiers: z.array(identifier),
})
export const membersAnswer = z.object({
  members: z.array(member),
  asOf: instant,
  cursor: z.string().nullable(),
})

const conditionWarning = z
  .object({
    code: z.enum(CONDITION_WARNING_CODES),
    message: z.string(),
    path: z.string().describe('Where the name stands in the condition'),
    name: z.union([z.string(), z.number(), z.boolean()]).describe('As it was asked for'),
    nearest: z.union([z.string(), z.number(), z.boolean()]).nullable().describe('What was most likely meant'),
  })
  .meta({ id: 'ConditionWarning' })
export type ConditionWarning = Infer<typeof conditionWarning>

const seriesLoad = z
  .object({
    series: z.number().describe('Different event conditions that audiences keep up to date for each profile'),
    seriesMax: z.number(),
    ofOneEvent: z.number().describe('The most of them that one event is compared with'),
    ofOneEventMax: z.number(),
    event: z.string().nullable().describe('Such an event; null when there is none'),
  })
  .meta({ id: 'SeriesLoad' })

export const previewAnswer = z.object({
  size: z.number(),
  population,
  asOf: instant,
  sample: z.array(member.omit({ since: true })),
  warnings: z
    .array(conditionWarning)
    .describe('Traits, events, properties, identifiers and exact values that have never been seen'),
  load: seriesLoad.describe('What all audiences would cost with this one'),
})

export const whyQuery = z.object({ audience: text(QUERY_TEXT_CHARS_MAX), after })

export const whyAnswer = z.object({
  audience: z.string(),
  member: z.boolean(),
  since: instant.nullable(),
  asOf: instant,
  holds: z.boolean().describe('The condition, asked now'),
  leaves: z.array(
    z.object({
      leaf: z.unknown().describe('One leaf of the condition, in the form in which conditions are written'),
      holds: z.boolean(),
      cold: z.boolean().describe('Answered by ClickHouse, as of `asOf` of the leaf'),
      because: z.record(z.string(), z.unknown()).describe('The values or events that decided it'),
    }),
  ),
})
export type WhyAnswer = Infer<typeof whyAnswer>
