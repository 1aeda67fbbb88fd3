import { EVENT_TYPES } from '@affluent/protocol/event'
import {
  BATCH_EVENTS_MAX,
  BODY_BYTES_MAX,
  EVENT_BYTES_MAX,
  KEYLESS_BODY_BYTES_MAX,
} from '@affluent/protocol/limits'

const refusal = {
  description: 'Nothing was taken',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['success', 'code', 'message'],
        properties: {
          success: { const: false },
          code: { type: 'string' },
          message: { type: 'string', description: 'What is wrong and how to mend it' },
          path: { type: 'string' },
        },
      },
    },
  },
}

const faults = {
  type: 'array',
  items: {
    type: 'object',
    required: ['index', 'code', 'message'],
    properties: {
      index: { type: 'integer' },
      code: { type: 'string' },
      message: { type: 'string' },
      path: { type: 'string' },
    },
  },
}

const responses = {
  200: {
    description: 'Taken: on disk before this was answered',
    headers: {
      'Affluent-Position': { description: 'Position of the last event taken', schema: { type: 'integer' } },
    },
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['success'],
          properties: {
            success: { const: true },
            accepted: { type: 'integer' },
            rejected: faults,
            warnings: faults,
          },
        },
      },
    },
  },
  400: refusal,
  401: { ...refusal, description: 'Unknown or disabled write key' },
  413: {
    ...refusal,
    description: `Larger than ${BODY_BYTES_MAX} bytes (${KEYLESS_BODY_BYTES_MAX} where the write key stands only in the body), ${BATCH_EVENTS_MAX} events, or ${EVENT_BYTES_MAX} bytes an event; or too many keys for a parser`,
  },
  429: { ...refusal, description: 'Too many; Retry-After says when' },
  503: { ...refusal, description: 'Cannot be kept now; Retry-After says when' },
}

const event = {
  type: 'object',
  properties: {
    messageId: { type: 'string', description: 'Deduplication key, for 30 days' },
    userId: { type: 'string' },
    anonymousId: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    sentAt: { type: 'string', format: 'date-time' },
    context: { type: 'object' },
    integrations: { type: 'object' },
    event: { type: 'string' },
    name: { type: 'string' },
    properties: { type: 'object' },
    traits: { type: 'object' },
    groupId: { type: 'string' },
    previousId: { type: 'string' },
  },
}

const security = [{ writeKey: [] }, { writeKeyHeader: [] }, { writeKeyQuery: [] }]

function operation(summary: string, schema: object, parameters: readonly object[] = []) {
  return {
    post: {
      summary,
      tags: ['Collect'],
      security,
      parameters,
      requestBody: { required: true, content: { 'application/json': { schema } } },
      responses,
    },
  }
}

const batch = {
  type: 'object',
  required: ['batch'],
  properties: {
    batch: {
      type: 'array',
      maxItems: BATCH_EVENTS_MAX,
      items: {
        ...event,
        required: ['type'],
        properties: { type: { enum: [...EVENT_TYPES] }, ...event.properties },
      },
    },
    sentAt: { type: 'string', format: 'date-time' },
    context: { type: 'object' },
    integrations: { type: 'object' },
    writeKey: { type: 'string' },
  },
}

const type = {
  name: 'type',
  in: 'path',
  required: true,
  schema: { enum: [...EVENT_TYPES] },
}

function reading(summary: string, contentType: string, parameters: readonly object[]) {
  const { 200: _, 413: __, ...refusals } = responses
  return {
    get: {
      summary,
      tags: ['Collect'],
      security,
      parameters,
      responses: { 200: { description: 'As asked', content: { [contentType]: {} } }, ...refusals },
    },
  }
}

/** The collect API for the OpenAPI document: it is answered by the door and not by routes that describe themselves. */
export const collectPaths = {
  ...Object.fromEntries(
    EVENT_TYPES.map((type) => [`/v1/${type}`, operation(`Send one ${type} event`, event)]),
  ),
  '/v1/batch': operation('Send several events; each is taken or refused by itself', batch),
  '/v1/import': operation('Send several events whose times are taken as given', batch, [
    {
      ...{ name: 'history', in: 'query', schema: { type: 'boolean', default: false } },
      description: 'All of it is history: it changes state and sends nothing',
    },
  ]),
  '/beacon/v1/batch': operation("A batch, as RudderStack's browser library sends it with useBeacon", batch),
  '/api/s/{type}': operation("One event, as Jitsu's libraries send it from a browser", event, [type]),
  '/api/s/s2s/{type}': operation("One event, as Jitsu's libraries send it from a server", event, [type]),
  '/v1/pixel/{type}': reading('Send one event by an image of one pixel', 'image/gif', [
    type,
    {
      name: 'data',
      in: 'query',
      required: true,
      description: 'The event as base64 of its JSON; it may hold the write key',
      schema: { type: 'string' },
    },
  ]),
  '/v1/projects/{writeKey}/settings': reading('What analytics-next loads first', 'application/json', [
    { name: 'writeKey', in: 'path', required: true, schema: { type: 'string' } },
  ]),
  '/sourceConfig': reading(
    "What RudderStack's browser library loads from its configUrl",
    'application/json',
    [],
  ),
}
