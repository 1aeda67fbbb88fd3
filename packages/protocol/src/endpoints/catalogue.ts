import { endpoint } from '../endpoint.ts'
import { EVENT_TYPES } from '../event.ts'
import { instant } from '../instant.ts'
import { EVENT_NAME_BYTES_MAX, NAME_CHARS_MAX, PROPERTY_PATH_CHARS_MAX } from '../limits.ts'
import { masked } from '../masking.ts'
import { type Infer, z } from '../schema.ts'
import { text } from '../text.ts'

// What events, traits and identifiers there are: names to choose from.

const VALUE_KINDS = ['text', 'number', 'boolean', 'list', 'object'] as const
/** What a value may be. */
export type ValueKind = (typeof VALUE_KINDS)[number]

const kinds = z.array(z.enum(VALUE_KINDS))
const eventName = text(EVENT_NAME_BYTES_MAX, 0)
const AS_OF = '2026-11-30T08:00:00.000Z'

const catalogue = z
  .object({
    events: z
      .array(z.object({ type: z.enum(EVENT_TYPES), name: z.string(), count: z.number(), lastSeen: instant }))
      .describe('Most frequent first'),
    traits: z.array(
      z.object({ name: z.string(), profiles: z.number().describe('Who has or had it, visitors too'), kinds }),
    ),
    identifiers: z.array(z.object({ namespace: z.string(), profiles: z.number() })),
    asOf: instant,
  })
  .meta({ id: 'Catalogue' })
export type CatalogueAnswer = Infer<typeof catalogue>

export const getCatalogue = endpoint({
  method: 'GET',
  path: '/v1/catalogue',
  operationId: 'getCatalogue',
  summary: 'Get the catalogue: events, traits and identifiers in use',
  tag: 'Catalogue',
  permission: 'catalogue:read',
  answers: { 200: catalogue },
  example: {
    answer: {
      events: [{ type: 'track', name: 'Order Completed', count: 412, lastSeen: AS_OF }],
      traits: [{ name: 'plan', profiles: 1204, kinds: ['text'] }],
      identifiers: [{ namespace: 'email', profiles: 1180 }],
      asOf: AS_OF,
    },
  },
})

const sampled = z
  .boolean()
  .describe('true: counted over the events of a sample of people, spread over all, and the newest events')

const properties = z
  .object({
    properties: z
      .array(z.object({ path: z.string().describe('As conditions write it'), kinds, count: z.number() }))
      .describe('Most frequent first'),
    sampled,
    asOf: instant,
  })
  .meta({ id: 'CatalogueProperties' })
export type PropertiesAnswer = Infer<typeof properties>

export const listEventProperties = endpoint({
  method: 'GET',
  path: '/v1/catalogue/properties',
  operationId: 'listEventProperties',
  summary: 'List the properties of an event',
  tag: 'Catalogue',
  permission: 'catalogue:read',
  query: {
    event: eventName,
    type: z.enum(EVENT_TYPES).optional().describe('Of which type; any when absent'),
  },
  answers: { 200: properties },
  example: {
    query: { event: 'Order Completed' },
    answer: {
      properties: [{ path: 'revenue', kinds: ['number'], count: 412 }],
      sampled: false,
      asOf: AS_OF,
    },
  },
})

const values = z
  .object({
    values: z
      .array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.number() }))
      .describe('Most frequent first; of a list, each element'),
    sampled,
    asOf: instant,
    masked,
  })
  .meta({ id: 'CatalogueValues' })
export type ValuesAnswer = Infer<typeof values>

export const listCatalogueValues = endpoint({
  method: 'GET',
  path: '/v1/catalogue/values',
  operationId: 'listCatalogueValues',
  summary: 'List the values of a trait, or of a property of an event',
  tag: 'Catalogue',
  permission: 'catalogue-values:read',
  masking: { answer: { values: 'values' }, asks: { 'query.trait': 'field', 'query.property': 'field' } },
  query: {
    trait: text(PROPERTY_PATH_CHARS_MAX, 0).optional(),
    event: eventName.optional(),
    type: z.enum(EVENT_TYPES).optional().describe('Of the event; any when absent'),
    property: text(PROPERTY_PATH_CHARS_MAX, 0).optional().describe('Its path'),
    prefix: text(NAME_CHARS_MAX, 0)
      .optional()
      .describe('Only values that begin so; case and accents do not matter'),
  },
  answers: { 200: values },
  example: {
    query: { trait: 'plan' },
    answer: { values: [{ value: 'pro', count: 311 }], sampled: false, asOf: AS_OF },
  },
})
