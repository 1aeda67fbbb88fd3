import type { FoundProfile } from '@affluent/protocol/endpoints/profiles'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const identify = (userId: string, traits: object, more: object = {}) => ({
  type: 'identify',
  userId,
  traits,
  ...more,
})

async function search(text: string, limit = 20): Promise<FoundProfile[]> {
  const answer = await server.read(`/v1/profiles?search=${encodeURIComponent(text)}&limit=${limit}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json['profiles'] as unknown as FoundProfile[]
}

async function titles(text: string): Promise<string[]> {
  return (await search(text)).map(({ title }) => title).sort((a, b) => (a < b ? -1 : 1))
}

test('people are found by any identifier, by its beginning, by telephone in any form, by name and by id', async () => {
  await server.read('/v1/workspaces/main', {
    method: 'PUT',
    body: JSON.stringify({ country: 'FR' }),
    headers: { 'content-type': 'application/json' },
  })
  await server.sendAll([
    identify('ann-1', {
      email: 'Ann@Example.com',
      phone: '+33612345678',
      firstName: 'Ann',
      lastName: 'Dupont',
    }),
    identify('ben-1', { email: 'ben@example.com', phone: '06 87 65 43 21', name: 'Bén Ünal' }),
    identify(
      'cla-1',
      { first_name: 'Clara' },
      { context: { externalIds: [{ id: 'C-77', type: 'loyalty_card' }] } },
    ),
    { type: 'page', anonymousId: 'anon-zoe' },
    { type: 'page', anonymousId: 'per%cent_a' },
    { type: 'page', anonymousId: 'perXcentXa' },
    identify('dup', {}, { context: { externalIds: [{ id: 'ann-1', type: 'crm_a' }] } }),
  ])
  await server.settle()

  expect(await search('ann@example.com')).toMatchObject([
    { title: 'Ann Dupont', kind: 'known', match: { namespace: 'email', value: 'ann@example.com' } },
  ])
  expect(await titles('  ANN@example.com ')).toEqual(['Ann Dupont'])
  expect(await titles('ann@exa')).toEqual(['Ann Dupont'])
  expect(await titles('email:ann@example.com')).toEqual(['Ann Dupont'])
  expect(await titles('ann-1')).toEqual(['Ann Dupont', 'dup'])
  expect(await titles('user_id:ann-1')).toEqual(['Ann Dupont'])
  expect(await titles('ANN-1')).toEqual([])
  expect(await titles('C-77')).toEqual(['Clara'])
  expect(await titles('loyalty_card:C-')).toEqual(['Clara'])
  expect(await search('anon-')).toMatchObject([{ title: 'anon-zoe', kind: 'visitor' }])

  for (const text of [
    '+33612345678',
    '06 12 34 56 78',
    '06.12.34.56.78',
    '0033 6 12 34 56 78',
    '+33 (0)6 12 34 56 78',
    '06 12 34',
  ])
    expect(await titles(text), text).toEqual(['Ann Dupont'])
  for (const text of ['0687654321', '+33687654321', '33 6 87 65 43 21', 'phone:+33 6 87 65 43 21'])
    expect(await titles(text), text).toEqual(['Bén Ünal'])

  expect(await titles('Dupont')).toEqual(['Ann Dupont'])
  expect(await titles('dup ann')).toEqual(['Ann Dupont'])
  expect(await titles('unal')).toEqual(['Bén Ünal'])
  expect(await titles('BÉN ÜN')).toEqual(['Bén Ünal'])
  expect(await titles('ün ann')).toEqual([])
  expect(await titles('nobody')).toEqual([])

  const profile = await server.profile('user_id', 'ann-1')
  expect(await search(profile?.id as string)).toMatchObject([
    { id: profile?.id, title: 'Ann Dupont', match: { namespace: 'profile_id' } },
  ])

  // what is searched for is text, never a pattern
  expect(await titles('per%')).toEqual(['per%cent_a'])
  expect(await titles('per%cent_')).toEqual(['per%cent_a'])
  expect(await titles('%')).toEqual([])
})

test('the newest come first when nothing is searched for, and no more than asked for come', async () => {
  const answer = await server.read('/v1/profiles?limit=2')
  expect(answer.json['profiles']).toMatchObject([{ title: 'dup' }, { title: 'perXcentXa' }])
  expect(await search('a', 1)).toHaveLength(1)
  expect((await server.read(`/v1/profiles?search=${'x'.repeat(256)}`)).json).toMatchObject({
    error: { code: 'invalid_request' },
  })
})

test('people who were merged are found once, by whatever they have', async () => {
  await server.sendAll([{ type: 'page', anonymousId: 'merged-a' }])
  await server.sendAll([identify('merged-b', { name: 'Mia' })])
  await server.sendAll([identify('merged-b', {}, { anonymousId: 'merged-a' })])
  await server.settle()
  expect(await titles('merged-a')).toEqual(['Mia'])
  expect(await titles('merged-')).toEqual(['Mia'])
})

test('a name that somebody no longer has does not find them', async () => {
  await server.sendAll([identify('renamed', { name: 'Oldname' })])
  await server.sendAll([identify('renamed', { name: 'Newname' })])
  await server.settle()
  expect(await titles('Oldname')).toEqual([])
  expect(await titles('Newname')).toEqual(['Newname'])
})

test('nothing failed', () => {
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('namesakes are told apart by e-mail and city and never by the name again; people who are known come before visitors', async () => {
  await server.sendAll([
    identify('g-1', { name: 'Laura Garcia', email: 'laura@exemple.example', address: { city: 'Lyon' } }),
    identify('g-2', { name: 'Laura Garcia', city: 'Paris' }),
    identify('g-3', { name: 'Laura Garcia' }),
    { type: 'page', anonymousId: 'twin-a' },
    identify('twin-b', {}),
  ])
  await server.settle()
  const found = await search('laura garcia')
  expect(found.map(({ beside }) => beside).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))).toEqual([
    ['Paris'],
    ['g-3'],
    ['laura@exemple.example', 'Lyon'],
  ])
  expect((await search('twin-')).map(({ kind }) => kind)).toEqual(['known', 'visitor'])
})
