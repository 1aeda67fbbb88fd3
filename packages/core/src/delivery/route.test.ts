import { expect, test } from 'vitest'
import type { Connection } from './connection.ts'
import { Connections, isHistory } from './route.ts'

const EVENT = { type: 'track', name: 'A', source: 'web', properties: {} } as const

function connection(id: number, from: Connection['from'], name = `hook ${id}`): Connection {
  return {
    ...{ id, from, destination: id, purpose: 'operations', accepts: () => true },
    rule: { mapping: undefined, required: [] },
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

test('what was sent as history is history, and what happened a day and more before it came', () => {
  const receivedAt = Date.parse('2026-11-22T10:00:00Z')
  const day = 86_400_000
  expect(isHistory({ time: receivedAt, receivedAt }, false)).toBe(false)
  expect(isHistory({ time: receivedAt, receivedAt }, true)).toBe(true)
  expect(isHistory({ time: receivedAt - day + 1, receivedAt }, false)).toBe(false)
  expect(isHistory({ time: receivedAt - day, receivedAt }, false)).toBe(true)
  expect(isHistory({ time: receivedAt + 1_000, receivedAt }, false)).toBe(false)
})
