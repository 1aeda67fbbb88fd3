import { ENDPOINTS } from '@affluent/protocol/endpoints'
import { EVENT_TYPES, type Json, type JsonObject } from '@affluent/protocol/event'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { collectApi } from '../../../ingest/collect-openapi.ts'
import { COLLECT_PATHS, SHORT_FORMS } from '../../../ingest/collect-paths.ts'
import { describeApi } from './openapi-document.ts'

const document = describeApi(collectApi)
const paths = document['paths'] as Record<string, Record<string, JsonObject>>
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
)

test('the document is valid OpenAPI 3.1', async () => {
  const checked = await new Validator().validate(structuredClone(document))
  expect(checked.errors ?? [], JSON.stringify(checked.errors)).toEqual([])
  expect(checked.valid).toBe(true)
})

test('every reference leads somewhere, and every component is referred to', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, path = '']) => path,
  )
  expect(references.length).toBeGreaterThan(200)
  for (const reference of references) {
    const found = reference
      .split('/')
      .reduce<Json | undefined>((json, step) => (json as JsonObject | undefined)?.[step], document)
    expect(found, reference).toBeDefined()
  }
  const components = document['components'] as Record<string, JsonObject>
  for (const kind of ['schemas', 'parameters', 'headers'])
    for (const name of Object.keys(components[kind] ?? {}))
      expect(references, name).toContain(`components/${kind}/${name}`)
})

test('every call of the API is described, and each operation has an id of its own', () => {
  const described = operations.filter(({ operation }) => 'x-permission' in operation)
  expect(described.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
    ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort(),
  )
  const ids = operations.map(({ operation }) => operation['operationId'])
  expect(new Set(ids).size).toBe(operations.length)
})

test('every address of the collect API is described, and no other', () => {
  const types = [...EVENT_TYPES]
  const expanded = Object.keys(collectApi.paths).flatMap((path) => {
    if (!path.includes('{type}')) return [path]
    const names = path.includes('pixel') ? [...types, ...Object.values(SHORT_FORMS)] : types
    return names.map((name) => path.replace('{type}', name))
  })
  expect(expanded.sort()).toEqual([...COLLECT_PATHS, '/v1/projects/{writeKey}/settings'].sort())
})

test('what a call needs and may be refused with is said: scope, version, workspace, codes', () => {
  const update = paths['/v1/audiences/{key}']?.['put'] as JsonObject
  expect(update).toMatchObject({
    operationId: 'updateAudience',
    security: [{ apiKey: ['audiences'] }, { session: [] }],
  })
  const parameters = update['parameters'] as JsonObject[]
  expect(parameters.map((each) => each['name'] ?? each['$ref'])).toEqual([
    'key',
    '#/components/parameters/Workspace',
    '#/components/parameters/Csrf',
    '#/components/parameters/IfMatch',
  ])
  const responses = update['responses'] as Record<string, JsonObject>
  expect(responses['409']?.['x-codes']).toContain('changed_meanwhile')
  expect(Object.keys(responses)).toEqual([
    '200',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '429',
    '500',
    '503',
  ])
})
