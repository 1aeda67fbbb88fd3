import type { Json } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Field,
  fieldsOf,
  type Operation,
  openObjectsOf,
  readOperations,
  sampleOf,
  withValue,
} from '../../testing/api-operations.ts'
import { type ConsoleSession, signIn } from '../../testing/console-session.ts'
import { type Answer, startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
let operations: readonly Operation[]
let session: ConsoleSession

beforeAll(async () => {
  server = await startTestServer()
  operations = await readOperations(server)
  session = await signIn(server.url)
  await server.sendAll([{ type: 'track', event: 'Looked', userId: 'u1' }])
  const destination = { type: 'webhook', name: 'First', settings: { url: 'https://example.com/hook' } }
  expect((await server.write('/v1/destinations', 'POST', destination)).status).toBe(201)
})

afterAll(() => server.stop())

const TEXTS = [
  ...['a\u0000b', 'half \udc00', 'x'.repeat(9_000), 'user_id:\u0000'],
  ...['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '+275760-09-13T00:00:00Z'],
  ...['999999999999999-999999999999999', '1-2147483648', 'dst_999999999999999', 'con_999999999999999'],
  ...['evt_999999999999999', 'out_999999999999999', 'led_999999999999999', '999999999999999'],
]
/** As they stand in JSON: some of them no JavaScript number keeps. */
const NUMBERS = ['1e400', '-1e308', '9007199254740993', '2147483648', '0.5', 'null', '{}']

test('there are enough calls to speak of all', () => {
  expect(operations.length).toBeGreaterThan(45)
  expect(operations.filter(({ body }) => body !== undefined).length).toBeGreaterThan(15)
})

test('every text and number that a call takes has a bound', () => {
  const unbounded = operations.flatMap(({ method, path, params, query, body }) => {
    const places = [
      ...Object.entries({ ...params, ...query }).map(([name, schema]) => ({ path: [name], schema })),
      ...(body === undefined ? [] : fieldsOf(body)),
    ]
    return places
      .filter((field) => !isBounded(field))
      .map((field) => `${method} ${path} ${field.path.join('.')}`)
  })
  expect(unbounded).toEqual([])
})

function isBounded({ schema }: Field): boolean {
  if (schema['type'] === 'string')
    return ['maxLength', 'enum', 'const', 'pattern'].some((bound) => bound in schema)
  if (schema['type'] === 'number' || schema['type'] === 'integer')
    return 'minimum' in schema && 'maximum' in schema
  return true
}

test('no body takes a name that it does not list', () => {
  const open = operations.flatMap(({ method, path, body }) =>
    body === undefined ? [] : openObjectsOf(body).map((place) => `${method} ${path} ${place}`),
  )
  expect(open).toEqual([])
})

test('no text, id, instant or number at any place of any call brings the server to a fault', async () => {
  const faults: string[] = []
  let asked = 0
  for (const operation of operations) {
    for (const requests of hostileRequests(operation)) {
      const answers = await Promise.all(requests.map(({ values, body }) => ask(operation, values, body)))
      asked += answers.length
      for (const [index, { status, text }] of answers.entries()) {
        const { values, body = '' } = requests[index] as HostileRequest
        const what = `${operation.method} ${operation.path} ${JSON.stringify(values)} ${body.slice(0, 200)}`
        if (status >= 500) faults.push(`${status} ${what}: ${text.slice(0, 200)}`)
      }
    }
  }
  expect(faults).toEqual([])
  expect(asked).toBeGreaterThan(1_500)
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  expect((await server.pipeline()).quarantined).toBe(0)
}, 120_000)

interface HostileRequest {
  readonly values: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** For each place of a call, the requests that have something hostile there and are right elsewhere. */
function hostileRequests({ params, query, body }: Operation): HostileRequest[][] {
  const sample = body === undefined ? undefined : JSON.stringify(sampleOf(body, '', []))
  const ofAddress = [...Object.keys(params), ...Object.keys(query)].map((name) => {
    // a position that has not come is waited for
    const texts = name === 'after' ? TEXTS.filter((text) => !/^\d{15}$/.test(text)) : TEXTS
    return texts.map((text) => ({ values: { [name]: text }, body: sample }))
  })
  if (body === undefined) return ofAddress
  const ofBody = fieldsOf(body).map(({ path }) => {
    const marked = JSON.stringify(withValue(sampleOf(body, '', path), path, '@@'))
    const values = [...TEXTS.map((text) => JSON.stringify(text)), ...NUMBERS]
    return values.map((value) => ({ values: {}, body: marked.replace('"@@"', () => value) }))
  })
  return [...ofAddress, ...ofBody]
}

/** Percent-encodes a text as it is, half a character too. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ed%a0%80'
}

async function ask(
  operation: Operation,
  values: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> {
  const { method, query } = operation
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? 'dst_1'))
  const search = Object.keys(query)
    .filter((name) => name in values)
    .map((name) => `${name}=${encode(values[name] as string)}`)
  const url = `${path}${search.length > 0 ? `?${search.join('&')}` : ''}`
  const isLeaving = path === '/v1/session' && method === 'DELETE'
  if (isLeaving) session = await signIn(server.url)
  if (operation.isForMembers || operation.isOpen) {
    const answer = await session.ask(url, { method, ...(body === undefined ? {} : { body }) })
    if (isLeaving) session = await signIn(server.url)
    return answer
  }
  return server.read(url, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  })
}

test('who signs in with a text that nothing can store is told so, without a key', async () => {
  for (const email of ['a\u0000b', '\ud800@example.com']) {
    const answer = await fetch(`${server.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'a password' }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request', path: 'email' } })
  }
})

test.each<[method: string, path: string, body: Json | undefined, unknown: string, hint: string]>([
  ['POST', '/v1/identity/unmerge?dryrun=true', { ledgerId: 'led_1' }, 'dryrun', 'Did you mean "dryRun"?'],
  [
    'POST',
    '/v1/identity/unmerge',
    { ledgerId: 'led_1', dryRun: true },
    'dryRun',
    'belongs into the query: ?dryRun=',
  ],
  [
    'POST',
    '/v1/identity/link',
    { a: { namespace: 'email', value: 'a' }, b: { namespace: 'email', value: 'b' }, dryRun: true },
    'dryRun',
    'belongs into the query',
  ],
  ['POST', '/v1/deliveries/replay?dryRun=true', {}, 'dryRun', 'belongs into the body'],
  ['POST', '/v1/deliveries/replay', { dryrun: true }, 'dryrun', 'Did you mean "dryRun"?'],
  ['POST', '/v1/outcomes/replay?dry_run=true', { filter: {} }, 'dry_run', 'belongs into the body'],
  ['POST', '/v1/outcomes/replay', { filter: { sourc: 'website' } }, 'filter.sourc', 'Did you mean "source"?'],
  ['GET', '/v1/deliveries?destinaton=dst_1', undefined, 'destinaton', 'Did you mean "destination"?'],
  ['GET', '/v1/events?outcom=refused', undefined, 'outcom', 'Did you mean "outcome"?'],
  ['GET', '/v1/sources?limit=1', undefined, 'limit', 'This call takes no query.'],
  ['POST', '/v1/destinations/dst_1/test', { dryRun: true }, 'dryRun', 'This call takes no body.'],
  ['PUT', '/v1/identity/rules', { namespace: {} }, 'namespace', 'Did you mean "namespaces"?'],
  [
    'POST',
    '/v1/connections',
    { from: { source: '*' }, destination: 'dst_1', mapping: { fields: { a: { pth: 'event' } } } },
    'mapping.fields.a.pth',
    'Did you mean "path"?',
  ],
])('%s %s with %j: "%s" is not known, and the answer helps on', async (method, path, body, unknown, hint) => {
  const answer = await server.write(path, method, body)
  expect(answer).toMatchObject({ status: 400, json: { error: { code: 'unknown_field', path: unknown } } })
  expect((answer.json['error'] as { message: string }).message).toContain(hint)
})

test('an id has one form', async () => {
  for (const id of ['dst_01', 'dst_1 ', 'DST_1', 'dst_+1', 'dst_1.0'])
    expect(await server.read(`/v1/destinations/${encodeURIComponent(id)}`), id).toMatchObject({ status: 404 })
  expect(await server.read('/v1/destinations/dst_1')).toMatchObject({ status: 200 })
})

test('a body in another charset, or packed, is not read', async () => {
  const body = JSON.stringify({ name: 'Renamed' })
  const put = (headers: Record<string, string>) =>
    server.read('/v1/destinations/dst_1', { method: 'PUT', body, headers })
  const json = 'application/json'
  expect(await put({ 'content-type': `${json}; charset=utf-16` })).toMatchObject({
    status: 415,
    json: { error: { code: 'unsupported_charset' } },
  })
  expect(await put({ 'content-type': json, 'content-encoding': 'gzip' })).toMatchObject({
    status: 415,
    json: { error: { code: 'unsupported_encoding' } },
  })
  expect(
    await put({ 'content-type': `${json}; charset="UTF-8"`, 'content-encoding': 'identity' }),
  ).toMatchObject({
    status: 200,
  })
})
