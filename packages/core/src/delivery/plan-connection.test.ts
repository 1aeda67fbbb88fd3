import { CONNECTIONS_MAX } from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import type { ConnectionRow } from './connection-row.ts'
import {
  type ConnectionFacts,
  changeConnection,
  deleteConnection,
  type NewConnection,
  putConnection,
} from './plan-connection.ts'

const NOBODY: ConnectionFacts = {
  rows: [],
  audiences: new Set(['buyers']),
  destinations: new Set([3]),
  zone: 'UTC',
}
const SAID: NewConnection = {
  from: { audience: 'buyers' },
  destination: 3,
  action: 'send',
  filter: null,
  mapping: null,
  purpose: 'operations',
  enabled: true,
  sendCurrentMembers: true,
}
const PLACE = { position: 7, at: Date.UTC(2026, 0, 1) }

test('a connection is made at its position, and sends current members when that was asked for', () => {
  expect(putConnection(NOBODY, SAID, PLACE)).toMatchObject({ id: 7, audience: 'buyers', membersAfter: 0 })
  const own = { ...SAID, from: { source: 'shop' } }
  expect(putConnection(NOBODY, own, PLACE)).toMatchObject({ source: 'shop', membersAfter: null })
})

test('what it names may be gone by now, and there may be too many', () => {
  const row = putConnection(NOBODY, SAID, PLACE) as ConnectionRow
  const full = { ...NOBODY, rows: Array.from({ length: CONNECTIONS_MAX }, () => row) }
  expect([
    putConnection(NOBODY, { ...SAID, destination: 4 }, PLACE),
    putConnection(NOBODY, { ...SAID, from: { audience: 'gone' } }, PLACE),
    putConnection(NOBODY, { ...SAID, filter: 5 }, PLACE),
    putConnection(full, SAID, PLACE),
  ]).toMatchObject([
    { code: 'unknown_reference' },
    { code: 'unknown_reference' },
    { code: 'invalid_filter' },
    { code: 'too_many' },
  ])
})

test('a change keeps what it does not name, and takes what stood before as it is', () => {
  const row = { ...(putConnection(NOBODY, SAID, PLACE) as ConnectionRow), filter: { old: 'form' } }
  const facts = { ...NOBODY, rows: [row] }
  const at = PLACE.at + 1
  expect(changeConnection(facts, 7, { enabled: false }, at)).toEqual({
    ...row,
    enabled: false,
    changedAt: new Date(at),
  })
  expect(changeConnection(facts, 7, { filter: 5 }, at)).toMatchObject({ code: 'invalid_filter' })
  expect(changeConnection(facts, 8, {}, at)).toMatchObject({ code: 'not_found' })
  expect([deleteConnection([row], 7), deleteConnection([row], 8)]).toMatchObject([
    undefined,
    { code: 'not_found' },
  ])
})
