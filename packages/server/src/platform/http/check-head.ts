import type { IncomingMessage } from 'node:http'
import { BODY_WAIT_MS_MAX, HEADER_WAIT_MS_MAX } from '@affluent/protocol/limits'
import { ApiError } from './api-error.ts'
import { countHeaders } from './count-headers.ts'

/**
 * Refuses requests that are ambiguous before anything looks at them.
 * @returns what is wrong with the head, if anything
 */
export function checkHead(request: IncomingMessage): ApiError | undefined {
  if (countHeaders(request, 'host') > 1) {
    return new ApiError(400, 'ambiguous_host', 'The request has more than one Host header.')
  }
  const coding = request.headers['transfer-encoding']
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
    return new ApiError(400, 'bad_transfer_encoding', 'Only chunked transfer coding is accepted.')
  }
  if (request.method === 'TRACE' || request.method === 'CONNECT') {
    return new ApiError(405, 'method_not_allowed', `${request.method} is not supported here.`)
  }
  return undefined
}

export const TIMEOUT_MESSAGE = `The request headers did not arrive in ${HEADER_WAIT_MS_MAX / 1000} s, or the body in ${BODY_WAIT_MS_MAX / 1000} s.`
