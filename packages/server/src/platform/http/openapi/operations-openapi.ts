import type { JsonObject } from '@affluent/protocol/event'

/** What operators and their tools ask, without a key, for the OpenAPI document. */
export const operationsPaths: Record<string, JsonObject> = {
  '/healthz': asked('getHealth', 'Check whether the process is alive', {
    200: answered('Alive', 'application/json', { status: { const: 'alive' } }),
  }),
  '/readyz': asked('getReadiness', 'Check whether events can be taken', {
    200: answered('Ready', 'application/json', readiness('ready')),
    503: answered('Not ready; `faults` says why', 'application/json', readiness('not_ready')),
  }),
  '/metrics': asked('getMetrics', 'Get the metrics, for Prometheus', {
    200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
  }),
  '/openapi.json': asked('getOpenApi', 'Get this document', {
    200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
  }),
}

function asked(operationId: string, summary: string, responses: JsonObject): JsonObject {
  return { get: { operationId, summary, tags: ['Operations'], security: [], responses } }
}

function answered(description: string, type: string, properties: JsonObject): JsonObject {
  const schema = { type: 'object', required: Object.keys(properties), properties }
  return { description, content: { [type]: { schema } } }
}

function readiness(status: string): JsonObject {
  return { status: { const: status }, faults: { type: 'array', items: { type: 'string' } } }
}
