import { expect, test } from 'vitest'
import type { Connection } from './connection.ts'
import { Connections, mayAct } from './route.ts'

const EVENT = { type: 'track', name: 'A', source: 'web', properties: {} } as const

function connection(id: number, from: Connection['from'], name = `hook ${id}`): Connection {
  return {
    ...{ id, from, destination: id, purpose: 'operations', mapping: undefined, accepts: () => true },
    destinationNames: [name, 'webhook'],
  }
}

const ROUTES = new Connections([
  connection(1, { source: '*' }),
  connection(2, { source: 'web' }),
  connection(3, { source: 'app' }),
  connection(4, { audience: 'vip' }),
])

test.each([
  [undefined, [1, 2]],
  [{}, [1, 2]],
  [{ All: true }, [1, 2]],
  [{ All: false }, []],
  [{ all: false, 'Hook 2': true }, [2]],
  [{ All: false, 'HOOK 1': { some: 'option' } }, [1]],
  [{ 'Hook 1': false }, [2]],
  [{ Webhook: false }, []],
  [{ Mixpanel: false }, [1, 2]],
  [{ webhook: false, 'Hook 2': true }, [2]],
  ['nonsense', [1, 2]],
])('the switch %j leaves connections %j', (integrations, ids) => {
  expect(ROUTES.ofEvent(EVENT, integrations).map(({ id }) => id)).toEqual(ids)
})

test('audience connections hear of their audience only', () => {
  expect(ROUTES.ofMembership('vip', true).map(({ id }) => id)).toEqual([4])
  expect(ROUTES.ofMembership('other', true)).toEqual([])
})

test('history does not act', () => {
  const receivedAt = Date.parse('2026-11-22T10:00:00Z')
  const day = 86_400_000
  expect(mayAct({ time: receivedAt, receivedAt, history: false })).toBe(true)
  expect(mayAct({ time: receivedAt, receivedAt, history: true })).toBe(false)
  expect(mayAct({ time: receivedAt - day + 1, receivedAt, history: false })).toBe(true)
  expect(mayAct({ time: receivedAt - day, receivedAt, history: false })).toBe(false)
  expect(mayAct({ time: receivedAt + 1_000, receivedAt, history: false })).toBe(true)
})
