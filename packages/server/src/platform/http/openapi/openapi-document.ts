import { apiError } from '@affluent/protocol/api-error'
import { ENDPOINTS } from '@affluent/protocol/endpoints'
import type { JsonObject } from '@affluent/protocol/event'
import { describeEndpoint, SHARED_HEADERS, SHARED_PARAMETERS } from './endpoint-operation.ts'
import { operationsPaths } from './operations-openapi.ts'
import { SchemaComponents } from './schema-components.ts'

const VERSION = '0.1.0'

const SECURITY_SCHEMES = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key that has the scope' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'affluent',
    description:
      'The cookie of a team member who signed in (`__Host-affluent` over https), with the workspace in the header Affluent-Workspace and, where something is changed, `csrf` of the session in the header Affluent-Csrf',
  },
  writeKey: { type: 'http', scheme: 'basic', description: 'A write key as user name, no password' },
  writeKeyHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Write-Key',
    description: 'A write key; what stands behind a colon is no difference',
  },
  writeKeyQuery: { type: 'apiKey', in: 'query', name: 'writeKey', description: 'A write key' },
}

/** Calls that are no endpoints, with the schemas that they refer to by name. */
export interface DescribedPaths {
  readonly paths: Readonly<Record<string, JsonObject>>
  readonly components: Readonly<Record<string, JsonObject>>
}

/**
 * All that the server answers, as an OpenAPI 3.1 document: the API from its endpoints, what operators ask, and the
 * collect API.
 * @param collect the collect API
 */
export function describeApi(collect: DescribedPaths): JsonObject {
  const components = new SchemaComponents()
  components.describe(apiError, 'output')
  for (const [name, schema] of Object.entries(collect.components)) components.add(name, schema)
  const paths: Record<string, JsonObject> = { ...collect.paths, ...operationsPaths }
  for (const endpoint of ENDPOINTS)
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: describeEndpoint(endpoint, components),
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Affluent',
      version: VERSION,
      description: 'Customer Data Platform: collect, unify, read.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: components.all(),
      parameters: SHARED_PARAMETERS,
      headers: SHARED_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}
