import type { Json, JsonObject } from '@affluent/protocol/event'
import type { TestServer } from './test-server.ts'

/** A JSON Schema as the OpenAPI document holds it. */
export type Schema = JsonObject

/** One call that the OpenAPI document describes. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, Schema>>
  readonly query: Readonly<Record<string, Schema>>
  readonly body: Schema | undefined
  /** only a team member may call it */
  readonly isForMembers: boolean
  /** nobody needs a key or a session for it */
  readonly isOpen: boolean
}

/**
 * Every call of the API, as its own description has them; the collect API is left out, since it is tolerant by
 * contract.
 */
export async function readOperations(server: TestServer): Promise<Operation[]> {
  const { json } = await server.read('/openapi.json')
  const components = (json['components'] as JsonObject)['schemas'] as JsonObject
  const operations: Operation[] = []
  for (const [path, methods] of Object.entries(json['paths'] as Record<string, JsonObject>)) {
    for (const [method, described] of Object.entries(methods)) {
      const operation = described as JsonObject
      const security = (operation['security'] ?? []) as JsonObject[]
      if (!path.startsWith('/v1/') || JSON.stringify(operation['tags']).includes('Collect')) continue
      const parameters = (operation['parameters'] ?? []) as JsonObject[]
      const named = (place: string) =>
        Object.fromEntries(
          parameters
            .filter((each) => each['in'] === place)
            .map((each) => [each['name'] as string, each['schema'] as Schema]),
        )
      operations.push({
        ...{ method: method.toUpperCase(), path, params: named('path'), query: named('query') },
        body: resolve(bodyOf(operation), components) as Schema | undefined,
        isForMembers: security.length > 0 && security.every((each) => 'session' in each),
        isOpen: security.length === 0,
      })
    }
  }
  return operations
}

function bodyOf(operation: JsonObject): Json | undefined {
  const content = (operation['requestBody'] as JsonObject | undefined)?.['content'] as JsonObject | undefined
  return (content?.['application/json'] as JsonObject | undefined)?.['schema']
}

/**
 * They refer to themselves, are bounded by parsers of their own and have tests of their own: here they take anything.
 */
const RECURSIVE: readonly string[] = ['Condition', 'Filter']

/** A schema with what it refers to in place. */
function resolve(json: Json | undefined, components: JsonObject): Json | undefined {
  if (Array.isArray(json)) return json.map((item) => resolve(item, components) as Json)
  if (typeof json !== 'object' || json === null) return json
  const { $ref, ...rest } = json as { $ref?: string } & JsonObject
  const name = $ref?.split('/').at(-1)
  if (name !== undefined) return RECURSIVE.includes(name) ? {} : resolve(components[name], components)
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, resolve(value, components) as Json]),
  )
}

/** A place in a body or a query that holds a value, and what may stand there. */
export interface Field {
  readonly path: readonly (string | number)[]
  readonly schema: Schema
}

/** Every place of a schema that holds no object or list itself. */
export function fieldsOf(schema: Schema, path: readonly (string | number)[] = []): Field[] {
  const branches = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as Schema[] | undefined
  if (branches !== undefined) return branches.flatMap((branch) => fieldsOf(branch, path))
  const { properties, items, additionalProperties } = schema as Record<string, Json | undefined>
  const inner: Field[] = []
  for (const [name, value] of Object.entries((properties ?? {}) as Record<string, Schema>))
    inner.push(...fieldsOf(value, [...path, name]))
  for (const [index, item] of prefixOf(schema).entries()) inner.push(...fieldsOf(item, [...path, index]))
  if (typeof items === 'object') inner.push(...fieldsOf(items as Schema, [...path, 0]))
  if (typeof additionalProperties === 'object')
    inner.push(...fieldsOf(additionalProperties as Schema, [...path, 'field']))
  return inner.length > 0 || schema['type'] === 'object' ? inner : [{ path, schema }]
}

/**
 * Every object of a schema that takes names beside those it lists, by its path; lists of free names are no such
 * objects.
 */
export function openObjectsOf(schema: Schema, path = ''): string[] {
  const branches = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as Schema[] | undefined
  if (branches !== undefined) return branches.flatMap((branch) => openObjectsOf(branch, path))
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const isOpen = properties.length > 0 && schema['additionalProperties'] !== false
  const inner = properties.flatMap(([name, value]) => openObjectsOf(value, `${path}.${name}`))
  const listed = typeof schema['items'] === 'object' ? [schema['items'] as Schema] : []
  const items = [...prefixOf(schema), ...listed].flatMap((item) => openObjectsOf(item, `${path}[]`))
  return [...(isOpen ? [path === '' ? '.' : path] : []), ...inner, ...items]
}

/** The items of a list that has so many of them and no more. */
function prefixOf(schema: Schema): readonly Schema[] {
  return (schema['prefixItems'] ?? []) as Schema[]
}

/** What stands in a request where a test has nothing else to say, by the name of the field. */
const SAMPLES: Readonly<Record<string, Json>> = {
  ...{ slug: 'sample', key: 'sample', condition: { identifier: 'email', op: 'exists' }, filter: null },
  ...{ url: 'https://example.com/hook', id: 'dst_1', destination: 'dst_1', connection: 'con_1' },
  ...{ ledgerId: 'led_1', email: 'owner@example.com', field: { value: 1 }, from: { source: '*' } },
  ...{ userId: 'u1', namespace: 'user_id', secret: `whsec_${'a'.repeat(32)}`, code: 'invalid_type' },
}

/** A value that a schema lets pass, with all that it asks for and whatever leads to `towards`. */
export function sampleOf(schema: Schema, name: string, towards: readonly (string | number)[]): Json {
  const [step, ...rest] = towards
  const branches = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  if (branches !== undefined) {
    const fits = branches.find((branch) => step === undefined || leadsTo(branch, towards))
    return sampleOf(fits ?? (branches[0] as Schema), name, towards)
  }
  if (step === undefined && name in SAMPLES) return SAMPLES[name] as Json
  if ('const' in schema) return schema['const'] as Json
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as Json
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>
  switch (schema['type']) {
    case 'object': {
      const required = (schema['required'] ?? []) as string[]
      const object: JsonObject = {}
      for (const [key, value] of Object.entries(properties))
        if (key === step || required.includes(key))
          object[key] = sampleOf(value, key, key === step ? rest : [])
      const free = schema['additionalProperties']
      if (step !== undefined && !(step in object))
        object[step] = typeof free === 'object' ? sampleOf(free as Schema, String(step), rest) : null
      return object
    }
    case 'array':
      if (prefixOf(schema).length > 0)
        return prefixOf(schema).map((item, index) => sampleOf(item, name, index === step ? rest : []))
      return [sampleOf((schema['items'] ?? {}) as Schema, name, rest)]
    case 'number':
    case 'integer':
      return (schema['minimum'] as number | undefined) ?? 1
    case 'boolean':
      return false
    default:
      return 'sample'
  }
}

function leadsTo(schema: Schema, [step, ...rest]: readonly (string | number)[]): boolean {
  if (step === undefined) return true
  const branches = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  if (branches !== undefined) return branches.some((branch) => leadsTo(branch, [step, ...rest]))
  if (schema['type'] === 'array')
    return leadsTo((prefixOf(schema)[step as number] ?? schema['items'] ?? {}) as Schema, rest)
  const next = (schema['properties'] as Record<string, Schema> | undefined)?.[step]
  if (next !== undefined) return leadsTo(next, rest)
  return typeof schema['additionalProperties'] === 'object'
}

/** A copy of a value with another one at a place. */
export function withValue(json: Json, path: readonly (string | number)[], value: unknown): Json {
  const [step, ...rest] = path
  if (step === undefined) return value as Json
  const copy = (Array.isArray(json) ? [...json] : { ...(json as JsonObject) }) as JsonObject
  copy[step] = withValue(copy[step] ?? {}, rest, value)
  return copy
}
