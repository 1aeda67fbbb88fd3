import type { ErrorCode } from './codes.ts'
import { QUERY_TEXT_CHARS_MAX } from './limits.ts'
import type { Masking } from './masking.ts'
import { type MaskedPermission, type Permission, scopeOf } from './permission.ts'
import {
  type Infer,
  type Input,
  type ObjectSchema,
  type Schema,
  type Shape,
  type StrictSchema,
  type TextSchema,
  z,
} from './schema.ts'
import { text } from './text.ts'

// A call of the API as one value: routes, checks, OpenAPI, the console's calls and docs/api.md are made from it.

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Where a call takes place: in one workspace; in none, by somebody who is known; by anyone. */
export type Access = 'workspace' | 'account' | 'anyone'

/** The resource under which documents list an endpoint. */
export type Tag =
  | 'Access'
  | 'Audiences'
  | 'Catalogue'
  | 'Destinations'
  | 'Events'
  | 'Identity'
  | 'Operations'
  | 'Profiles'
  | 'Sources'

type SuccessStatus = 200 | 201 | 202 | 204
type AnswerSchemas = Readonly<Partial<Record<SuccessStatus, Schema>>>

/** Codes of errors by the status that they are answered with. */
export type ErrorsByStatus = Readonly<Record<number, readonly ErrorCode[]>>

type AnswerSchema<Answers extends AnswerSchemas> = Extract<Answers[keyof Answers], Schema>

/** The names in braces of a path such as `/v1/audiences/{key}`. */
type NameIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NameIn<Rest>
  : never

/** What an endpoint consists of besides its schemas. */
interface EndpointFacts {
  readonly permission: Permission
  readonly access: Access
  /** true: only for a team member who gave the password within the last minutes */
  readonly freshSignIn: boolean
  /** true: takes the version of what it changes in `If-Match` */
  readonly ifMatch: boolean
  /** true: answers with the position of the change in `Affluent-Position` */
  readonly givesPosition: boolean
  /** of the body; undefined: the limit of all bodies */
  readonly bodyBytesMax: number | undefined
  readonly operationId: string
  /** the imperative of the field: "Create an audience" */
  readonly summary: string
  readonly description: string | undefined
  readonly tag: Tag
  /** how the answer is masked for roles that see people masked; undefined: the permission has no such role */
  readonly masking: Masking | undefined
  /** beside those that every endpoint of its kind may answer; see `errorsOf` */
  readonly errors: ErrorsByStatus
}

export interface Endpoint<
  M extends Method = Method,
  Path extends string = string,
  Params extends Schema = Schema,
  Query extends Schema = Schema,
  Body extends Schema | undefined = Schema | undefined,
  Answers extends AnswerSchemas = AnswerSchemas,
> extends EndpointFacts {
  readonly method: M
  /** with the names of parameters in braces */
  readonly path: Path
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** by status; there is one for success */
  readonly answers: Answers
  readonly example: { readonly [part in 'params' | 'query' | 'body' | 'answer']?: unknown }
}

interface Example<
  Params extends Schema,
  Query extends Schema,
  Body extends Schema | undefined,
  Answers extends AnswerSchemas,
> {
  readonly params?: Input<Params>
  readonly query?: Input<Query>
  readonly body?: Body extends Schema ? Input<Body> : never
  /** absent: the answer has no body */
  readonly answer?: Infer<AnswerSchema<Answers>>
}

type ParamsSchema<Path extends string, Given extends Shape> = ObjectSchema<{
  [Name in NameIn<Path>]: Name extends keyof Given ? Given[Name] : TextSchema
}>

/** An endpoint says how it masks exactly when its permission has a role that sees people masked. */
type MaskingOf<P extends Permission> = P extends MaskedPermission
  ? { readonly masking: Masking }
  : { readonly masking?: never }

type Definition<
  P extends Permission,
  M extends Method,
  Path extends string,
  Params extends Shape,
  Query extends Shape,
  Body extends Schema | undefined,
  Answers extends AnswerSchemas,
> = Pick<EndpointFacts, 'operationId' | 'summary' | 'tag'> &
  Partial<Omit<EndpointFacts, 'permission' | 'operationId' | 'summary' | 'tag' | 'masking'>> &
  MaskingOf<P> & {
    readonly permission: P
    readonly method: M
    readonly path: Path
    /** of parameters that are more than a text */
    readonly params?: Params
    readonly query?: Query
    readonly body?: Body
    readonly answers: Answers
    readonly example: NoInfer<Example<ParamsSchema<Path, Params>, StrictSchema<Query>, Body, Answers>>
  }

/** The answer of an endpoint that says nothing but that it is done. */
export const nothing = z.void()

/**
 * Makes the value of a call. Names in the path without a schema take any text; names of the query that are not listed
 * are refused.
 * @param definition access is `workspace` when absent
 */
export function endpoint<
  const P extends Permission,
  const M extends Method,
  const Path extends `/v1/${string}`,
  Answers extends AnswerSchemas,
  Params extends Shape = Record<never, never>,
  Query extends Shape = Record<never, never>,
  Body extends Schema | undefined = undefined,
>(
  definition: Definition<P, M, Path, Params, Query, Body, Answers>,
): Endpoint<M, Path, ParamsSchema<Path, Params>, StrictSchema<Query>, Body, Answers> {
  const { path, params, query, body } = definition
  const shape = Object.fromEntries(
    namesIn(path).map((name) => [name, params?.[name] ?? text(QUERY_TEXT_CHARS_MAX)]),
  )
  return {
    access: 'workspace',
    freshSignIn: false,
    ifMatch: false,
    givesPosition: false,
    bodyBytesMax: undefined,
    description: undefined,
    masking: undefined,
    errors: {},
    ...definition,
    params: z.object(shape) as ParamsSchema<Path, Params>,
    query: z.strictObject(query ?? {}) as StrictSchema<Query>,
    body: body as Body,
  }
}

/** The names in braces of a path. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
}

/** The status of success. */
export function statusOf({ answers }: Endpoint): number {
  return Number(Object.keys(answers)[0])
}

/** Only team members may call it, and no API key. */
export function isForMembers({ access, permission }: Endpoint): boolean {
  return access !== 'anyone' && scopeOf(permission) === null
}

/** Every error that a call of an endpoint may be answered with: those of its own, and those of all that are like it. */
export function errorsOf(endpoint: Endpoint): ErrorsByStatus {
  const { access, freshSignIn, ifMatch, body, errors } = endpoint
  const isPathed = namesIn(endpoint.path).length > 0
  return merge(
    ANY,
    body === undefined ? {} : WITH_BODY,
    isPathed ? { 404: ['not_found'] } : {},
    access === 'anyone' ? {} : KNOWN_CALLER,
    access === 'workspace' ? { 404: ['unknown_reference'] } : {},
    isForMembers(endpoint) ? { 403: ['session_needed'] } : {},
    freshSignIn ? { 403: ['sign_in_again'] } : {},
    ifMatch ? { 409: ['changed_meanwhile'] } : {},
    errors,
  )
}

const ANY: ErrorsByStatus = {
  400: ['invalid_request', 'unknown_field'],
  403: ['host_not_allowed'],
  500: ['internal_error'],
  503: ['not_ready', 'query_too_slow'],
}
const WITH_BODY: ErrorsByStatus = {
  400: [
    ...([
      'empty_body',
      'invalid_json',
      'invalid_utf8',
      'not_an_object',
      'forbidden_key',
      'too_deep',
    ] as const),
    ...(['too_many_keys', 'key_too_long', 'unsafe_integer', 'number_out_of_range'] as const),
  ],
  413: ['payload_too_large', 'too_many_keys'],
  415: ['unsupported_media_type', 'unsupported_charset', 'unsupported_encoding'],
}
const KNOWN_CALLER: ErrorsByStatus = {
  401: ['missing_api_key', 'invalid_api_key', 'not_signed_in'],
  403: ['not_allowed', 'wrong_key_kind', 'invalid_csrf_token', 'foreign_origin'],
  429: ['rate_limited'],
}

function merge(...parts: readonly ErrorsByStatus[]): ErrorsByStatus {
  const merged: Record<number, ErrorCode[]> = {}
  for (const part of parts)
    for (const [status, codes] of Object.entries(part))
      merged[Number(status)] = [...new Set([...(merged[Number(status)] ?? []), ...codes])]
  return merged
}

export type EndpointParams<E extends Endpoint> = Infer<E['params']>
export type EndpointQuery<E extends Endpoint> = Infer<E['query']>
export type EndpointBody<E extends Endpoint> = E['body'] extends Schema ? Infer<E['body']> : undefined
export type EndpointAnswer<E extends Endpoint> = Infer<AnswerSchema<E['answers']>>
