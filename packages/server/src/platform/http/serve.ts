import { isUtf8 } from 'node:buffer'
import { asksPersonal } from '@affluent/core/privacy/asks-personal'
import { maskAnswer } from '@affluent/core/privacy/mask-answer'
import { apiError } from '@affluent/protocol/api-error'
import {
  type Endpoint,
  type EndpointAnswer,
  type EndpointBody,
  type EndpointParams,
  type EndpointQuery,
  statusOf,
} from '@affluent/protocol/endpoint'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { AskKind, Masking } from '@affluent/protocol/masking'
import type { Permission } from '@affluent/protocol/permission'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { Sight } from './caller.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** what is served here; undefined: no call of the API */
    endpoint?: Endpoint
  }
}

/** A request of an endpoint: who asks and for which workspace is known, parameters, query and body are checked. */
export type Served<E extends Endpoint> = FastifyRequest<{
  Params: EndpointParams<E>
  Querystring: EndpointQuery<E>
  Body: EndpointBody<E>
}>

type Handler<E extends Endpoint> = (
  request: Served<E>,
  reply: FastifyReply,
) => EndpointAnswer<E> | Promise<EndpointAnswer<E>>

/**
 * Registers an endpoint. What the handler returns is checked against the schema of the answer and sent with the status
 * of success; an ApiError that it throws is sent as it says.
 */
export function serve<E extends Endpoint>(app: FastifyInstance, endpoint: E, handler: Handler<E>): void {
  const { method, path, params, query, body, answers, bodyBytesMax } = endpoint
  const status = statusOf(endpoint)
  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { endpoint },
    ...(bodyBytesMax === undefined ? {} : { bodyLimit: bodyBytesMax }),
    schema: {
      params,
      querystring: query,
      ...(body === undefined ? {} : { body }),
      response: { ...(status === 204 ? {} : answers), '4xx': apiError, '5xx': apiError },
    },
    handler: async (request, reply) => {
      if (endpoint.masking !== undefined) refuseAsking(endpoint.masking, request)
      // the compiler of schemas has made of it what the endpoint says
      const answer = await handler(request as Served<E>, reply.code(status))
      return maskFor(request, endpoint, answer as JsonObject)
    },
  })
}

/** The answer as whoever asks may see it. An endpoint that could show people and does not say where fails. */
function maskFor(request: FastifyRequest, { access, masking, operationId }: Endpoint, answer: JsonObject) {
  if (access === 'anyone' || !request.sight.isMasked) return answer
  if (masking === undefined) throw new Error(`${operationId} does not say how it masks.`)
  return maskAnswer(answer, masking, BASE64)
}

const BASE64 = {
  decode: (base64: string) => {
    const bytes = Buffer.from(base64, 'base64')
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined
  },
  encode: (text: string) => Buffer.from(text, 'utf8').toString('base64'),
}

/** @throws ApiError 403 when a part of the request could find out a personal value that is masked */
function refuseAsking({ asks = {} }: Masking, request: FastifyRequest): void {
  const { sight } = request
  if (!sight.isMasked) return
  for (const [place, kind] of Object.entries(asks)) {
    const asked = partOf(request, place)
    if (asked !== undefined && !mayAsk(kind, sight) && asksPersonal(kind, asked))
      throw maskedField(kind, place)
  }
}

function partOf(request: FastifyRequest, place: string): Json | undefined {
  const [part, name = ''] = place.split('.') as ['params' | 'query' | 'body', string]
  return (request[part] as JsonObject | undefined)?.[name]
}

function mayAsk(kind: AskKind, { maySearch, mayAsk }: Sight): boolean {
  switch (kind) {
    case 'person':
    case 'search':
      return maySearch
    case 'condition':
      return mayAsk
    case 'field':
      return false
  }
}

/** The same words whatever there is: they must not tell whether anybody was meant. */
function maskedField(kind: AskKind, place: string): ApiError {
  const [, path = ''] = place.split('.')
  const told = TOLD[kind]
  return new ApiError(403, 'not_allowed', told.message, { path, needs: told.needs })
}

const SEEN_MASKED = 'Your role sees people masked:'
const TOLD: Readonly<Record<AskKind, { readonly message: string; readonly needs: Permission }>> = {
  person: {
    message: `${SEEN_MASKED} ask for a person by the id of the profile, or by an identifier that is no address and no name, as namespace:value.`,
    needs: 'personal-values:search',
  },
  search: {
    message: `${SEEN_MASKED} search by the id of a profile, or by an identifier that is no address and no name, as namespace:value.`,
    needs: 'personal-values:search',
  },
  condition: {
    message: `${SEEN_MASKED} a condition may ask whether a personal field such as the e-mail address is there, and not compare it with a value.`,
    needs: 'personal-values:ask',
  },
  field: {
    message: `${SEEN_MASKED} the values of this field are personal, and not listed.`,
    needs: 'profiles:read',
  },
}
