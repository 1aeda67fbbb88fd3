import { form, PROPERTY_TEST_SCHEMA } from './condition-schema.ts'
import { EVENT_TYPES } from './event.ts'
import { CONDITION_WHERE_MAX } from './limits.ts'

const FILTER = { $ref: '#/components/schemas/Filter' }

/** The filter of a connection as JSON Schema, for the OpenAPI document; it is read by `compileFilter`. */
export const FILTER_SCHEMA = {
  description: 'Which events a connection sends, as docs/destinations.md describes it',
  anyOf: [
    form(['all'], { all: { type: 'array', items: FILTER, minItems: 1 } }),
    form(['any'], { any: { type: 'array', items: FILTER, minItems: 1 } }),
    form(['not'], { not: FILTER }),
    form(['type'], { type: { enum: [...EVENT_TYPES] } }),
    form(['event'], {
      event: { type: 'string', description: 'A name, to the letter' },
      where: { type: 'array', items: PROPERTY_TEST_SCHEMA, maxItems: CONDITION_WHERE_MAX },
    }),
    form(['source'], { source: { type: 'string', description: 'The slug of a source' } }),
  ],
  examples: [{ event: 'Order Completed', where: [{ property: 'revenue', op: 'gt', value: 50 }] }],
}
