import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('ClickHouse counts people across merges as the profiles do, through the map of merged fragments', async () => {
  const events: object[] = []
  for (let person = 0; person < 200; person++) {
    for (let visit = 0; visit < 3; visit++)
      events.push({ type: 'page', anonymousId: `browser-${person}-${visit % 2}` })
    if (person % 2 === 0)
      events.push({ type: 'identify', userId: `u${person}`, anonymousId: `browser-${person}-0` })
    if (person % 4 === 0)
      events.push({ type: 'identify', userId: `u${person}`, anonymousId: `browser-${person}-1` })
  }
  events.push({ type: 'track', event: 'Nobody', userId: 'undefined' })
  await server.sendAll(events)
  const { stored } = await server.settle()
  expect(stored).toBe(events.length)
  const profiles = new Set<string | undefined>()
  for (let person = 0; person < 200; person++) {
    for (const visit of [0, 1])
      profiles.add((await server.profile('anonymous_id', `browser-${person}-${visit}`))?.id)
  }
  expect(
    await server.askClickHouse<{ people: number }>(
      `select uniqExactIf(if(m.profile = 0, e.fragment, m.profile), e.fragment != 0) as people
     from event e left join
       (select fragment, argMax(profile, position) as profile from profile_map group by fragment) m on m.fragment = e.fragment`,
    ),
  ).toEqual([{ people: profiles.size }])
})
