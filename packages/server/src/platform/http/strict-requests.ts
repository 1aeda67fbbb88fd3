import { nearestName } from '@affluent/core/nearest-name'
import { z } from '@affluent/protocol/schema'
import type { FastifyInstance, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { ApiError } from './api-error.ts'

type Part = 'body' | 'querystring'

/** Refuses a body where none is read, so that a misspelt switch is never ignored. */
export function registerStrictness(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const { body } = request
    if (request.routeOptions.schema?.body !== undefined || typeof body !== 'object' || body === null) return
    const [name] = Object.keys(body)
    if (name !== undefined) throw unknownName(request, 'body', [], name)
  })
}

/** What a schema found wrong with a request, as the caller reads it; undefined: nothing was found. */
export function toSchemaError(
  faults: readonly FastifySchemaValidationError[],
  part: string | undefined,
  request: FastifyRequest,
): ApiError {
  const issue = deepest(faults.map(toIssue))
  const path = issue.path.join('.')
  if (part === 'params') {
    const message = `There is nothing at this address: ${said(issue)}.`
    return new ApiError(404, 'not_found', message, { path })
  }
  const [unknown] = issue.keys ?? []
  if (issue.code === 'unrecognized_keys' && unknown !== undefined)
    return unknownName(request, part === 'querystring' ? part : 'body', issue.path, unknown)
  const message = `${path === '' ? 'The request' : `"${path}"`}: ${said(issue)}.`
  const code = path === 'limit' ? 'invalid_limit' : path === 'cursor' ? 'invalid_cursor' : 'invalid_request'
  return new ApiError(400, code, message, { path })
}

interface Issue {
  readonly code: string
  readonly message: string
  readonly path: readonly (string | number)[]
  /** of `unrecognized_keys` */
  readonly keys?: readonly string[]
  /** of `invalid_union`, by branch */
  readonly errors?: readonly (readonly Issue[])[]
}

function toIssue({ keyword, message = '', instancePath, params }: FastifySchemaValidationError): Issue {
  const path = instancePath.split('/').filter((step) => step !== '')
  return { code: keyword, message, path, ...(params as Pick<Issue, 'keys' | 'errors'>) }
}

/** Of a choice between forms, what is wrong with the form that fits best: the one in which the fewest things are. */
function deepest(issues: readonly Issue[]): Issue {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? (issues[0] as Issue)
  const branches = (issue.errors ?? []).filter(({ length }) => length > 0)
  const [best] = branches.toSorted((a, b) => weightOf(a) - weightOf(b))
  if (issue.code !== 'invalid_union' || best === undefined) return issue
  const inner = deepest(best)
  return { ...inner, path: [...issue.path, ...inner.path] }
}

/** A wrong value counts once, a name that is missing or not known twice. */
function weightOf(issues: readonly Issue[]): number {
  const isOfName = ({ code }: Issue) => code === 'unrecognized_keys' || code === 'invalid_type'
  return issues.length + issues.filter(isOfName).length
}

function said({ message }: Issue): string {
  return (message === '' ? 'not valid' : message).replace(/\.$/, '')
}

/** A name that is not known where it stands: where it belongs, or what was meant. */
function unknownName(
  request: FastifyRequest,
  part: Part,
  path: readonly (string | number)[],
  name: string,
): ApiError {
  const whole = [...path, name].join('.')
  const { schema = {} } = request.routeOptions
  const other = part === 'body' ? 'querystring' : 'body'
  const elsewhere = path.length > 0 ? undefined : nearestName(name, namesAt(schema[other], []))
  const known = namesAt(schema[part], path)
  const meant = nearestName(name, known)
  const hint =
    elsewhere !== undefined && meant === undefined
      ? `"${elsewhere}" belongs into the ${other === 'body' ? 'body' : `query: ?${elsewhere}=...`}.`
      : meant !== undefined
        ? `Did you mean "${meant}"?`
        : known.length === 0
          ? `This call takes no ${part === 'body' ? 'body' : 'query'}.`
          : `Known are ${known.join(', ')}.`
  const where = part === 'body' ? 'here' : 'in the query'
  return new ApiError(400, 'unknown_field', `"${whole}" is not known ${where}. ${hint}`, { path: whole })
}

/** The names that an object takes at a place of a schema. */
function namesAt(schema: unknown, path: readonly (string | number)[]): string[] {
  const [step, ...rest] = path
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return namesAt(schema.def.innerType, path)
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => namesAt(option, path))
  if (schema instanceof z.ZodObject)
    return step === undefined ? Object.keys(schema.shape) : namesAt(schema.shape[step], rest)
  if (schema instanceof z.ZodRecord) return step === undefined ? [] : namesAt(schema.def.valueType, rest)
  if (schema instanceof z.ZodArray) return step === undefined ? [] : namesAt(schema.def.element, rest)
  return []
}
