import { EVENT_TYPES } from './event.ts'
import { EVENT_NAME_BYTES_MAX, NAME_CHARS_MAX, PROPERTY_PATH_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { text } from './text.ts'

// What events, traits and identifiers there are: names to choose from.

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')

/** What a value may be. */
export const VALUE_KINDS = ['text', 'number', 'boolean', 'list', 'object'] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

const kinds = z.array(z.enum(VALUE_KINDS))
const eventName = text(EVENT_NAME_BYTES_MAX, 0)

export const catalogueAnswer = z
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
export type CatalogueAnswer = Infer<typeof catalogueAnswer>

export const propertiesQuery = z.object({
  event: eventName,
  type: z.enum(EVENT_TYPES).optional().describe('Of which type; any when absent'),
})

const sampled = z
  .boolean()
  .describe('true: counted over the events of a sample of people, spread over all, and the newest events')

export const propertiesAnswer = z.object({
  properties: z
    .array(z.object({ path: z.string().describe('As conditions write it'), kinds, count: z.number() }))
    .describe('Most frequent first'),
  sampled,
  asOf: instant,
})
export type PropertiesAnswer = Infer<typeof propertiesAnswer>

export const valuesQuery = z.object({
  trait: text(PROPERTY_PATH_CHARS_MAX, 0).optional(),
  event: eventName.optional(),
  type: z.enum(EVENT_TYPES).optional().describe('Of the event; any when absent'),
  property: text(PROPERTY_PATH_CHARS_MAX, 0).optional().describe('Its path'),
  prefix: text(NAME_CHARS_MAX, 0)
    .optional()
    .describe('Only values that begin so; case and accents do not matter'),
})

export const valuesAnswer = z.object({
  values: z
    .array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.number() }))
    .describe('Most frequent first; of a list, each element'),
  sampled,
  asOf: instant,
})
export type ValuesAnswer = Infer<typeof valuesAnswer>
