import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
/** the things that several people edit: where each is, where it stands in its answer, and two changes */
let things: ReadonlyArray<{ path: string; name: string; change: (text: string) => JsonObject }>

/** a rule for a namespace that is named after the change */
const ruleOf = (text: string): JsonObject => ({
  namespaces: { [text]: { priority: 20, class: 'person', limit: 3, windowDays: null, merges: true } },
})
/** a change that says nothing new, of what refuses an empty one */
const SAYS_NOTHING: Readonly<Record<string, JsonObject>> = {
  '/v1/workspaces/main': { zone: 'UTC' },
  '/v1/identity/rules': ruleOf('three'),
}

beforeAll(async () => {
  server = await startTestServer()
  await server.putAudience({ key: 'vip', name: 'VIP', condition: { trait: 'plan', op: 'exists' } })
  const settings = { url: 'https://example.com/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'Shop', settings })
  const { id: destination } = made.json['destination'] as { id: string }
  const linked = await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination })
  const { id: connection } = linked.json['connection'] as { id: string }
  await server.write('/v1/sources', 'POST', { slug: 'till', name: 'Till' })
  const named = (name: string) => ({ name })
  things = [
    { path: '/v1/audiences/vip', name: '', change: named },
    { path: `/v1/destinations/${destination}`, name: 'destination', change: named },
    { path: `/v1/connections/${connection}`, name: 'connection', change: (event) => ({ filter: { event } }) },
    { path: '/v1/sources/till', name: 'source', change: named },
    { path: '/v1/workspaces/main', name: 'workspace', change: named },
    { path: '/v1/identity/rules', name: '', change: ruleOf },
  ]
})
afterAll(() => server.stop())

async function put(path: string, body: JsonObject, version?: number | string) {
  return server.read(path, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    },
  })
}

const within = (json: JsonObject, name: string) =>
  (name === '' ? json : json[name]) as unknown as AudienceAnswer

test('who saves on top of somebody else’s change is refused, and told who made it and when', async () => {
  for (const { path, name, change } of things) {
    const first = within((await put(path, change('one'))).json, name)
    expect(first, path).toMatchObject({ changedBy: 'AFFLUENT_API_KEY' })
    const second = await put(path, change('two'), first.version)
    expect(second.status, second.text).toBe(200)
    expect(within(second.json, name).version).toBe(first.version + 1)
    const late = await put(path, change('three'), first.version)
    expect(late.status, path).toBe(409)
    expect(late.json['error']).toMatchObject({
      code: 'changed_meanwhile',
      message: expect.stringMatching(/^AFFLUENT_API_KEY changed it at \d{4}-.*If-Match\.$/),
      path: 'If-Match',
      details: {
        version: first.version + 1,
        changedBy: 'AFFLUENT_API_KEY',
        changedAt: expect.stringMatching(/Z$/),
      },
    })
    const after = await put(path, SAYS_NOTHING[path] ?? {}, first.version + 1)
    expect(after.text, 'what came first is still there').toContain('two')
  }
})

test('a script that names no version replaces what there is', async () => {
  for (const { path, name, change } of things) {
    const before = within((await put(path, change('a'))).json, name).version
    const after = await put(path, change('b'))
    expect(within(after.json, name).version, path).toBe(before + 1)
  }
})

test('of two changes that come at once with one version, one is made', async () => {
  for (const { path, name, change } of things) {
    const { version } = within((await put(path, change('start'))).json, name)
    const answers = await Promise.all(['x', 'y', 'z'].map((text) => put(path, change(text), version)))
    expect(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      path,
    ).toEqual([200, 409, 409])
  }
})

test('a change that is refused counts as none, and a version that is no number is told', async () => {
  const { version } = within((await put('/v1/audiences/vip', { name: 'VIP' })).json, '')
  expect((await put('/v1/audiences/vip', { condition: { tariff: 1 } }, version)).status).toBe(400)
  expect((await put('/v1/audiences/vip', { name: 'still mine' }, version)).status).toBe(200)
  const wrong = await put('/v1/audiences/vip', { name: 'x' }, 'yesterday')
  expect(wrong.json['error']).toMatchObject({ code: 'invalid_request', path: 'If-Match' })
})

test('a list and a reading show the version that the next change names', async () => {
  const list = async () => {
    const { json } = await server.read('/v1/workspaces')
    return (json['workspaces'] as unknown as AudienceAnswer[])[0]
  }
  await put('/v1/workspaces/main', { name: 'Shop' })
  const settings = await list()
  expect(settings).toMatchObject({ name: 'Shop', changedBy: 'AFFLUENT_API_KEY' })
  expect((await put('/v1/workspaces/main', { currency: 'EUR' }, settings?.version)).status).toBe(200)
  expect((await put('/v1/workspaces/main', { zone: 'Europe/Paris' }, settings?.version)).status).toBe(409)
  expect(await list()).toMatchObject({ currency: 'EUR', zone: 'UTC' })

  const rules = (await server.read('/v1/identity/rules')).json
  expect(rules).toMatchObject({ version: expect.any(Number), changedBy: 'AFFLUENT_API_KEY' })
  const late = await put('/v1/identity/rules', ruleOf('late'), Number(rules['version']) - 1)
  expect(late.status).toBe(409)
  expect((await server.read('/v1/identity/rules')).json).toEqual(rules)
})

test('an audience that is made again after it was taken away has a version of its own', async () => {
  const audience = { key: 'again', name: 'Again', condition: { trait: 'plan', op: 'exists' } }
  const made = (await server.write('/v1/audiences', 'POST', audience)).json as unknown as AudienceAnswer
  await server.write('/v1/audiences/again', 'DELETE', undefined)
  await server.write('/v1/audiences', 'POST', audience)
  expect((await put('/v1/audiences/again', { name: 'x' }, made.version)).status).toBe(409)
})
