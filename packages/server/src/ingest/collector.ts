import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { cutAddress } from '@affluent/core/event/network-address'
import type { EventType } from '@affluent/protocol/event'
import { BATCH_PARTS_MAX, BODIES_BYTES_MAX, BODY_PARTS_MAX } from '@affluent/protocol/limits'
import { type Append, LogOverloaded } from '../log/event-log.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { BodyBudget } from '../platform/http/body-budget.ts'
import { type ParsedBody, parseBatch, parseEvent } from '../platform/http/parse-body.ts'
import type { RateLimits } from '../platform/http/rate-limits.ts'
import { checkText, KEYED_BODY, KEYLESS_BODY, readBody, UnreadableBody } from '../platform/http/read-body.ts'
import type { Log } from '../platform/observability/log.ts'
import type { Metrics } from '../platform/observability/metrics.ts'
import type { ThreadShare } from '../platform/processing/thread-share.ts'
import type { Registry, Source } from '../platform/workspace/registry.ts'
import { WorkspaceClosed } from '../platform/workspace/workspace-closed.ts'
import { rudderConfig, segmentSettings } from './client-settings.ts'
import { answerPreflight, CORS } from './collect-cors.ts'
import { keyOfRequest } from './collect-key.ts'
import { type CollectPath, readCollectPath } from './collect-paths.ts'
import { type Received, type Route, receive } from './receive.ts'

/** What the collector needs. */
export interface CollectorOptions {
  readonly registry: Registry
  /** keeps events; resolves with the position of the last one once they are on disk */
  readonly append: (workspace: number, append: Append) => Promise<number>
  readonly limits: RateLimits
  readonly metrics: Metrics
  readonly log: Log
  readonly now: () => number
  /** the client's address */
  readonly addressOf: (request: IncomingMessage) => string
  /** why nothing can be kept now, if so */
  readonly refusesWork: () => string | undefined
  /** what collecting and processing share */
  readonly thread: ThreadShare
  /** age of the oldest event of a workspace that waits for the processor, in milliseconds */
  readonly lagMs: (workspace: number) => number
  /** from which lag on nothing more is taken, in milliseconds; undefined: whatever the lag */
  readonly lagMaxMs: number | undefined
}

const METHODS: Readonly<Record<Exclude<CollectPath['kind'], 'nothing'>, readonly string[]>> = {
  collect: ['POST'],
  metrics: ['POST'],
  // an event is kept by GET alone: who asks for the head only wants to know whether something is here
  pixel: ['GET'],
  segment_settings: ['GET', 'HEAD'],
  rudder_config: ['GET', 'HEAD'],
}
const JSON_HEADERS = { ...CORS, 'content-type': 'application/json; charset=utf-8' }
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const FAILURE_TOLD_MS = 5_000
const STORAGE_RETRY_SECONDS = 30
const LAG_RETRY_SECONDS = 5

/**
 * The collect endpoint: Segment's tracking API, on plain `node:http` because it is asked for thousands of times a
 * second. Every answer carries CORS headers, errors too, and none is a redirect.
 */
export class Collector {
  readonly #options: CollectorOptions
  readonly #bodies = new BodyBudget(BODIES_BYTES_MAX)
  #failedAt: number | undefined

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /**
   * Whether events could not be kept a moment ago. It is forgotten soon: who is told of it sends nothing that could
   * show that all is well again.
   */
  get hasJustFailed(): boolean {
    return this.#failedAt !== undefined && this.#options.now() - this.#failedAt < FAILURE_TOLD_MS
  }

  /** @returns false when the path is none of the collector's: somebody else must answer */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url as string
    const question = url.indexOf('?')
    const path = readCollectPath(question < 0 ? url : url.slice(0, question))
    if (path === undefined) return false
    const query = question < 0 ? '' : url.slice(question + 1)
    this.#answer(path, query, request, response).catch((error: unknown) =>
      this.#fail(error, request, response),
    )
    return true
  }

  async #answer(
    path: CollectPath,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, answerPreflight(request)).end()
      return
    }
    if (path.kind === 'nothing') throw new ApiError(404, 'not_found', 'There is nothing at this address.')
    const methods = METHODS[path.kind]
    if (!methods.includes(request.method as string)) throw new WrongMethod(request.method as string, methods)
    switch (path.kind) {
      case 'collect':
        return this.#collect(withHistory(path.route, query), query, request, response)
      case 'pixel':
        return this.#pixel(path.type, query, request, response)
      case 'segment_settings':
        await this.#source(path.key, request)
        return tellSettings(response, segmentSettings(path.key, request))
      case 'rudder_config':
        return tellSettings(response, rudderConfig(await this.#sourceOfHead(query, request)))
      case 'metrics':
        await readBody(request, KEYLESS_BODY, this.#bodies.open(response))
        this.#options.metrics.clientMetrics.inc()
        answer(response, 200, JSON_HEADERS, '{"success":true}')
    }
  }

  async #collect(
    route: Route,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    // the time of receipt is when the request came, not when the last byte did
    const receivedAt = this.#options.now()
    const headKey = keyOfRequest(request, query)
    const source = headKey === undefined ? undefined : await this.#source(headKey, request)
    if (source !== undefined) this.#checkLag(source.workspace)
    const bound = source === undefined ? KEYLESS_BODY : KEYED_BODY
    const read = () => readBody(request, bound, this.#bodies.open(response))
    const body = await this.#parse(read, request, { source, receivedAt, route })
    await this.#keep(
      body,
      route,
      source ?? (await this.#sourceOfBody(body, request)),
      receivedAt,
      request,
      response,
    )
  }

  /**
   * A body that cannot be read is kept too, when it is known whose it is; otherwise it counts as sent with a wrong key.
   */
  async #parse(
    read: () => Promise<Buffer>,
    request: IncomingMessage,
    from: { readonly source: Source | undefined; readonly receivedAt: number; readonly route: Route },
  ): Promise<ParsedBody> {
    const { source, route, receivedAt } = from
    let bytes: Buffer | undefined
    try {
      bytes = await read()
      const hasEntered = await this.#options.thread.enter(source?.workspace)
      const began = performance.now()
      try {
        if (route.kind === 'event') return parseEvent(bytes)
        return parseBatch(bytes, source === undefined ? BODY_PARTS_MAX : BATCH_PARTS_MAX)
      } finally {
        if (hasEntered) this.#options.thread.leave(performance.now() - began)
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const raw = error instanceof UnreadableBody ? error.raw : bytes
      if (source === undefined) await this.#countWrongKey(request)
      else if (raw !== undefined) await this.#quarantine(error, { raw, route, source, receivedAt })
      throw error
    }
  }

  /** A whole body that was not taken. */
  async #quarantine(
    error: ApiError,
    body: {
      readonly raw: Buffer
      readonly route: Route
      readonly source: Source
      readonly receivedAt: number
    },
  ): Promise<void> {
    const { raw, route, source, receivedAt } = body
    const rejection = { code: error.code, message: error.message }
    const request = {
      source: source.id,
      receivedAt,
      sentAt: undefined,
      timesAsGiven: false,
      shared: undefined,
      history: false,
      ip: '',
      events: [],
    }
    const type = route.kind === 'event' ? route.type : undefined
    const history = route.kind === 'batch' && route.history
    const timesAsGiven = route.kind === 'batch' && route.isImport
    const what = { type, name: undefined, history, timesAsGiven }
    const kept = cutAddressesIn(raw)
    const refused = [{ rejection, source: source.id, receivedAt, raw: kept, ...what }]
    await this.append(source.workspace, { request, accepted: [], refused, bytes: kept.length })
    this.#options.metrics.refused.inc()
  }

  async #keep(
    body: ParsedBody,
    route: Route,
    source: Source,
    receivedAt: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const received = await this.#receive(body, route, source, receivedAt, request)
    const { accepted } = received.append
    await this.#options.limits.checkEvents(source.workspace, accepted.length + received.rejected.length)
    const position = await this.append(source.workspace, received.append)
    const { metrics } = this.#options
    metrics.accepted.inc(accepted.length)
    metrics.refused.inc(received.rejected.length)
    if (accepted.length === 0) throw allRejected(route, received)
    answer(response, 200, { ...JSON_HEADERS, 'affluent-position': position }, describe(route, received))
  }

  async #receive(
    body: ParsedBody,
    route: Route,
    source: Source,
    receivedAt: number,
    request: IncomingMessage,
  ): Promise<Received> {
    const began = performance.now()
    try {
      return receive(body, route, {
        source: source.id,
        receivedAt,
        ip: cutAddress(this.#options.addressOf(request)),
      })
    } catch (error) {
      if (error instanceof ApiError)
        await this.#quarantine(error, { raw: body.bytes, route, source, receivedAt })
      throw error
    } finally {
      this.#options.thread.spend(source.workspace, performance.now() - began)
    }
  }

  /** What cannot be processed within a bound of time is not promised: whoever sends is asked to come back. */
  #checkLag(workspace: number): void {
    const { lagMs, lagMaxMs } = this.#options
    if (lagMaxMs === undefined) return
    const lag = lagMs(workspace)
    if (lag <= lagMaxMs) return
    const seconds = Math.round(lag / 1_000)
    const message = `Events wait ${seconds} s to be processed, more than may wait; try again in ${LAG_RETRY_SECONDS} s.`
    throw new ApiError(429, 'rate_limited', message, { retryAfterSeconds: LAG_RETRY_SECONDS })
  }

  /**
   * Keeps what was checked.
   * @returns position of the last event
   * @throws ApiError 429 or 503 when it cannot be kept now
   */
  async append(workspace: number, append: Append): Promise<number> {
    const rejection = this.#options.refusesWork()
    if (rejection !== undefined) throw storageUnavailable()
    if (append.accepted.length > 0) this.#checkLag(workspace)
    try {
      const position = await this.#options.append(workspace, append)
      this.#failedAt = undefined
      return position
    } catch (error) {
      if (error instanceof LogOverloaded) throw overloaded(error)
      if (error instanceof WorkspaceClosed) throw closed(error)
      this.#failedAt = this.#options.now()
      this.#options.log.error('append_failed', { workspace, error })
      throw storageUnavailable()
    }
  }

  async #source(key: string, request: IncomingMessage): Promise<Source> {
    const { registry } = this.#options
    const source = registry.sourceOfWriteKey(key)
    if (source?.enabled === true) return source
    if (source !== undefined) {
      throw new ApiError(
        401,
        'source_disabled',
        'This source is switched off; switch it on or use the key of another one.',
      )
    }
    await this.#countWrongKey(request)
    if (registry.apiKey(key) !== undefined && request.headers.origin !== undefined) {
      this.#options.log.warn('api_key_exposed', { origin: request.headers.origin })
      const message = 'An API key must not be used from a browser. Use a write key, and replace the API key.'
      throw new ApiError(403, 'wrong_key_kind', message)
    }
    throw new ApiError(401, 'invalid_write_key', 'This write key is not known.')
  }

  /** Of a request without a body. */
  async #sourceOfHead(query: string, request: IncomingMessage): Promise<Source> {
    const key = keyOfRequest(request, query)
    if (key !== undefined) return this.#source(key, request)
    throw await this.#keyless(request)
  }

  async #keyless(request: IncomingMessage): Promise<ApiError> {
    await this.#countWrongKey(request)
    const message =
      'Send a write key: as user name of the Authorization header, or as "writeKey" in the query or the body.'
    return new ApiError(401, 'missing_write_key', message)
  }

  async #sourceOfBody(body: ParsedBody, request: IncomingMessage): Promise<Source> {
    const key = body.json['writeKey']
    if (typeof key === 'string' && key !== '') return this.#source(key, request)
    throw await this.#keyless(request)
  }

  /** A request without a key counts as one with a wrong key, so that nobody can ask for work without end. */
  #countWrongKey(request: IncomingMessage): Promise<void> {
    return this.#options.limits.checkWrongKey(this.#options.addressOf(request))
  }

  async #pixel(
    type: EventType,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const receivedAt = this.#options.now()
    const data = new URLSearchParams(query).get('data') ?? ''
    const bytes = Buffer.from(data.replaceAll(' ', '+'), 'base64')
    if (bytes.length === 0)
      throw new ApiError(400, 'empty_body', 'Send the event as base64 JSON in "data".', { path: 'data' })
    const headKey = keyOfRequest(request, query)
    const headSource = headKey === undefined ? undefined : await this.#source(headKey, request)
    const route: Route = { kind: 'event', type }
    const from = { source: headSource, receivedAt, route }
    const body = await this.#parse(async () => checkText(bytes), request, from)
    const source = headSource ?? (await this.#sourceOfBody(body, request))
    const received = await this.#receive(body, route, source, receivedAt, request)
    await this.#options.limits.checkEvents(source.workspace, 1)
    const position = await this.append(source.workspace, received.append)
    const { metrics } = this.#options
    metrics.accepted.inc(received.append.accepted.length)
    metrics.refused.inc(received.rejected.length)
    if (received.append.accepted.length === 0) throw allRejected(route, received)
    const headers = {
      ...CORS,
      'content-type': 'image/gif',
      'cache-control': 'no-store',
      'affluent-position': position,
    }
    response.writeHead(200, headers).end(GIF)
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) return
    const rejection = error instanceof ApiError ? error : this.#unexpected(error, request)
    if (rejection === undefined) return
    const { status, code, message, path, retryAfterSeconds } = rejection
    const rejected = rejection instanceof AllRejected ? { rejected: rejection.rejected } : {}
    const body = JSON.stringify({
      success: false,
      code,
      message,
      ...(path === undefined ? {} : { path }),
      ...rejected,
    })
    const headers: OutgoingHttpHeaders = { ...JSON_HEADERS }
    if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
    if (rejection instanceof WrongMethod) headers['allow'] = rejection.allow
    answer(response, status, headers, body)
  }

  #unexpected(error: unknown, request: IncomingMessage): ApiError | undefined {
    // a client that went away gets no answer
    if (request.destroyed && !request.complete) return undefined
    this.#options.log.error('collect_failed', { error })
    return new ApiError(
      503,
      'internal_error',
      'Something went wrong here, not with your request. Try again in 30 s.',
      {
        retryAfterSeconds: STORAGE_RETRY_SECONDS,
      },
    )
  }
}

function answer(response: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function tellSettings(response: ServerResponse, settings: object): void {
  const headers = { ...JSON_HEADERS, 'cache-control': 'private, max-age=60' }
  answer(response, 200, headers, JSON.stringify(settings))
}

class WrongMethod extends ApiError {
  /** for the header `Allow` */
  readonly allow: string

  constructor(method: string, methods: readonly string[]) {
    super(405, 'method_not_allowed', `${method} is not supported here; use ${methods.join(' or ')}.`)
    this.allow = [...methods, 'OPTIONS'].join(', ')
  }
}

/** Nothing of a batch was taken: says of each event why. */
class AllRejected extends ApiError {
  readonly rejected: Received['rejected']

  constructor(rejected: Received['rejected']) {
    super(
      400,
      'all_events_rejected',
      `None of the ${rejected.length} events could be taken; "rejected" says why.`,
    )
    this.rejected = rejected
  }
}

function allRejected(route: Route, received: Received): ApiError {
  const first = received.rejected[0]
  if (route.kind === 'batch' || first === undefined) return new AllRejected(received.rejected)
  const status = first.code === 'event_too_large' ? 413 : 400
  return new ApiError(status, first.code, first.message, first.path === undefined ? {} : { path: first.path })
}

function describe(route: Route, received: Received): string {
  const { rejected, warnings, append } = received
  if (route.kind === 'event' && warnings.length === 0) return '{"success":true}'
  if (warnings.length === 0 && rejected.length === 0)
    return `{"success":true,"accepted":${append.accepted.length}}`
  return JSON.stringify({
    success: true,
    ...(route.kind === 'batch' ? { accepted: append.accepted.length } : {}),
    ...(rejected.length > 0 ? { rejected } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  })
}

function overloaded(cause: LogOverloaded): ApiError {
  const message = 'More events came than can be kept; try again in 1 s.'
  return new ApiError(429, 'rate_limited', message, { retryAfterSeconds: 1, cause })
}

/** The key was good when the request came. */
function closed(cause: WorkspaceClosed): ApiError {
  return new ApiError(401, 'invalid_write_key', 'This write key is not known.', { cause })
}

/** In a body that is kept as it came, addresses are cut wherever they stand under "ip". */
function cutAddressesIn(raw: Buffer): Buffer {
  if (!raw.includes('"ip"')) return raw
  // one character for each byte, whatever the bytes are
  const text = raw.toString('latin1')
  const cut = text.replace(/("ip"\s*:\s*")([^"\\]+)"/g, (_, before: string, ip: string) => {
    return `${before}${ip.split(',').map(cutAddress).join(', ')}"`
  })
  return cut === text ? raw : Buffer.from(cut, 'latin1')
}

function storageUnavailable(): ApiError {
  const message = `Events cannot be stored now. Try again in ${STORAGE_RETRY_SECONDS} s.`
  return new ApiError(503, 'storage_unavailable', message, { retryAfterSeconds: STORAGE_RETRY_SECONDS })
}

/** Of what comes by the way of archives, the query may say that all of it is history. */
function withHistory(route: Route, query: string): Route {
  if (route.kind !== 'batch' || !route.isImport || query === '') return route
  const said = new URLSearchParams(query).get('history')
  if (said === null || said === 'false') return route
  if (said === 'true') return { ...route, history: true }
  const message = '"history" must be true or false.'
  throw new ApiError(400, 'invalid_request', message, { path: 'history' })
}
