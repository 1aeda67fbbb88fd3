import { type Endpoint, errorsOf } from '@affluent/protocol/endpoint'
import { ENDPOINTS } from '@affluent/protocol/endpoints'
import type { JsonObject } from '@affluent/protocol/event'

const PATTERNS = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
}))

/**
 * What an endpoint was answered with although it does not declare it; undefined: all is as declared, or it is no
 * endpoint that was asked.
 * @param method of the request
 * @param path of the request, without its query
 */
export function undeclaredError(
  method: string,
  path: string,
  status: number,
  json: JsonObject,
): string | undefined {
  const code = (json['error'] as JsonObject | undefined)?.['code']
  const endpoint = endpointAt(method, path)
  if (status < 400 || code === undefined || endpoint === undefined) return undefined
  const declared = errorsOf(endpoint)[status] ?? []
  return declared.some((each) => each === code)
    ? undefined
    : `${endpoint.operationId} answered ${status} ${String(code)}, which its endpoint does not declare.`
}

function endpointAt(method: string, path: string): Endpoint | undefined {
  const fitting = PATTERNS.filter(({ endpoint, pattern }) => endpoint.method === method && pattern.test(path))
  // an address that is written out goes before one with a parameter
  const exact = fitting.find(({ endpoint }) => endpoint.path === path)
  return (exact ?? fitting[0])?.endpoint
}
