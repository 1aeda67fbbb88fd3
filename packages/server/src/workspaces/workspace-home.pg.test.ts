import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type WorkspaceKeys } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

function put(body: unknown, slug = 'main', keys?: WorkspaceKeys) {
  return server.read(`/v1/workspaces/${slug}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    ...(keys === undefined ? {} : { keys }),
  })
}

async function phonesOf(user: string, after?: number): Promise<string[] | undefined> {
  const profile = await server.profile('user_id', user, after === undefined ? {} : { after })
  return profile?.identifiers.filter(({ namespace }) => namespace === 'phone').map(({ value }) => value)
}

function called(user: string, phone: string) {
  return { type: 'identify', userId: user, traits: { phone } }
}

test('the country, zone, currency and name of a workspace are changed, each by itself, and listed', async () => {
  const { keys } = server
  expect((await put({ zone: 'Europe/Paris' })).json['workspace']).toMatchObject({
    zone: 'Europe/Paris',
    country: null,
  })
  expect((await put({ currency: 'EUR', name: 'Shop' })).json['workspace']).toMatchObject({
    ...{ slug: 'main', name: 'Shop', zone: 'Europe/Paris', currency: 'EUR', country: null },
  })
  expect((await put({ currency: null })).json['workspace']).toMatchObject({
    currency: null,
    zone: 'Europe/Paris',
  })
  const listed = await server.read('/v1/workspaces')
  expect(listed.json['workspaces']).toMatchObject([{ slug: 'main', name: 'Shop', zone: 'Europe/Paris' }])
  expect((await put({ name: 'Mine' }, 'elsewhere', keys)).status).toBe(404)
})

test('what is no zone, currency or country, an empty change and an unknown key are refused with their path, and change nothing', async () => {
  const before = (await server.read('/v1/workspaces')).json
  for (const [body, path] of [
    [{ zone: 'Paris' }, 'zone'],
    [{ zone: '+01:00' }, 'zone'],
    [{ zone: "Europe/Paris'" }, 'zone'],
    [{ currency: 'ZZZ' }, 'currency'],
    [{ currency: 'eur' }, 'currency'],
    [{ country: 'ZZ' }, 'country'],
    [{ country: 'fr' }, 'country'],
    [{ name: ' ' }, 'name'],
    [{ Country: 'FR' }, undefined],
    [{}, undefined],
  ] as const) {
    const answer = await put(body)
    expect([body, answer.status]).toEqual([body, 400])
    if (path !== undefined) expect(answer.json).toMatchObject({ error: { path } })
  }
  expect((await server.read('/v1/workspaces')).json).toEqual(before)
})

test('once a workspace has a country, a number is one identifier however it is spelled, before and after', async () => {
  await server.sendAll([
    called('crm', '06 55 12 34 56'),
    called('crm', '+33655123456'),
    called('sheet', '33755123456.0'),
    called('first', '06 11 22 33 44'),
    called('second', '+33 6 11 22 33 44'),
    { type: 'track', event: 'Called', context: { externalIds: [{ type: 'phone', id: '0033755123456' }] } },
  ])
  await server.settle()
  await server.putAudience({ key: 'callable', condition: { identifier: 'phone', op: 'exists' } })
  await server.audienceLive('callable')
  expect(await server.members('callable')).toHaveLength(5)

  const answer = await put({ country: 'FR' })
  expect(answer).toMatchObject({ status: 200, json: { workspace: { country: 'FR' } } })
  expect(await phonesOf('crm')).toEqual(['+33655123456'])
  expect(await phonesOf('sheet')).toEqual(['+33755123456'])
  expect(await phonesOf('first')).toEqual(['+33611223344'])
  expect(await phonesOf('second')).toEqual([])
  const second = await server.profile('user_id', 'second')
  const { json } = await server.read(`/v1/profiles/${second?.id}/ledger`)
  expect((json['ledger'] as unknown[]).at(-1)).toMatchObject({
    ...{ kind: 'unlinked', rule: 'same_value', identifiers: [{ namespace: 'phone', value: '+33611223344' }] },
    reason: expect.stringContaining('had it first'),
  })
  for (const spelling of ['0655123456', '+33 (0)6 55 12 34 56', '33655123456.0', '0033 6 55 12 34 56'])
    expect((await server.profile('phone', spelling))?.id).toBe((await server.profile('user_id', 'crm'))?.id)
  expect((await server.profile('phone', '07 55 12 34 56'))?.id).toBe(
    (await server.profile('user_id', 'sheet'))?.id,
  )

  const after = await server.sendAll([
    called('crm', '06.55.12.34.56'),
    { type: 'identify', anonymousId: 'till', traits: { phone: '+33 (0)7 55 12 34 56' } },
  ])
  expect(await phonesOf('crm', after)).toEqual(['+33655123456'])
  expect((await server.profile('anonymous_id', 'till'))?.id).toBe(
    (await server.profile('user_id', 'sheet'))?.id,
  )

  await server.settle()
  expect(new Set(await server.members('callable'))).toEqual(
    new Set(['anonymous_id:till', 'phone:+33611223344', 'phone:+33655123456']),
  )
  const preview = await server.read('/v1/audiences/preview', {
    method: 'POST',
    body: JSON.stringify({ condition: { identifier: 'phone', op: 'exists' } }),
    headers: { 'content-type': 'application/json' },
  })
  expect(preview.json).toMatchObject({ size: 3 })
})

test('after a restart everything is as it was, new rules keep the country, and another country leaves whole numbers alone', async () => {
  await server.halt()
  await server.start()
  expect(await phonesOf('crm')).toEqual(['+33655123456'])
  await server.read('/v1/identity/rules', {
    method: 'PUT',
    body: JSON.stringify({
      otherwise: { priority: 20, class: 'person', limit: 9, windowDays: null, merges: true },
    }),
    headers: { 'content-type': 'application/json' },
  })
  const after = await server.sendAll([called('late', '06 99 88 77 66')])
  expect(await phonesOf('late', after)).toEqual(['+33699887766'])
  await put({ country: 'BE' })
  expect(await phonesOf('crm')).toEqual(['+33655123456'])
  const later = await server.sendAll([called('brussels', '0470 12 34 56')])
  expect(await phonesOf('brussels', later)).toEqual(['+32470123456'])
})

test('more identifiers than one command looks at are brought along all the same', async () => {
  const keys = await server.addWorkspace('many')
  const count = 4_500
  for (let from = 0; from < count; from += 2_250)
    await server.sendAll(
      Array.from({ length: 2_250 }, (_, index) =>
        called(`m${from + index}`, `06${String(10_000_000 + from + index)}`),
      ),
      keys,
    )
  await server.settle(keys)
  await put({ country: 'FR' }, 'many', keys)
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await server.database.query<{ left: number }>(
      `select count(*)::int as left from identifier i join workspace w on w.id = i.workspace_id
       where w.slug = 'many' and i.namespace = 'phone' and i.value not like '+33%'`,
    )
    if (rows[0]?.left === 0) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const last = await server.profile('phone', `06${10_000_000 + count - 1}`, { keys })
  expect(last?.identifiers).toContainEqual(
    expect.objectContaining({ namespace: 'user_id', value: `m${count - 1}` }),
  )
})
