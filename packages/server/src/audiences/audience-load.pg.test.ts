import { EVENT_SERIES_MAX, WORKSPACE_SERIES_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const LEAVES = 50

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** Conditions on one event, each another one. */
function leaves(event: string, from: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    event,
    where: [{ property: 'price', op: 'gt', value: from + index }],
  }))
}

const put = (key: string, any: object[]) =>
  server.write('/v1/audiences', 'POST', { key, condition: { any } as never })

test('audiences that ask too much of each event are refused where they are saved, with the numbers', {
  timeout: 120_000,
}, async () => {
  for (let from = 0; from < EVENT_SERIES_MAX; from += LEAVES)
    expect((await put(`viewed-${from}`, leaves('Viewed', from, LEAVES))).status).toBe(201)
  const one = await put('one-more', leaves('Viewed', 9_000, 1))
  expect(one).toMatchObject({
    status: 400,
    json: {
      error: {
        code: 'condition_too_dear',
        path: 'condition',
        message: expect.stringContaining('251 different series'),
        details: { reason: 'too_many_series_of_event', event: 'Viewed', count: 251, max: 250 },
      },
    },
  })
  // what asks alike costs nothing more
  expect((await put('alike', leaves('Viewed', 10, LEAVES))).status).toBe(201)
  for (let from = EVENT_SERIES_MAX; from < WORKSPACE_SERIES_MAX; from += LEAVES)
    expect((await put(`other-${from}`, leaves(`Other ${from}`, 0, LEAVES))).status).toBe(201)
  expect(await put('too-wide', leaves('Another', 0, 2))).toMatchObject({
    status: 400,
    json: { error: { details: { reason: 'too_many_series', count: 1_002, max: 1_000 } } },
  })
  const shown = await server.write('/v1/audiences/preview', 'POST', { condition: { event: 'Another' } })
  expect(shown.json['load']).toEqual({
    ...{ series: 1_001, seriesMax: 1_000, ofOneEvent: 250, ofOneEventMax: 250, event: 'Viewed' },
  })
})

test('one that goes makes room, also for what one that is named by others becomes', async () => {
  await server.write('/v1/audiences/other-950', 'DELETE', undefined)
  expect((await put('named', leaves('Another', 0, 2))).status).toBe(201)
  const names = { all: [{ audience: 'named' }, { trait: 'plan', op: 'exists' }] }
  expect((await server.write('/v1/audiences', 'POST', { key: 'naming', condition: names })).status).toBe(201)
  const change = (count: number) =>
    server.write('/v1/audiences/named', 'PUT', { condition: { any: leaves('Another', 0, count) } })
  expect((await change(LEAVES)).status).toBe(200)
  expect((await put('full', leaves('Last', 0, 1))).status).toBe(400)
  // the same again, and less
  expect((await change(LEAVES)).status).toBe(200)
  expect((await change(1)).status).toBe(200)
  expect((await put('full', leaves('Last', 0, 1))).status).toBe(201)
})
