import { storedCondition } from '../condition-field.ts'
import { endpoint } from '../endpoint.ts'
import { EVENT_TYPES } from '../event.ts'
import { identifier } from '../identifier.ts'
import { instant } from '../instant.ts'
import { author, decisionCause, LEDGER_EXAMPLE, LEDGER_PLACES, ledgerEntry } from '../ledger-entry.ts'
import { QUERY_TEXT_CHARS_MAX, SEARCH_CHARS_MAX } from '../limits.ts'
import { masked, placesAt } from '../masking.ts'
import { after, cursor, limit } from '../page-query.ts'
import { type Infer, z } from '../schema.ts'
import { text, trimmed } from '../text.ts'

const profileKind = z.enum(['visitor', 'known'])
const seenIdentifier = identifier.extend({ firstSeen: instant, lastSeen: instant, source: z.string() })
const id = text(QUERY_TEXT_CHARS_MAX).describe('An identifier as namespace:value, or a profile id')

const foundProfile = z
  .object({
    id: z.string(),
    kind: profileKind,
    title: z.string().describe('Name, else e-mail, else the strongest identifier'),
    match: identifier.describe('What was found: an identifier; or `name` and `profile_id`, which are none'),
    beside: z
      .array(z.string())
      .describe(
        'What tells the person from a namesake: e-mail and city, else another identifier; never the title',
      ),
    lastSeen: instant,
  })
  .meta({ id: 'FoundProfile' })
export type FoundProfile = Infer<typeof foundProfile>

export const searchProfiles = endpoint({
  method: 'GET',
  path: '/v1/profiles',
  operationId: 'searchProfiles',
  summary: 'Search profiles',
  tag: 'Profiles',
  permission: 'profiles:search',
  masking: {
    answer: { 'profiles[].title': 'title', 'profiles[].match': 'identifier', 'profiles[].beside': 'hidden' },
    asks: { 'query.search': 'search' },
  },
  query: {
    search: trimmed(SEARCH_CHARS_MAX, 0)
      .optional()
      .describe(
        'An identifier of any namespace or its beginning, `namespace:value`, a telephone number in any form, a profile id, or a name; absent: the newest profiles',
      ),
    limit,
  },
  answers: { 200: z.object({ profiles: z.array(foundProfile), masked }) },
  errors: { 400: ['invalid_limit'] },
  example: {
    query: { search: 'ada' },
    answer: {
      profiles: [
        {
          id: 'prf_b3zq5k2v7n4xa',
          kind: 'known',
          title: 'Ada Lovelace',
          match: { namespace: 'email', value: 'ada@example.com' },
          beside: ['ada@example.com', 'London'],
          lastSeen: '2026-11-30T08:00:00.000Z',
        },
      ],
    },
  },
})

/** Of endpoints whose path names a person. */
const OF_ONE = { asks: { 'params.id': 'person' } } as const

const profile = z
  .object({
    id: z.string(),
    kind: profileKind,
    identifiers: z.array(seenIdentifier),
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

const EMAIL = {
  namespace: 'email',
  value: 'ada@example.com',
  firstSeen: '2026-10-01T09:30:00.000Z',
  lastSeen: '2026-11-30T08:00:00.000Z',
  source: 'website',
}

export const getProfile = endpoint({
  method: 'GET',
  path: '/v1/profiles/{id}',
  operationId: 'getProfile',
  summary: 'Get a profile',
  tag: 'Profiles',
  permission: 'profiles:read',
  masking: {
    ...OF_ONE,
    answer: {
      'profile.identifiers[]': 'identifier',
      'profile.traits': 'json',
      'profile.traitSources': 'fields',
      'profile.computedTraits': 'json',
      'profile.consent': 'json',
    },
  },
  params: { id },
  query: { after },
  answers: { 200: z.object({ profile, masked }) },
  example: {
    params: { id: 'email:ada@example.com' },
    answer: {
      profile: {
        id: 'prf_b3zq5k2v7n4xa',
        kind: 'known',
        identifiers: [EMAIL],
        traits: { email: 'ada@example.com', plan: 'pro' },
        traitSources: { plan: { source: 'website', at: '2026-10-01T09:30:00.000Z' } },
        computedTraits: {},
        audiences: [{ key: 'regulars', since: '2026-10-04T17:20:00.000Z' }],
        consent: {},
        events: 42,
        firstSeen: '2026-10-01T09:30:00.000Z',
        lastSeen: '2026-11-30T08:00:00.000Z',
        asOf: '2026-11-30T08:00:00.000Z',
      },
    },
  },
})

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
export type PersonEvent = Infer<typeof personEvent>

export const listProfileEvents = endpoint({
  method: 'GET',
  path: '/v1/profiles/{id}/events',
  operationId: 'listProfileEvents',
  summary: 'List the events of a profile, newest first',
  description: 'Those of the whole merged person.',
  tag: 'Profiles',
  permission: 'profiles:read',
  masking: { ...OF_ONE, answer: { 'events[]': 'event' } },
  params: { id },
  query: { limit, cursor, after },
  answers: {
    200: z.object({ events: z.array(personEvent), cursor: z.string().nullable(), asOf: instant, masked }),
  },
  errors: { 400: ['invalid_limit', 'invalid_cursor'] },
  example: {
    params: { id: 'email:ada@example.com' },
    answer: {
      events: [
        {
          messageId: 'm-1',
          type: 'track',
          event: 'Order Completed',
          properties: { revenue: 50 },
          timestamp: '2026-11-30T08:00:00.000Z',
          receivedAt: '2026-11-30T08:00:00.120Z',
          position: 1207,
          source: 'website',
        },
      ],
      cursor: null,
      asOf: '2026-11-30T08:00:01.000Z',
    },
  },
})

export const listProfileLedger = endpoint({
  method: 'GET',
  path: '/v1/profiles/{id}/ledger',
  operationId: 'listProfileLedger',
  summary: 'List the identity history of a profile, oldest first',
  tag: 'Profiles',
  permission: 'profiles:read',
  masking: { ...OF_ONE, answer: placesAt('ledger[]', LEDGER_PLACES) },
  params: { id },
  query: { after },
  answers: { 200: z.object({ ledger: z.array(ledgerEntry), masked }) },
  example: { params: { id: 'email:ada@example.com' }, answer: { ledger: [LEDGER_EXAMPLE] } },
})

const graph = z
  .object({
    fragments: z
      .array(
        z.object({
          id: z.string().describe('frg_<number>'),
          identifiers: z.array(seenIdentifier).describe('That its events carried'),
          traits: z.number(),
          events: z.number(),
          firstSeen: instant,
          lastSeen: instant,
        }),
      )
      .describe('What was learnt under one anchor each; together they are the person'),
    merges: z
      .array(
        z.object({
          ledgerId: z.string(),
          a: z.string(),
          b: z.string(),
          identifiers: z.array(identifier).describe('Because of which they were joined'),
          rule: z.string(),
          reason: z.string(),
          at: instant,
          event: z.object({ position: z.number() }),
          author: author.nullable().describe('Whose word it was; null: the rules decided'),
          cause: decisionCause.nullable().describe('What the event was; null: of the newest only'),
        }),
      )
      .describe('Active merges, oldest first: a tree of the fragments'),
    masked,
  })
  .meta({ id: 'ProfileGraph' })
export type GraphAnswer = Infer<typeof graph>

export const getProfileGraph = endpoint({
  method: 'GET',
  path: '/v1/profiles/{id}/graph',
  operationId: 'getProfileGraph',
  summary: 'Get the identity graph of a profile',
  description: 'The fragments of a person, and the merges that join them.',
  tag: 'Profiles',
  permission: 'profiles:read',
  masking: {
    ...OF_ONE,
    answer: { 'fragments[].identifiers[]': 'identifier', ...placesAt('merges[]', LEDGER_PLACES) },
  },
  params: { id },
  query: { after },
  answers: { 200: graph },
  example: {
    params: { id: 'email:ada@example.com' },
    answer: {
      fragments: [
        {
          id: 'frg_12',
          identifiers: [EMAIL],
          traits: 2,
          events: 42,
          firstSeen: '2026-10-01T09:30:00.000Z',
          lastSeen: '2026-11-30T08:00:00.000Z',
        },
      ],
      merges: [],
    },
  },
})

const why = z
  .object({
    audience: z.string(),
    member: z.boolean(),
    since: instant.nullable(),
    asOf: instant,
    holds: z.boolean().describe('The condition, asked now'),
    leaves: z.array(
      z.object({
        leaf: storedCondition,
        holds: z.boolean(),
        cold: z.boolean().describe('Answered by ClickHouse, as of `asOf` of the leaf'),
        because: z.record(z.string(), z.unknown()).describe('The values or events that decided it'),
      }),
    ),
    masked,
  })
  .meta({ id: 'AudienceExplanation' })
export type WhyAnswer = Infer<typeof why>

export const explainMembership = endpoint({
  method: 'GET',
  path: '/v1/profiles/{id}/why',
  operationId: 'explainMembership',
  summary: 'Explain why a profile is in an audience, or not',
  tag: 'Profiles',
  permission: 'profiles:read',
  masking: { ...OF_ONE, answer: { 'leaves[]': 'evidence' } },
  params: { id },
  query: { audience: text(QUERY_TEXT_CHARS_MAX), after },
  answers: { 200: why },
  errors: { 409: ['not_ready'] },
  example: {
    params: { id: 'email:ada@example.com' },
    query: { audience: 'regulars' },
    answer: {
      audience: 'regulars',
      member: true,
      since: '2026-10-04T17:20:00.000Z',
      asOf: '2026-11-30T08:00:00.000Z',
      holds: true,
      leaves: [
        {
          leaf: { event: 'Order Completed', count: { op: 'gte', value: 3 }, within: '90d' },
          holds: true,
          cold: false,
          because: { count: 4 },
        },
      ],
    },
  },
})
