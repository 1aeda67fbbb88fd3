import { expect, test } from 'vitest'
import { errorsOf, namesIn, statusOf } from './endpoint.ts'
import { ENDPOINTS } from './endpoints.ts'
import { PERMISSIONS } from './permission.ts'
import { type Schema, z } from './schema.ts'

/** Why a value does not fit a schema; undefined: it does. */
function faultOf(schema: Schema | undefined, value: unknown): string | undefined {
  return schema?.safeParse(value).error?.message
}

test.each(ENDPOINTS)('the example of $operationId is valid by its own schemas', (endpoint) => {
  const { method, params, query, body, answers, example } = endpoint
  expect(faultOf(params, example.params ?? {})).toBeUndefined()
  expect(faultOf(query, example.query ?? {})).toBeUndefined()
  expect(faultOf(body, example.body)).toBeUndefined()
  expect(faultOf(Object.values(answers)[0], example.answer)).toBeUndefined()
  expect(body === undefined, 'an example of the body where there is one').toBe(example.body === undefined)
  if (method === 'GET') expect(body).toBeUndefined()
})

test('every call has one place, one id and one success, and says what it does in the imperative', () => {
  const calls = ENDPOINTS.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
  expect(new Set(calls).size).toBe(ENDPOINTS.length)
  expect(new Set(ENDPOINTS.map(({ operationId }) => operationId)).size).toBe(ENDPOINTS.length)
  for (const endpoint of ENDPOINTS) {
    const { answers, path, summary, operationId } = endpoint
    expect(Object.keys(answers), operationId).toHaveLength(1)
    expect([200, 201, 202, 204], operationId).toContain(statusOf(endpoint))
    expect(Object.keys(namesIn(path)).length, operationId).toBeLessThanOrEqual(2)
    expect(summary, operationId).toMatch(
      /^(List|Get|Create|Update|Delete|Remove|Search|Preview|Explain|Count|Replay|Dismiss|Test|Rotate|Revoke|Rename|Simulate|Unmerge|Keep|Link|Sign|Change|End|Invite|Send|View) /,
    )
    expect(summary.endsWith('.'), operationId).toBe(false)
  }
})

test('an endpoint tells the errors of its kind beside its own', () => {
  const byId = new Map(ENDPOINTS.map((endpoint) => [endpoint.operationId, endpoint]))
  const errorsAt = (id: string, status: number) => {
    const endpoint = byId.get(id)
    return endpoint === undefined ? undefined : errorsOf(endpoint)[status]
  }
  expect(errorsAt('updateAudience', 409)).toEqual(['changed_meanwhile', 'in_use', 'too_many'])
  expect(errorsAt('updateAudience', 400)).toContain('not_available')
  expect(errorsAt('listAudiences', 409)).toBeUndefined()
  expect(errorsAt('createKey', 403)).toContain('sign_in_again')
  expect(errorsAt('signIn', 401)).toEqual(['wrong_password', 'invalid_invitation', 'invalid_reset'])
})

const MASKED = ENDPOINTS.filter(({ masking }) => masking !== undefined)

test('an endpoint says how it masks exactly when a role of its permission sees people masked', () => {
  for (const { operationId, permission, masking } of ENDPOINTS)
    expect(masking !== undefined, operationId).toBe(PERMISSIONS[permission].roles?.includes('m') === true)
  expect(MASKED.length).toBeGreaterThan(20)
})

test.each(MASKED)('the masking of $operationId names every place at which a person may be', (endpoint) => {
  const { masking, answers, params, query, body } = endpoint
  const [schema] = Object.values(answers)
  const places = placesOf(schema as Schema)
  const declared = Object.keys(masking?.answer ?? {})
  const isUnder = (place: string) =>
    declared.some((each) => place === each || place.startsWith(`${each}.`) || place.startsWith(`${each}[`))
  expect(
    places.filter(({ isOpen, path }) => isOpen && !isUnder(path)).map(({ path }) => path),
    'JSON of a customer, names and values',
  ).toEqual([])
  const paths = new Set(places.map(({ path }) => path))
  expect(
    declared.filter((each) => !paths.has(each)),
    'places that are not in the answer',
  ).toEqual([])
  expect(paths.has('masked'), 'tells what was left out').toBe(true)
  for (const asked of Object.keys(masking?.asks ?? {})) {
    const [part, name = ''] = asked.split('.')
    const asks = { params, query, body }[part as 'params' | 'query' | 'body'] as
      | { readonly shape?: object }
      | undefined
    expect(Object.keys(asks?.shape ?? {}), asked).toContain(name)
  }
})

/** A place of an answer; open: what stands there comes from customers and has no form of its own. */
interface Place {
  readonly path: string
  readonly isOpen: boolean
}

/** Names of texts that say who somebody is, or quote what came. */
const TELLING = [
  'title',
  'profileTitle',
  'beside',
  'raw',
  'body',
  'message',
  'value',
  'nearest',
  'reason',
  'email',
]
const ROOT_ONLY = ['masked']

function placesOf(schema: Schema): Place[] {
  const whole = z.toJSONSchema(schema, { unrepresentable: 'any', reused: 'inline' }) as Described
  return walk(whole, '', whole.$defs ?? {})
}

interface Described {
  readonly $ref?: string
  readonly $defs?: Record<string, Described>
  readonly type?: string
  readonly enum?: unknown[]
  readonly properties?: Record<string, Described>
  readonly additionalProperties?: boolean | Described
  readonly items?: Described
  readonly anyOf?: Described[]
}

function walk(schema: Described, path: string, defs: Record<string, Described>): Place[] {
  const { $ref, anyOf, properties, additionalProperties, items, type } = schema
  const inner = $ref === undefined ? undefined : defs[$ref.replace('#/$defs/', '')]
  if (inner !== undefined) return walk(inner, path, defs)
  if (anyOf !== undefined) return anyOf.flatMap((each) => walk(each, path, defs))
  const name = path.split('.').at(-1)?.replaceAll('[]', '') ?? ''
  if (type === 'array' && items !== undefined)
    return [{ path, isOpen: false }, ...walk(items, `${path}[]`, defs)]
  if (type === 'object') {
    const isRecord = additionalProperties !== undefined && additionalProperties !== false
    const isIdentifier = properties?.['namespace'] !== undefined && properties['value'] !== undefined
    const own = { path, isOpen: path !== '' && (isRecord || isIdentifier) }
    const under = Object.entries(properties ?? {}).flatMap(([key, each]) =>
      walk(each, path === '' ? key : `${path}.${key}`, defs),
    )
    return [own, ...under]
  }
  const isText = type === 'string' && schema.enum === undefined
  const isUnknown = type === undefined && schema.enum === undefined
  return [{ path, isOpen: (isUnknown || (isText && TELLING.includes(name))) && !ROOT_ONLY.includes(name) }]
}
