import { EVENT_TYPES, type EventType, type JsonObject } from '@affluent/protocol/event'
import {
  BATCH_EVENTS_MAX,
  BODY_BYTES_MAX,
  EVENT_BYTES_MAX,
  KEYLESS_BODY_BYTES_MAX,
} from '@affluent/protocol/limits'
import { SHORT_FORMS } from './collect-paths.ts'

const TEXT: JsonObject = { type: 'string' }
const INSTANT: JsonObject = { type: 'string', format: 'date-time' }
const FREE: JsonObject = { type: 'object' }
const SECURITY = [{ writeKey: [] }, { writeKeyHeader: [] }, { writeKeyQuery: [] }]
const TAGS = ['Collect']

const notTaken: JsonObject = {
  type: 'object',
  required: ['success', 'code', 'message'],
  properties: {
    success: { const: false },
    code: TEXT,
    message: { type: 'string', description: 'What is wrong and how to fix it' },
    path: TEXT,
  },
}

const eventFaults: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    required: ['index', 'code', 'message'],
    properties: { index: { type: 'integer' }, code: TEXT, message: TEXT, path: TEXT },
  },
}

const taken: JsonObject = {
  type: 'object',
  required: ['success'],
  properties: {
    success: { const: true },
    accepted: { type: 'integer' },
    rejected: eventFaults,
    warnings: eventFaults,
  },
}

/** What every event may hold. */
const shared: JsonObject = {
  messageId: { type: 'string', description: 'Deduplication key, for 30 days' },
  userId: TEXT,
  anonymousId: TEXT,
  timestamp: INSTANT,
  sentAt: INSTANT,
  context: FREE,
  integrations: FREE,
}

/** What the events of each type hold beside it. */
const OWN: Readonly<Record<EventType, { readonly required: string[]; readonly properties: JsonObject }>> = {
  identify: { required: [], properties: { traits: FREE } },
  track: { required: ['event'], properties: { event: TEXT, properties: FREE } },
  page: { required: [], properties: { name: TEXT, category: TEXT, properties: FREE } },
  screen: { required: [], properties: { name: TEXT, category: TEXT, properties: FREE } },
  group: { required: ['groupId'], properties: { groupId: TEXT, traits: FREE } },
  alias: { required: ['previousId'], properties: { previousId: TEXT } },
}

const EXAMPLES: Readonly<Record<EventType, JsonObject>> = {
  identify: { userId: 'ada', traits: { email: 'ada@example.com' } },
  track: { userId: 'ada', event: 'Order Completed', properties: { revenue: 50 } },
  page: { anonymousId: 'a-1', name: 'Pricing' },
  screen: { anonymousId: 'a-1', name: 'Basket' },
  group: { userId: 'ada', groupId: 'acme', traits: { plan: 'pro' } },
  alias: { userId: 'ada', previousId: 'a-1' },
}

function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

function componentOf(type: EventType): string {
  return `${type[0]?.toUpperCase()}${type.slice(1)}Event`
}

/** The schemas of the collect API that have a name. */
const components: Record<string, JsonObject> = {
  CollectTaken: taken,
  CollectError: notTaken,
  ...Object.fromEntries(
    EVENT_TYPES.map((type) => [
      componentOf(type),
      { type: 'object', required: OWN[type].required, properties: { ...shared, ...OWN[type].properties } },
    ]),
  ),
  Batch: {
    type: 'object',
    required: ['batch'],
    properties: {
      batch: {
        type: 'array',
        maxItems: BATCH_EVENTS_MAX,
        items: {
          oneOf: EVENT_TYPES.map((type) => ({
            allOf: [
              ref(componentOf(type)),
              { type: 'object', required: ['type'], properties: { type: { const: type } } },
            ],
          })),
        },
      },
      sentAt: INSTANT,
      context: FREE,
      integrations: FREE,
      writeKey: TEXT,
    },
  },
}

function refused(description: string): JsonObject {
  return { description, content: { 'application/json': { schema: ref('CollectError') } } }
}

function later(description: string): JsonObject {
  return { ...refused(description), headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
}

const rejections: JsonObject = {
  400: refused('Nothing was taken'),
  401: refused('Unknown or disabled write key'),
  429: later('Too many; Retry-After says when'),
  503: later('Cannot be kept now; Retry-After says when'),
}

const answers: JsonObject = {
  200: {
    description: 'Taken: on disk before this was answered',
    headers: { 'Affluent-Position': { $ref: '#/components/headers/Position' } },
    content: { 'application/json': { schema: ref('CollectTaken') } },
  },
  ...rejections,
  413: refused(
    `Larger than ${BODY_BYTES_MAX} bytes (${KEYLESS_BODY_BYTES_MAX} where the write key stands only in the body), ${BATCH_EVENTS_MAX} events, or ${EVENT_BYTES_MAX} bytes an event; or too many keys for a parser`,
  ),
}

interface Sent {
  readonly operationId: string
  readonly summary: string
  readonly schema: JsonObject
  readonly example?: JsonObject
  readonly parameters?: JsonObject[]
}

function sent({ operationId, summary, schema, example, parameters = [] }: Sent): JsonObject {
  const content = { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
  const requestBody = { required: true, content }
  return {
    post: {
      operationId,
      summary,
      tags: TAGS,
      security: SECURITY,
      parameters,
      requestBody,
      responses: answers,
    },
  }
}

function loaded(
  operationId: string,
  summary: string,
  content: JsonObject,
  parameters: JsonObject[] = [],
): JsonObject {
  const responses = { 200: { description: 'As asked', content }, ...rejections }
  return { get: { operationId, summary, tags: TAGS, security: SECURITY, parameters, responses } }
}

function parameter(name: string, schema: JsonObject, more: JsonObject = {}): JsonObject {
  return { name, in: 'path', required: true, schema, ...more }
}

const anyType = parameter('type', { enum: [...EVENT_TYPES] })
const anyEvent = { oneOf: EVENT_TYPES.map((type) => ref(componentOf(type))) }
const JSON_OBJECT = { 'application/json': { schema: FREE } }
const GIF = { 'image/gif': { schema: { type: 'string', contentMediaType: 'image/gif' } } }
const batchExample: JsonObject = { batch: [{ type: 'track', ...EXAMPLES.track }] }

function eventPaths(type: EventType): [string, JsonObject][] {
  const operation = {
    operationId: type,
    summary: `Send one ${type} event`,
    schema: ref(componentOf(type)),
    example: EXAMPLES[type],
  }
  const short = { ...operation, operationId: `${type}Short`, summary: `${operation.summary}, short form` }
  return [
    [`/v1/${type}`, sent(operation)],
    [`/v1/${SHORT_FORMS[type]}`, sent(short)],
  ]
}

function batchPath(operationId: string, summary: string, parameters: JsonObject[] = []): JsonObject {
  return sent({ operationId, summary, schema: ref('Batch'), example: batchExample, parameters })
}

const paths: Record<string, JsonObject> = {
  ...Object.fromEntries(EVENT_TYPES.flatMap(eventPaths)),
  '/v1/batch': batchPath('batch', 'Send several events; each is taken or refused by itself'),
  '/v1/b': batchPath('batchShort', 'Send several events, short form'),
  '/beacon/v1/batch': batchPath(
    'batchBeacon',
    "Send several events, as RudderStack's browser library does with useBeacon",
  ),
  '/v1/import': batchPath('importEvents', 'Send several events whose times are taken as given', [
    {
      name: 'history',
      in: 'query',
      schema: { type: 'boolean', default: false },
      description: 'All of it is history: it changes state and sends nothing',
    },
  ]),
  '/v1/m': {
    post: {
      operationId: 'sendClientMetrics',
      summary: "Send metrics of Segment's browser library; they are counted and dropped",
      tags: TAGS,
      security: [],
      requestBody: { required: false, content: JSON_OBJECT },
      responses: {
        200: { description: 'Dropped', content: { 'application/json': { schema: ref('CollectTaken') } } },
        413: refused('Too large'),
        429: rejections[429] as JsonObject,
      },
    },
  },
  '/api/s/{type}': sent({
    operationId: 'jitsuEvent',
    summary: "Send one event, as Jitsu's libraries do from a browser",
    schema: anyEvent,
    parameters: [anyType],
  }),
  '/api/s/s2s/{type}': sent({
    operationId: 'jitsuServerEvent',
    summary: "Send one event, as Jitsu's libraries do from a server",
    schema: anyEvent,
    parameters: [anyType],
  }),
  '/v1/pixel/{type}': loaded('pixel', 'Send one event by an image of one pixel', GIF, [
    parameter('type', { enum: [...EVENT_TYPES, ...Object.values(SHORT_FORMS)] }),
    {
      name: 'data',
      in: 'query',
      required: true,
      description: 'The event as base64 of its JSON; it may hold the write key',
      schema: TEXT,
    },
  ]),
  '/v1/projects/{writeKey}/settings': loaded(
    'getSegmentSettings',
    'Get what analytics-next loads first',
    JSON_OBJECT,
    [parameter('writeKey', TEXT)],
  ),
  '/sourceConfig': loaded(
    'getRudderConfig',
    "Get what RudderStack's browser library loads from its configUrl",
    JSON_OBJECT,
  ),
  '/v1/sourceConfig': loaded(
    'getRudderConfigV1',
    "Get what RudderStack's browser library loads from a configUrl that ends in /v1",
    JSON_OBJECT,
  ),
}

/** The collect API for the OpenAPI document: it is answered in front of the routes, which do not know it. */
export const collectApi = { paths, components }
