import { ConditionError } from '@affluent/core/condition/condition-error'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { checkFilter } from '@affluent/core/delivery/filter'
import { AGGREGATES, COUNT_OPS, VALUE_OPS, type ValueOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { EVENT_SERIES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withValue } from '../testing/api-operations.ts'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let connection: string

beforeAll(async () => {
  server = await startTestServer()
  const order = { revenue: 60, products: [{ sku: 'X', quantity: 2 }], context: 'a' }
  await server.sendAll([
    { type: 'identify', userId: 'u1', traits: { plan: 'pro', pets: [{ kind: 'cat' }], born: '1990-02-03' } },
    { type: 'track', userId: 'u1', event: 'Order Completed', properties: order },
    { type: 'page', userId: 'u1', name: 'Home', properties: { path: '/' } },
  ])
  await server.settle()
  await server.putAudience({ key: 'vip', condition: { trait: 'plan', op: 'exists' } })
  await server.putAudience({ key: 'changed', condition: { trait: 'plan', op: 'exists' } })
  const destination = { type: 'webhook', name: 'First', settings: { url: 'https://example.com/hook' } }
  await server.write('/v1/destinations', 'POST', destination)
  const made = await server.write('/v1/connections', 'POST', connectionWith({ type: 'track' }))
  connection = (made.json['connection'] as { id: string }).id
})

afterAll(() => server.stop())

/** As they stand in JSON: no condition may have them anywhere. */
const IMPOSSIBLE = [
  ...['"a\\u0000b"', '"half \\ud800"', '"\\udc00"', JSON.stringify('x'.repeat(9_000))],
  ...['1e400', '1e21', '-1e400', '9007199254740993', '-1e308', '{}', '[]', '[[]]', '{"a":1}', 'null'],
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{}}}', '[null]', '["\\u0000"]'],
]
/** Of those above, what says at its place that nothing is asked there: no filter, no test, an end that is open. */
const MEANS_NOTHING = new Set([
  'null',
  '{"event":"Order Completed","where":[]}',
  '{"event":["Order Completed","Order *"],"type":"track","within":{"from":null,"to":"2026-12-31"}}',
  '{"event":["Order Completed","Order *"],"type":"track","within":{"from":"2026-01-01","to":null}}',
])
/** Some places take some of them: what is taken works. */
const ODD = [
  ...[
    '"NaN"',
    '"__proto__"',
    '"constructor"',
    '""',
    '" "',
    '"."',
    '"\'"',
    '"\\\\"',
    '"a\\\\"',
    '"\\u0001"',
    '"\\u2028"',
  ],
  ...[
    '"\\uffff"',
    '"İ👩‍👩‍👧"',
    '"{w:Int32}"',
    '"a.b[]"',
    '"%_"',
    '"*"',
    '"5"',
    '"0000-01-01"',
    '"+275760-09-13T00:00:00Z"',
  ],
  ...[
    '"999999999999999d"',
    '"last 999999 calendar years"',
    '"36500d"',
    '-1',
    '0.5',
    '5e-324',
    '9007199254740991',
    'true',
  ],
  ...['["a","a"]', '[2,1]', '["2026-01-01","2026-12-31"]', JSON.stringify('y'.repeat(1_000))],
]
/** No object of a condition has one of these. */
const STRANGE_KEYS = [
  ...[
    'unknown',
    '__proto__',
    'constructor',
    'toString',
    '',
    'value ',
    'Op',
    'a\\u0000',
    '\\ud800',
    'k'.repeat(9_000),
  ],
]

const VALUES: Partial<Record<ValueOp, Json>> = {
  ...{ in: ['a', 'b'], not_in: ['a'], between: [1, 2], gt: 1, gte: 1, lt: 1, lte: 1 },
  ...{ before: '2026-01-01', after: '2026-01-01T10:00:00Z', within_last: '30d', within_next: '2 months' },
  anniversary_within_next: '7d',
}
const MOVING: readonly ValueOp[] = ['within_last', 'within_next', 'anniversary_within_next']

function testOf(op: ValueOp): JsonObject {
  return op === 'exists' || op === 'not_exists' ? { op } : { op, value: VALUES[op] ?? 'a' }
}

/** Every form of a condition with every field that it has. */
function everyForm(): Json[] {
  const sum = { event: 'Order Completed', aggregate: { fn: 'sum', property: 'revenue' } }
  return [
    ...VALUE_OPS.map((op) => ({ trait: 'plan', ...testOf(op) })),
    ...VALUE_OPS.filter((op) => !MOVING.includes(op)).map((op) => ({
      event: 'Order Completed',
      where: [{ property: 'revenue', ...testOf(op) }],
    })),
    { trait: 'plan', op: 'equals', value: 'a', ignoreCase: true },
    { trait: 'plan', op: 'gte', value: '50', as: 'number' },
    { trait: 'born', op: 'equals', value: '2026-01-01', as: 'date' },
    { trait: 'born', op: 'between', value: ['2026-01-01', '2026-12-31'] },
    ...COUNT_OPS.map((op) => ({ event: 'Order Completed', count: { op, value: 2 }, within: '30d' })),
    {
      event: ['Order Completed', 'Order *'],
      type: 'track',
      within: { from: '2026-01-01', to: '2026-12-31' },
    },
    { event: { type: 'page', name: 'Home' }, within: 'last 2 calendar weeks' },
    { event: { type: 'identify' }, within: '24 months' },
    ...AGGREGATES.map((fn) => ({
      ...sum,
      aggregate: { fn, property: 'products[].quantity' },
      op: 'gte',
      value: 1,
    })),
    {
      ...sum,
      aggregate: { fn: 'last', property: 'context.page' },
      op: 'equals',
      value: 'a',
      ignoreCase: true,
    },
    {
      event: 'Order Completed',
      where: [{ each: 'products[]', where: [{ property: 'sku', op: 'equals', value: 'X' }] }],
    },
    { each: 'pets[]', where: [{ property: 'kind', op: 'equals', value: 'cat' }] },
    { audience: 'vip' },
    { identifier: 'email', op: 'exists' },
    { bucket: { seed: 'spring', from: 0, to: 10 } },
    {
      all: [
        { any: [{ not: { trait: 'plan', op: 'exists' } }, { audience: 'vip' }] },
        { identifier: 'email', op: 'exists' },
      ],
    },
  ]
}

/** Every form of a filter with every field that it has. */
function everyFilter(): Json[] {
  return [
    ...VALUE_OPS.filter((op) => !MOVING.includes(op)).map((op) => ({
      event: 'Order Completed',
      where: [{ property: 'revenue', ...testOf(op) }],
    })),
    { event: 'Order Completed', where: [{ property: 'plan', op: 'equals', value: 'a', ignoreCase: true }] },
    { event: 'Order Completed', where: [{ property: 'plan', op: 'gte', value: '50', as: 'number' }] },
    { all: [{ any: [{ type: 'track' }, { source: 'website' }] }, { not: { event: 'Order Completed' } }] },
  ]
}

type Path = readonly (string | number)[]

/** Every place in a JSON value: those that hold objects and lists too, or those alone that hold neither. */
function placesIn(json: Json, where: 'everywhere' | 'leaves' = 'everywhere', path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path]
  const inner = Array.isArray(json) ? [...json.entries()] : Object.entries(json)
  const own = where === 'everywhere' ? [path] : []
  return [...own, ...inner.flatMap(([key, value]) => placesIn(value, where, [...path, key]))]
}

interface Spot {
  readonly form: Json
  readonly path: Path
  readonly holds: Json
}

/** Every place in forms, once: forms that differ by their op alone have the same places, and other values. */
function spotsIn(forms: readonly Json[], where: 'everywhere' | 'leaves' = 'everywhere'): Spot[] {
  const spots = forms.flatMap((form) =>
    placesIn(form, where).map((path) => {
      const holds = path.reduce<Json>((json, step) => (json as JsonObject)[step] as Json, form)
      const sign = path.includes('value')
        ? JSON.stringify([form, path])
        : `${path} ${Object.keys(form as JsonObject)}`
      return [sign, { form, path, holds }] as const
    }),
  )
  return [...new Map(spots).values()]
}

/** Texts of JSON that have something at one place of a form and are right elsewhere, each once. */
function withEach(
  forms: readonly Json[],
  hostile: readonly string[],
  where: 'everywhere' | 'leaves' = 'everywhere',
): string[] {
  const texts = spotsIn(forms, where).flatMap(({ form, path }) => {
    const marked = JSON.stringify(withValue(form, path, '@@'))
    return hostile.map((value) => marked.replace('"@@"', () => value))
  })
  return [...new Set(texts)]
}

/** Texts of JSON with one key more in one object. */
function withStrangeKeys(forms: readonly Json[]): string[] {
  return spotsIn(forms)
    .filter(({ holds }) => typeof holds === 'object' && !Array.isArray(holds))
    .flatMap(({ form, path }) => {
      const marked = JSON.stringify(withValue(form, [...path, '@@'], 1))
      return STRANGE_KEYS.map((key) => marked.replace('"@@"', () => `"${key}"`))
    })
}

function nested(depth: number): string[] {
  const list = `${'['.repeat(depth)}${']'.repeat(depth)}`
  return [
    `${'{"not":'.repeat(depth)}{"trait":"plan","op":"exists"}${'}'.repeat(depth)}`,
    `${'{"all":['.repeat(depth)}{"trait":"plan","op":"exists"}${']}'.repeat(depth)}`,
    `{"trait":"plan","op":"equals","value":${list}}`,
    `{"trait":"plan","op":"in","value":["a",${list}]}`,
    `{"event":"A","where":${list}}`,
    `{"event":"A","within":${'{"from":'.repeat(depth)}1${'}'.repeat(depth)}}`,
  ]
}

/** A call that takes a condition or a filter, and the place of it in the body. */
interface Call {
  readonly name: 'condition' | 'filter'
  readonly ask: (json: string) => Promise<Answer>
}

const conditionCalls: readonly Call[] = [
  { name: 'condition', ask: (json) => send('POST', '/v1/audiences/preview', `{"condition":${json}}`) },
  { name: 'condition', ask: (json) => send('PUT', '/v1/audiences/changed', `{"condition":${json}}`) },
  { name: 'condition', ask: (json) => send('POST', '/v1/audiences', `{"key":"made","condition":${json}}`) },
]
const filterCalls: readonly Call[] = [
  { name: 'filter', ask: (json) => send('POST', '/v1/connections/preview', bodyWith(json)) },
  { name: 'filter', ask: (json) => send('PUT', `/v1/connections/${connection}`, `{"filter":${json}}`) },
  {
    name: 'filter',
    ask: (json) => send('POST', '/v1/connections', bodyWith(json, { destination: 'dst_1' })),
  },
]

function connectionWith(filter: Json): JsonObject {
  return { from: { source: '*' }, destination: 'dst_1', filter }
}

function bodyWith(filter: string, more: JsonObject = {}): string {
  return JSON.stringify({ from: { source: '*' }, ...more, filter: '@@' }).replace('"@@"', () => filter)
}

function send(method: string, path: string, body: string): Promise<Answer> {
  return server.read(path, { method, body, headers: { 'content-type': 'application/json' } })
}

/** What is wrong with an answer; undefined: it is a rejection with code and path, or a success. */
function faultIn({ status, json, text }: Answer, name: string): string | undefined {
  if (status === 200 || status === 201) return undefined
  const { code, path } = (json['error'] ?? {}) as { code?: string; path?: string }
  if (status !== 400 || code === undefined) return `${status} ${text.slice(0, 100)}`
  return path === name || path?.startsWith(`${name}.`) === true ? undefined : `${code} at ${path}`
}

const PARALLEL = 8

/** Asks each text of one call. */
async function askAll(
  { name, ask }: Call,
  texts: readonly string[],
): Promise<{ faults: string[]; taken: string[] }> {
  const faults: string[] = []
  const taken: string[] = []
  for (let from = 0; from < texts.length; from += PARALLEL) {
    const part = texts.slice(from, from + PARALLEL)
    for (const [index, answer] of (await Promise.all(part.map(ask))).entries()) {
      const text = part[index] as string
      const fault = faultIn(answer, name)
      if (fault !== undefined) faults.push(`${fault}: ${text.slice(0, 150)}`)
      else if (answer.status < 300) taken.push(text)
    }
  }
  return { faults, taken }
}

function expectNoErrors(): void {
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
}

/** An event that every audience and every connection looks at. */
const BOUGHT = { type: 'track', userId: 'u1', event: 'Order Completed', properties: { revenue: 1 } }
/** How many odd ones are put together in one. */
const TOGETHER = 25

/** Texts together, so many in one. */
function inParts(texts: readonly string[]): string[] {
  return Array.from(
    { length: Math.ceil(texts.length / TOGETHER) },
    (_, index) => `{"any":[${texts.slice(index * TOGETHER, (index + 1) * TOGETHER).join(',')}]}`,
  )
}

/** Texts that a parser takes, and those it does not. */
function sortBy(parse: (json: Json) => void, texts: readonly string[]): { good: string[]; bad: string[] } {
  const sorted: { good: string[]; bad: string[] } = { good: [], bad: [] }
  for (const text of texts) {
    try {
      parse(JSON.parse(text) as Json)
      sorted.good.push(text)
    } catch (error) {
      expect(error, text).toBeInstanceOf(ConditionError)
      sorted.bad.push(text)
    }
  }
  return sorted
}

describe.each([
  ['condition', conditionCalls, everyForm()],
  ['filter', filterCalls, everyFilter()],
] as const)('in a %s', (_, calls, forms) => {
  test.each([
    ['what nothing may have', withEach(forms, IMPOSSIBLE).filter((text) => !MEANS_NOTHING.has(text))],
    ['a key that is not known', withStrangeKeys(forms)],
    ['what is nested too deep', [13, 30].flatMap(nested)],
  ])(
    '%s is refused with a code and its place, wherever one is taken',
    async (_, texts) => {
      for (const call of calls) expect(await askAll(call, texts)).toEqual({ faults: [], taken: [] })
      expectNoErrors()
    },
    120_000,
  )

  test('what is nested so deep that the whole body is refused is told so', async () => {
    for (const { ask } of calls)
      for (const text of [200, 20_000].flatMap(nested))
        expect(await ask(text)).toMatchObject({ status: 400, json: { error: { code: 'too_deep' } } })
    expectNoErrors()
  })
})

test('what is odd in a condition is refused with its place, or taken and works', async () => {
  const [preview, , make] = conditionCalls as [Call, Call, Call]
  const { good, bad } = sortBy((json) => parseCondition(json, 'UTC'), withEach(everyForm(), ODD, 'leaves'))
  expect(await askAll(preview, bad)).toEqual({ faults: [], taken: [] })
  const [naming, own] = [good.filter(namesNoAudience), good.filter((text) => !namesNoAudience(text))]
  expect((await askAll(make, naming)).taken).toEqual([])
  const parts = inParts(own)
  expect(parts.length).toBeGreaterThan(20)
  expect(await askAll(preview, parts)).toEqual({ faults: [], taken: parts })
  // as many at a time as a workspace may ask of one event
  const atOnce = Math.floor(EVENT_SERIES_MAX / TOGETHER)
  for (let from = 0; from < parts.length; from += atOnce) {
    const keys = parts.slice(from, from + atOnce).map((_, index) => `odd-${from + index}`)
    for (const [index, key] of keys.entries()) {
      const made = await send('POST', '/v1/audiences', `{"key":"${key}","condition":${parts[from + index]}}`)
      expect(made).toMatchObject({ status: 201 })
    }
    for (const key of keys) await server.audienceLive(key)
    await server.sendAll([BOUGHT])
    expect(await server.settle()).toMatchObject({ quarantined: 0 })
    for (const key of keys)
      expect((await server.write(`/v1/audiences/${key}`, 'DELETE', undefined)).status).toBe(200)
  }
  expectNoErrors()
}, 240_000)

test('what is odd in a filter is refused with its place, or taken and works', async () => {
  const [preview, change] = filterCalls as [Call, Call]
  const { good, bad } = sortBy((json) => checkFilter(json, 'UTC'), withEach(everyFilter(), ODD, 'leaves'))
  expect(await askAll(preview, bad)).toEqual({ faults: [], taken: [] })
  for (const filter of inParts(good)) {
    expect(await askAll(change, [filter])).toEqual({ faults: [], taken: [filter] })
    await server.sendAll([BOUGHT])
  }
  expect(await server.settle()).toMatchObject({ quarantined: 0 })
  expectNoErrors()
}, 120_000)

/** Whether a condition leads to an audience that is not there. */
function namesNoAudience(text: string): boolean {
  return text.includes('"audience":') && !text.includes('"audience":"vip"')
}
