import {
  type Endpoint,
  type ErrorsByStatus,
  errorsOf,
  isForMembers,
  statusOf,
} from '@affluent/protocol/endpoint'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { scopeOf } from '@affluent/protocol/permission'
import type { Schema } from '@affluent/protocol/schema'
import type { SchemaComponents } from './schema-components.ts'

/** Parameters that many calls take, by name; operations refer to them. */
export const SHARED_PARAMETERS = {
  Workspace: {
    name: 'Affluent-Workspace',
    in: 'header',
    description:
      'Slug of the workspace. A session names it; an API key has its own, and the header is ignored',
    schema: { type: 'string' },
    example: 'main',
  },
  Csrf: {
    name: 'Affluent-Csrf',
    in: 'header',
    description: '`csrf` of GET /v1/session. A session sends it with whatever is no GET; an API key does not',
    schema: { type: 'string' },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      '`version` of what is changed, as the caller saw it: refused with 409 when somebody else came first. Absent: whatever there is is replaced',
    schema: { type: 'string' },
    example: '"3"',
  },
}

/** Headers of answers, by name. */
export const SHARED_HEADERS = {
  Position: {
    description: 'Position of the change; `after` of a read waits for it',
    schema: { type: 'integer' },
  },
  RetryAfter: { description: 'Seconds to wait before the next try', schema: { type: 'integer' } },
}

/** One call as an OpenAPI operation. */
export function describeEndpoint(endpoint: Endpoint, components: SchemaComponents): JsonObject {
  const { operationId, summary, description, tag, permission, body, example, freshSignIn } = endpoint
  const fresh = freshSignIn ? 'Needs a sign-in within the last 5 minutes.' : undefined
  const told = [description, fresh].filter((part) => part !== undefined).join(' ')
  return {
    operationId,
    summary,
    ...(told === '' ? {} : { description: told }),
    tags: [tag],
    'x-permission': permission,
    security: securityOf(endpoint),
    parameters: parametersOf(endpoint, components),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(body, 'input', example.body, components) } }),
    responses: {
      [statusOf(endpoint)]: successOf(endpoint, components),
      ...describeErrors(errorsOf(endpoint)),
    },
  }
}

function securityOf(endpoint: Endpoint): Json {
  if (endpoint.access === 'anyone') return []
  if (isForMembers(endpoint)) return [{ session: [] }]
  return [{ apiKey: [scopeOf(endpoint.permission)] }, { session: [] }]
}

function parametersOf(endpoint: Endpoint, components: SchemaComponents): Json {
  const { method, access, ifMatch, params, query, example } = endpoint
  return [
    ...describeParameters('path', params, example.params, components),
    ...describeParameters('query', query, example.query, components),
    ...(access === 'workspace' ? [shared('Workspace')] : []),
    ...(access !== 'anyone' && method !== 'GET' ? [shared('Csrf')] : []),
    ...(ifMatch ? [shared('IfMatch')] : []),
  ]
}

function shared(name: keyof typeof SHARED_PARAMETERS): JsonObject {
  return { $ref: `#/components/parameters/${name}` }
}

function describeParameters(
  place: 'path' | 'query',
  schema: Schema,
  examples: unknown,
  components: SchemaComponents,
): JsonObject[] {
  const { properties = {}, required = [] } = components.describe(schema, 'input')
  return Object.entries(properties as Record<string, JsonObject>).map(
    ([name, { description, ...described }]) => {
      const example = (examples as JsonObject | undefined)?.[name]
      return {
        name,
        in: place,
        required: (required as string[]).includes(name),
        ...(description === undefined ? {} : { description }),
        schema: described,
        ...(example === undefined ? {} : { example }),
      }
    },
  )
}

function successOf(endpoint: Endpoint, components: SchemaComponents): JsonObject {
  const { answers, givesPosition, example } = endpoint
  const status = statusOf(endpoint)
  const [schema] = Object.values(answers)
  return {
    description: DONE[status] ?? 'Done',
    ...(givesPosition ? { headers: { 'Affluent-Position': { $ref: '#/components/headers/Position' } } } : {}),
    ...(status === 204 || schema === undefined
      ? {}
      : { content: json(schema, 'output', example.answer, components) }),
  }
}

const DONE: Readonly<Record<number, string>> = { 201: 'Created', 202: 'Begun', 204: 'Done' }

function json(
  schema: Schema,
  side: 'input' | 'output',
  example: unknown,
  components: SchemaComponents,
): JsonObject {
  return { 'application/json': { schema: components.describe(schema, side), example: example as Json } }
}

function describeErrors(errors: ErrorsByStatus): JsonObject {
  return Object.fromEntries(
    Object.entries(errors).map(([status, codes]) => [status, describeError(Number(status), codes)]),
  )
}

function describeError(status: number, codes: readonly string[]): JsonObject {
  return {
    description: `\`error.code\` is one of ${codes.join(', ')}`,
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
      : {}),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } },
    'x-codes': [...codes],
  }
}
