import { IDENTITY_NAMESPACES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const twoUsers = { priority: 10, class: 'person', limit: 2, windowDays: null, merges: true }

function login(user: string, email: string) {
  return { type: 'identify', userId: user, traits: { email } }
}

test('changed identity rules hold for the events that follow, also after a restart, and the counts still agree', async () => {
  await server.sendAll([login('a1', 'a@example.com'), login('a2', 'a@example.com')])
  const answer = await server.read('/v1/identity/rules', {
    method: 'PUT',
    body: JSON.stringify({ namespaces: { user_id: twoUsers } }),
    headers: { 'content-type': 'application/json' },
  })
  expect(answer).toMatchObject({ status: 200, json: { rules: { namespaces: { user_id: twoUsers } } } })
  await server.sendAll([login('b1', 'b@example.com'), login('b2', 'b@example.com')])
  await server.settle()
  expect((await server.profile('user_id', 'a1'))?.id).not.toBe((await server.profile('user_id', 'a2'))?.id)
  expect((await server.profile('user_id', 'b1'))?.id).toBe((await server.profile('user_id', 'b2'))?.id)

  await server.halt()
  await server.start()
  await server.sendAll([login('c1', 'c@example.com'), login('c2', 'c@example.com')])
  expect(await server.settle()).toMatchObject({ accepted: 6, processed: 6, loaded: 6, stored: 6 })
  expect((await server.profile('user_id', 'c1'))?.id).toBe((await server.profile('user_id', 'c2'))?.id)
  expect((await server.read('/v1/identity/rules')).json).toMatchObject({
    rules: { namespaces: { user_id: twoUsers } },
  })
})

test('wrong rules are refused with their path', async () => {
  for (const [body, path] of [
    [{ namespaces: { user_id: { ...twoUsers, limit: 0 } } }, 'namespaces.user_id.limit'],
    [{ otherwise: { ...twoUsers, class: 'robot' } }, 'otherwise.class'],
    [{ namespaces: { 'bad name': twoUsers } }, 'namespaces.bad name'],
  ] as const) {
    const answer = await server.read('/v1/identity/rules', {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid_request', path } } })
  }
})

test('rules can be tried on events before they hold', async () => {
  const events = [login('s1', 's@example.com'), login('s2', 's@example.com'), { type: 'track', userId: 's1' }]
  const ask = (rules: object) =>
    server.read('/v1/identity/simulate', {
      method: 'POST',
      body: JSON.stringify({ rules, events }),
      headers: { 'content-type': 'application/json' },
    })
  const strict = await ask({ namespaces: { user_id: { ...twoUsers, limit: 1 } } })
  expect(strict.json).toMatchObject({
    profiles: [
      {
        kind: 'known',
        identifiers: [
          { namespace: 'user_id', value: 's1' },
          { namespace: 'email', value: 's@example.com' },
        ],
        events: [0],
      },
      { kind: 'known', identifiers: [{ namespace: 'user_id', value: 's2' }], events: [1] },
    ],
    ledger: [{ kind: 'created' }, { kind: 'created' }, { kind: 'refused', rule: 'limit:user_id', event: 1 }],
    rejected: [{ index: 2, code: 'missing_event' }],
  })
  const loose = await ask({ namespaces: { user_id: twoUsers } })
  expect(loose.json['profiles']).toHaveLength(1)
  expect(await server.profile('user_id', 's1')).toBeUndefined()
})

function put(body: string) {
  return server.read('/v1/identity/rules', {
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/json' },
  })
}

test('a change of rules leaves what it does not name, null gives the default again, and a change that is none or misspelt changes nothing', async () => {
  const crm = { priority: 15, class: 'person', limit: 1, windowDays: null, merges: true }
  const { json: before } = await server.read('/v1/identity/rules')
  await put(JSON.stringify({ namespaces: { crm_a: crm } }))
  const rules = before['rules'] as { namespaces: object }
  const withCrm = { ...rules, namespaces: { ...rules.namespaces, crm_a: crm } }
  const inForce = async () => (await server.read('/v1/identity/rules')).json['rules']
  expect(await inForce()).toEqual(withCrm)
  for (const [body, path] of [
    ['{}', undefined],
    ['{"namespaces":{}}', undefined],
    [`{"namespaces":{"__proto__":${JSON.stringify(crm)}}}`, 'namespaces.__proto__'],
    [`{"__proto__":{"otherwise":${JSON.stringify(crm)}}}`, '__proto__'],
    [`{"namespace":{"crm_b":${JSON.stringify(crm)}}}`, undefined],
    [JSON.stringify({ namespaces: { crm_b: { ...crm, windowDay: 3 } } }), undefined],
  ] as const) {
    const answer = await put(body)
    expect([body, answer.status]).toEqual([body, 400])
    if (path !== undefined) expect(answer.json).toMatchObject({ error: { path } })
  }
  expect(await inForce()).toEqual(withCrm)
  await put(JSON.stringify({ namespaces: { crm_a: null, user_id: null } }))
  const { json } = await server.read('/v1/identity/rules')
  expect(json).toMatchObject({ rules: { namespaces: { user_id: { priority: 10, limit: 1 } } } })
  expect((json['rules'] as { namespaces: object }).namespaces).not.toHaveProperty('crm_a')
})

test('more namespaces than may have a rule are refused, at once and one after the other', async () => {
  const rule = { priority: 15, class: 'person', limit: 1, windowDays: null, merges: true }
  const named = (from: number, count: number) => ({
    namespaces: Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${from + index}`, rule])),
  })
  expect(await put(JSON.stringify(named(0, IDENTITY_NAMESPACES_MAX + 1)))).toMatchObject({
    status: 400,
    json: { error: { path: 'namespaces' } },
  })
  expect((await put(JSON.stringify(named(0, 150)))).status).toBe(200)
  expect(await put(JSON.stringify(named(150, 150)))).toMatchObject({
    status: 409,
    json: { error: { code: 'too_many', path: 'namespaces' } },
  })
  const { json } = await server.read('/v1/identity/rules')
  expect((json['rules'] as { namespaces: object }).namespaces).not.toHaveProperty('n150')
})
