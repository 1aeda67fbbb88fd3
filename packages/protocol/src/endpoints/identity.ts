import { edited } from '../edited.ts'
import { endpoint } from '../endpoint.ts'
import { identifier } from '../identifier.ts'
import { LEDGER_EXAMPLE, ledgerEntry } from '../ledger-entry.ts'
import {
  IDENTIFIER_BYTES_MAX,
  IDENTITY_NAMESPACES_MAX,
  NAMESPACE_BYTES_MAX,
  POSITION_MAX,
  PROFILE_IDENTIFIERS_MAX,
  SIMULATE_EVENTS_MAX,
} from '../limits.ts'
import { after } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { numberedId, text } from '../text.ts'

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

const identityRules = z.object({
  rules: z.object({ namespaces: z.record(z.string(), namespaceRule), otherwise: namespaceRule }),
  ...edited,
})

const DEVICE_RULE = { priority: 9, class: 'cookie', limit: 25, windowDays: null, merges: true } as const
const RULES: Infer<typeof identityRules> = {
  rules: {
    namespaces: { email: { priority: 3, class: 'contact', limit: 5, windowDays: null, merges: true } },
    otherwise: DEVICE_RULE,
  },
  version: 1,
  changedBy: null,
}

export const getIdentityRules = endpoint({
  method: 'GET',
  path: '/v1/identity/rules',
  operationId: 'getIdentityRules',
  summary: 'Get the identity rules in force',
  tag: 'Identity',
  permission: 'identity-rules:read',
  answers: { 200: identityRules },
  example: { answer: RULES },
})

export const updateIdentityRules = endpoint({
  method: 'PUT',
  path: '/v1/identity/rules',
  operationId: 'updateIdentityRules',
  summary: 'Update the identity rules',
  description: 'They hold for the events that follow; what is decided stays decided.',
  tag: 'Identity',
  permission: 'identity-rules:edit',
  ifMatch: true,
  givesPosition: true,
  body: rulesChange.refine(
    ({ namespaces, otherwise }) => otherwise !== undefined || Object.keys(namespaces ?? {}).length > 0,
    'Name what changes: rules of "namespaces", or "otherwise".',
  ),
  answers: { 200: identityRules },
  errors: { 409: ['too_many'] },
  example: {
    body: { namespaces: { email: { ...DEVICE_RULE, priority: 3, class: 'contact', limit: 5 } } },
    answer: { ...RULES, version: 2, changedBy: 'Ada' },
  },
})

const profileKind = z.enum(['visitor', 'known'])

export const simulateIdentity = endpoint({
  method: 'POST',
  path: '/v1/identity/simulate',
  operationId: 'simulateIdentity',
  summary: 'Simulate identity rules on events',
  description:
    'The profiles and the identity history that these events would make under these rules. Nothing is stored.',
  tag: 'Identity',
  permission: 'identity-rules:read',
  body: z.strictObject({
    rules: rulesChange.optional().describe('Rules that differ from those in force'),
    events: z.array(z.record(z.string(), z.unknown())).min(1).max(SIMULATE_EVENTS_MAX),
  }),
  answers: {
    200: z.object({
      profiles: z.array(
        z.object({
          kind: profileKind,
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
    }),
  },
  example: {
    body: {
      events: [{ type: 'identify', userId: 'ada', traits: { email: 'ada@example.com' } }],
    },
    answer: {
      profiles: [
        {
          kind: 'known',
          identifiers: [{ namespace: 'user_id', value: 'ada' }],
          traits: { email: 'ada@example.com' },
          events: [0],
        },
      ],
      ledger: [
        {
          at: '2026-11-30T08:00:00.000Z',
          kind: 'created',
          identifiers: [{ namespace: 'user_id', value: 'ada' }],
          reason: LEDGER_EXAMPLE.reason,
          rule: LEDGER_EXAMPLE.rule,
          event: 0,
        },
      ],
      rejected: [],
    },
  },
})

const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .describe('true: says what would change, and changes nothing')

const askedIdentifier = z.strictObject({
  namespace: text(NAMESPACE_BYTES_MAX),
  value: text(IDENTIFIER_BYTES_MAX),
})

const regroupedProfile = z
  .object({
    id: z.string(),
    kind: profileKind,
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

const regrouping = z
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
export type RegroupingAnswer = Infer<typeof regrouping>

const ADA = { namespace: 'user_id', value: 'ada' }
const BYRON = { namespace: 'user_id', value: 'byron' }
const REGROUPING: RegroupingAnswer = {
  profiles: ['prf_b3zq5k2v7n4xa', 'prf_k7a2mmzq4x5bd'],
  changes: {
    before: ['prf_b3zq5k2v7n4xa'],
    after: [
      {
        id: 'prf_b3zq5k2v7n4xa',
        kind: 'known',
        identifiers: [ADA],
        traits: { email: 'ada@example.com' },
        changedTraits: ['email'],
        events: 40,
        fragments: 1,
        laterMerges: [],
      },
    ],
    cutMerges: ['led_42'],
    evidence: [],
    audiences: [],
  },
}

const DECISION_ERRORS = {
  404: ['not_found'],
  409: [
    ...(['not_a_merge', 'already_unmerged', 'no_merges', 'inseparable'] as const),
    ...(['profile_too_large', 'too_many_cannot_links', 'too_many'] as const),
  ],
} as const

const decision = {
  tag: 'Identity',
  permission: 'identity:edit',
  givesPosition: true,
  query: { dryRun, after },
  answers: { 200: regrouping },
  errors: DECISION_ERRORS,
} as const

export const unmerge = endpoint({
  ...decision,
  method: 'POST',
  path: '/v1/identity/unmerge',
  operationId: 'unmerge',
  summary: 'Unmerge a profile',
  description: 'Undoes one merge, or all merges that an identifier caused. The sides do not merge again.',
  body: z.strictObject({
    ledgerId: numberedId('led', POSITION_MAX).optional().describe('A merge, as the ledger names it'),
    identifier: askedIdentifier.optional().describe('All merges that it caused in its profile'),
  }),
  example: { query: { dryRun: 'true' }, body: { ledgerId: 'led_42' }, answer: REGROUPING },
})

export const setCannotLink = endpoint({
  ...decision,
  method: 'POST',
  path: '/v1/identity/cannot-link',
  operationId: 'setCannotLink',
  summary: 'Keep two identifiers apart',
  description: 'They are not one person: parts their profile, and keeps the two apart.',
  body: z.strictObject({ a: askedIdentifier, b: askedIdentifier }),
  example: { body: { a: ADA, b: BYRON }, answer: REGROUPING },
})

const profileId = text(64)

export const linkProfiles = endpoint({
  ...decision,
  method: 'POST',
  path: '/v1/identity/link',
  operationId: 'linkProfiles',
  summary: 'Link two profiles',
  description:
    'Two profiles, or the profiles of two identifiers, are one person: joins them whatever the rules say. Redoes a merge that was undone.',
  body: z.strictObject({
    profiles: z.tuple([profileId, profileId]).optional().describe('Ids of the two profiles'),
    a: askedIdentifier.optional(),
    b: askedIdentifier.optional(),
  }),
  example: {
    body: { profiles: ['prf_b3zq5k2v7n4xa', 'prf_k7a2mmzq4x5bd'] },
    answer: { profiles: ['prf_b3zq5k2v7n4xa'], changes: { ...REGROUPING.changes, cutMerges: [] } },
  },
})
