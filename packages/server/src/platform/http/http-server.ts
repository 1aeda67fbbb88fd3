import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { checkForbiddenKeys } from '@affluent/core/event/check-event'
import { maskMessage } from '@affluent/core/privacy/mask-answer'
import type { JsonObject } from '@affluent/protocol/event'
import {
  BODY_BYTES_MAX,
  BODY_WAIT_MS_MAX,
  HEADER_BYTES_MAX,
  HEADER_WAIT_MS_MAX,
  READ_MS_MAX,
} from '@affluent/protocol/limits'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { CallerGone } from '../clickhouse/analytical-reads.ts'
import { GateFull } from '../engines/clickhouse/fair-gate.ts'
import type { Log, LogFields } from '../observability/log.ts'
import { sparingWarning } from '../observability/sparing-warning.ts'
import { WorkspaceClosed } from '../workspace/workspace-closed.ts'
import { ApiError } from './api-error.ts'
import { checkHead, TIMEOUT_MESSAGE } from './check-head.ts'
import { newErrorId } from './error-id.ts'
import { parseBody } from './parse-body.ts'
import { PatientResponse } from './patient-response.ts'
import { checkCharset, checkText, refusePacked } from './read-body.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { toSchemaError } from './strict-requests.ts'

const METHODS = 'GET, HEAD, POST, PUT, DELETE, OPTIONS'
const TIMEOUT_CHECK_MS = 1_000
const KEEP_ALIVE_MS = 65_000
const PARAM_CHARS_MAX = 2_000
const HOST_CHARS_SHOWN = 100
const NOTHING_HERE = 'There is nothing at this address.'

/** One port: the collect endpoint in front, everything else behind it. */
export interface HttpServer {
  readonly server: Server
  readonly app: FastifyInstance
}

/** What answers some paths before everything else: the collect API. */
export interface Front {
  /** @returns false when the path is none of its own */
  handle(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * Makes the HTTP server; routes are registered on `app`, then it is listened to.
 * @param front answers before the routes
 * @param isHostAllowed whether whoever carries no key may ask for this name
 */
export async function createHttpServer(
  front: Front | undefined,
  log: Log,
  isHostAllowed: (host: string | undefined) => boolean = () => true,
): Promise<HttpServer> {
  let server: Server | undefined
  const warnOfLoad = sparingWarning(log, 'reads_overloaded', Date.now)
  const refuse = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
    answerError(error, request, reply, log, warnOfLoad)
  const app = fastify({
    frameworkErrors: refuse,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, ignoreTrailingSlash: true },
    bodyLimit: BODY_BYTES_MAX,
    logger: false,
    serverFactory: (handler) => {
      server = createServer(
        {
          ServerResponse: PatientResponse,
          maxHeaderSize: HEADER_BYTES_MAX,
          headersTimeout: HEADER_WAIT_MS_MAX,
          requestTimeout: BODY_WAIT_MS_MAX,
          connectionsCheckingInterval: TIMEOUT_CHECK_MS,
          keepAliveTimeout: KEEP_ALIVE_MS,
          noDelay: true,
        },
        (request, response) => {
          const fault = checkHead(request)
          if (fault !== undefined) answerHeadFault(fault, response)
          else if (front === undefined || !front.handle(request, response)) {
            setSecurityHeaders(request, response)
            handler(request, response)
          }
        },
      )
      server.on('clientError', answerClientError)
      return server
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onRequest', async ({ url, headers: { host, authorization } }) => {
    // a page of another site has no key; who watches whether the server is up may call it anything
    if (isHostAllowed(host) || authorization !== undefined || url === '/healthz' || url === '/readyz') return
    throw hostNotAllowed(host)
  })
  // what a form of a foreign page can send is not read
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    // many clients name a type also where they send nothing and nothing is asked for
    async (request: FastifyRequest, body: Buffer) => {
      checkCharset(request.headers['content-type'])
      refusePacked(request.headers['content-encoding'])
      return body.length === 0 && request.routeOptions.schema?.body === undefined ? undefined : readJson(body)
    },
  )
  app.setErrorHandler(refuse)
  app.setNotFoundHandler((_, reply) => {
    return reply.status(404).send({ error: { code: 'not_found', message: NOTHING_HERE, id: newErrorId() } })
  })
  return {
    app,
    get server() {
      return server as Server
    },
  }
}

/** A key that the schemas would take out in silence, or pass on, is refused. */
function readJson(body: Buffer): JsonObject {
  const { json, whole } = parseBody(checkText(body))
  const fault = checkForbiddenKeys(json, whole)
  if (fault === undefined) return json
  throw new ApiError(400, fault.code, fault.message, fault.path === undefined ? {} : { path: fault.path })
}

function hostNotAllowed(host: string | undefined): ApiError {
  const name = (host ?? '').slice(0, HOST_CHARS_SHOWN)
  const message = `This server is not asked by the name "${name}": whoever runs it lists it in AFFLUENT_ALLOWED_HOSTS.`
  return new ApiError(403, 'host_not_allowed', message)
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
  warnOfLoad: (fields: LogFields) => void,
): FastifyReply {
  const rejection = toApiError(error, request)
  const id = newErrorId()
  const { url: route } = request.routeOptions
  // what the server refuses on purpose needs nobody to act, and a caller could raise any number of alarms
  const isOwn = rejection === error
  const isOverload = rejection.status === 503 && !(error instanceof CallerGone)
  if (isOverload && !isOwn) warnOfLoad({ id, route, error })
  else if (rejection.status === 500 && !isOwn) log.error('request_failed', { id, route, error })
  else log.debug('request_refused', { id, route, code: rejection.code })
  if (rejection.retryAfterSeconds !== undefined) reply.header('retry-after', rejection.retryAfterSeconds)
  const { code, path, needs, details } = rejection
  const message = sayTo(request, rejection.message)
  return reply.status(rejection.status).send({
    error: {
      ...{ code, message },
      ...(path === undefined ? {} : { path }),
      ...(needs === undefined ? {} : { needs }),
      ...(details === undefined ? {} : { details }),
      id,
    },
  })
}

/** An error that quotes a value must not show it to whoever sees people masked. */
function sayTo({ sight }: FastifyRequest, message: string): string {
  return sight?.isMasked ? maskMessage(message) : message
}

function toApiError(error: FastifyError | ApiError, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof GateFull) return tooManyQuestions(error)
  if (error instanceof CallerGone)
    return new ApiError(503, 'not_ready', 'Nobody waits for this any more.', { cause: error })
  if (error instanceof WorkspaceClosed)
    return new ApiError(404, 'unknown_reference', 'The workspace is being removed.', { cause: error })
  if (hasZodFastifySchemaValidationErrors(error))
    return toSchemaError(error.validation, error.validationContext, request)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError(
        413,
        'payload_too_large',
        `The body may be ${request.routeOptions.bodyLimit?.toLocaleString('en-US')} bytes; this one is larger.`,
      )
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError(415, 'unsupported_media_type', 'Send application/json.')
    case 'FST_ERR_BAD_URL':
      return new ApiError(400, 'invalid_request', 'The address holds a "%" that is no valid escape.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ApiError(404, 'not_found', NOTHING_HERE)
    // codes of ClickHouse: TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES
    case '159':
      return new ApiError(503, 'query_too_slow', TOO_SLOW, { retryAfterSeconds: 5, cause: error })
    case '202':
      return tooManyQuestions(error)
    // MEMORY_LIMIT_EXCEEDED: by all questions together, or by one that no caller has written
    case '241':
      return new ApiError(503, 'not_ready', 'ClickHouse has no memory left for this. Try again in 5 s.', {
        retryAfterSeconds: 5,
        cause: error,
      })
  }
  // a path that leads out of the folder of the console's files
  if (error.statusCode === 403) return new ApiError(404, 'not_found', NOTHING_HERE)
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new ApiError(
      error.statusCode,
      'invalid_request',
      'The request cannot be read; compare it with /openapi.json.',
    )
  }
  return new ApiError(
    500,
    'internal_error',
    'Something went wrong here, not with your request. The id is in the server log.',
  )
}

const TOO_SLOW = `This took more than ${READ_MS_MAX / 1000} s in ClickHouse and was ended. Ask for less: fewer event conditions, a shorter \`within\`, fewer \`distinct\` and \`ignoreCase\`. An audience may take longer than its preview: it can be saved all the same.`

function tooManyQuestions(cause: Error): ApiError {
  const message =
    'Too many questions of this workspace to ClickHouse wait for their turn. Ask fewer at once, or try again in 5 s.'
  return new ApiError(503, 'not_ready', message, { retryAfterSeconds: 5, cause })
}

function answerHeadFault(fault: ApiError, response: ServerResponse<IncomingMessage>): void {
  const body = JSON.stringify({ success: false, code: fault.code, message: fault.message })
  response.writeHead(fault.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'access-control-allow-origin': '*',
    ...(fault.status === 405 ? { allow: METHODS } : {}),
    connection: 'close',
  })
  response.end(body)
}

const CLIENT_ERRORS: Readonly<Record<string, { status: string; code: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'payload_too_large',
    message: `The headers may be ${HEADER_BYTES_MAX} bytes together.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'request_timeout',
    message: TIMEOUT_MESSAGE,
  },
}
const BAD_REQUEST = { status: '400 Bad Request', code: 'invalid_request', message: 'This is not valid HTTP.' }

/** What never became a request: answered in the same words as everything else, then the connection is closed. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, code, message } = CLIENT_ERRORS[error.code ?? ''] ?? BAD_REQUEST
  const body = JSON.stringify({ success: false, code, message })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nAccess-Control-Allow-Origin: *\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
