import type { GraphAnswer } from '@affluent/protocol/endpoints/profiles'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const ascending = (a = '', b = '') => (a < b ? -1 : 1)

async function graph(ref: string, after: number): Promise<GraphAnswer> {
  const answer = await server.read(`/v1/profiles/${encodeURIComponent(ref)}/graph?after=${after}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as unknown as GraphAnswer
}

test('a merged person is a tree of fragments, with the reason of each merge; an un-merge cuts it', async () => {
  await server.sendAll([{ type: 'page', anonymousId: 'visitor-1' }])
  await server.sendAll([{ type: 'identify', userId: 'ann-1', traits: { plan: 'pro', old: null } }])
  await server.sendAll([{ type: 'track', userId: 'ann-1', event: 'Seen', timestamp: '2026-01-01T00:00:00Z' }])
  const alone = await graph('user_id:ann-1', await server.sendAll([{ type: 'page', userId: 'ben-1' }]))
  expect(alone.fragments).toMatchObject([{ traits: 1, events: 2, firstSeen: '2026-01-01T00:00:00.000Z' }])
  expect(alone.merges).toEqual([])

  const position = await server.sendAll([{ type: 'page', userId: 'ann-1', anonymousId: 'visitor-1' }])
  const whole = await graph('anonymous_id:visitor-1', position)
  expect(whole).toEqual(await graph('user_id:ann-1', position))
  expect(whole.fragments).toHaveLength(2)
  const [first, second] = whole.fragments
  expect(first).toMatchObject({
    identifiers: [{ namespace: 'anonymous_id', value: 'visitor-1', source: 'website' }],
    events: 1,
  })
  expect(second?.identifiers.map(({ value }) => value).sort(ascending)).toEqual(['ann-1', 'visitor-1'])
  expect(second).toMatchObject({ traits: 1, events: 3 })
  expect(whole.merges).toMatchObject([{ rule: 'shared_identifier', event: { position } }])
  const [merge] = whole.merges
  expect([merge?.a, merge?.b].sort(ascending)).toEqual([first?.id, second?.id].sort(ascending))
  expect(merge?.reason).toContain('One event carried identifiers of two profiles')
  expect(merge?.identifiers.length).toBeGreaterThan(0)

  const undone = await server.write('/v1/identity/unmerge', 'POST', { ledgerId: merge?.ledgerId })
  expect(undone.status, undone.text).toBe(200)
  const after = Number(undone.headers.get('affluent-position'))
  expect((await graph('user_id:ann-1', after)).merges).toEqual([])
  expect((await graph('user_id:ann-1', after)).fragments).toMatchObject([
    { identifiers: [{ value: 'ann-1' }] },
  ])
})

test('nobody has a graph who is not there', async () => {
  expect((await server.read('/v1/profiles/user_id:nobody/graph')).status).toBe(404)
})
