import { AGGREGATES, ASKED_TYPES, COUNT_OPS, READINGS, VALUE_OPS } from './condition.ts'
import { CONDITION_COUNT_MAX, CONDITION_EVENT_NAMES_MAX, CONDITION_WHERE_MAX } from './limits.ts'

const CONDITION = { $ref: '#/components/schemas/Condition' }

const scalar = { type: ['string', 'number', 'boolean'] }
const value = {
  description: 'What the op takes: a value, a list of values, two ends, a date or a stretch of time',
  anyOf: [scalar, { type: 'array', items: scalar }],
}
const test = {
  op: { enum: [...VALUE_OPS] },
  value,
  ignoreCase: { type: 'boolean', description: 'Compares texts without case and accents' },
  as: { enum: [...READINGS], description: 'Compares what texts read as' },
}
const count = {
  type: 'object',
  additionalProperties: false,
  required: ['op', 'value'],
  properties: {
    op: { enum: [...COUNT_OPS] },
    value: { type: 'integer', minimum: 0, maximum: CONDITION_COUNT_MAX },
  },
  description: 'At least one when absent',
}
const within = {
  description: 'Ever when absent. Dates without a time are whole days in the zone of the workspace',
  anyOf: [
    { type: 'string', examples: ['90m', '48h', '30d', '24 months', 'this month', 'last 2 calendar weeks'] },
    {
      type: 'object',
      additionalProperties: false,
      properties: { from: { type: ['string', 'null'] }, to: { type: ['string', 'null'] } },
    },
  ],
}
const names = {
  description: 'To the letter; a star at the end stands for whatever follows, \\* for a star',
  anyOf: [
    { type: 'string' },
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: CONDITION_EVENT_NAMES_MAX },
  ],
}
const event = {
  anyOf: [
    ...names.anyOf,
    {
      type: 'object',
      additionalProperties: false,
      properties: { type: { enum: [...ASKED_TYPES] }, name: names },
      description: 'Without a name: any call of the type',
    },
  ],
}
/** A test of one property of an event. */
export const PROPERTY_TEST_SCHEMA = form(['property', 'op'], {
  property: { type: 'string', description: 'A path, such as address.city, items[].sku or context.page.path' },
  ...test,
})
const each = form(['each', 'where'], {
  each: { type: 'string', description: 'The path of a list, such as products[]' },
  where: { type: 'array', items: PROPERTY_TEST_SCHEMA, minItems: 1, maxItems: CONDITION_WHERE_MAX },
})
const where = { type: 'array', items: { anyOf: [PROPERTY_TEST_SCHEMA, each] }, maxItems: CONDITION_WHERE_MAX }

/**
 * A condition as JSON Schema, for the OpenAPI document: what it means is in docs/audiences.md. It is read by
 * `parseCondition`, whose faults say more than a schema can.
 */
export const CONDITION_SCHEMA = {
  description: 'A condition, as docs/audiences.md describes it',
  anyOf: [
    example({ all: [{ trait: 'plan', op: 'exists' }] }, form(['all'], { all: several() })),
    example({ any: [{ audience: 'vip' }] }, form(['any'], { any: several() })),
    example({ not: { audience: 'vip' } }, form(['not'], { not: CONDITION })),
    example(
      { trait: 'plan', op: 'equals', value: 'pro' },
      form(['trait', 'op'], { trait: { type: 'string', description: 'A path' }, ...test }),
    ),
    example({ each: 'pets[]', where: [{ property: 'kind', op: 'equals', value: 'cat' }] }, each),
    example(
      {
        event: 'Order Completed',
        where: [{ property: 'revenue', op: 'gt', value: 50 }],
        count: { op: 'gte', value: 2 },
        within: '30d',
      },
      form(['event'], { event, type: { enum: [...ASKED_TYPES] }, where, count, within }),
    ),
    example(
      {
        event: 'Order Completed',
        aggregate: { fn: 'sum', property: 'products[].price' },
        op: 'gte',
        value: 500,
        within: '90d',
      },
      form(['event', 'aggregate', 'op'], {
        event,
        type: { enum: [...ASKED_TYPES] },
        where,
        aggregate: form(['fn', 'property'], { fn: { enum: [...AGGREGATES] }, property: { type: 'string' } }),
        ...test,
        within,
      }),
    ),
    example({ audience: 'vip' }, form(['audience'], { audience: { type: 'string' } })),
    example(
      { identifier: 'email', op: 'exists' },
      form(['identifier', 'op'], { identifier: { type: 'string' }, op: { enum: ['exists', 'not_exists'] } }),
    ),
    example(
      { bucket: { seed: 'spring', from: 0, to: 10 } },
      form(['bucket'], {
        bucket: form(['seed', 'from', 'to'], { seed: { type: 'string' }, from: percent(), to: percent() }),
      }),
    ),
  ],
}

/** An object of these properties and no others. */
export function form<Properties extends object>(required: string[], properties: Properties) {
  return { type: 'object', additionalProperties: false, required, properties }
}

function example<Schema extends object>(shown: object, schema: Schema) {
  return { ...schema, examples: [shown] }
}

function several() {
  return { type: 'array', items: CONDITION, minItems: 1 }
}

function percent() {
  return { type: 'number', minimum: 0, maximum: 100 }
}
