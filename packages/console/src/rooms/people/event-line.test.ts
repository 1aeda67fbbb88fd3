import type { PersonEvent } from '@affluent/protocol/endpoints/profiles'
import { expect, test } from 'vitest'
import { lineOf } from './event-line.ts'

const event = (fields: Partial<PersonEvent>): PersonEvent => ({
  type: 'track',
  messageId: 'm-1',
  receivedAt: '2026-11-22T10:00:00.000Z',
  timestamp: '2026-11-22T10:00:00.000Z',
  position: 1,
  source: 'website',
  ...fields,
})

test('each type is called by what names it', () => {
  const names = [
    event({ event: 'Order Completed' }),
    event({ type: 'page', name: 'Home' }),
    event({ type: 'page', properties: { title: 'Lamp', path: '/lamp' } }),
    event({ type: 'screen', properties: { path: '/lamp' } }),
    event({ type: 'identify', traits: { name: 'Ada' } }),
    event({ type: 'group', groupId: 'acme' }),
    event({ type: 'alias', previousId: 'anon-1' }),
  ].map((one) => lineOf(one).name)
  expect(names).toEqual(['Order Completed', 'Home', 'Lamp', '/lamp', '', 'acme', 'anon-1'])
})

test('shows the first plain values and cuts long ones between signs', () => {
  const long = '👍'.repeat(60)
  const line = lineOf(
    event({ event: 'A', properties: { list: [1], none: null, a: 0, b: false, c: long, d: 'x' } }),
  )
  expect(line.details).toEqual([
    ['a', '0'],
    ['b', 'false'],
    ['c', `${'👍'.repeat(40)}…`],
  ])
})

test('stands anything that came', () => {
  expect(lineOf(event({ event: { a: 1 }, properties: 'text' }))).toEqual({ name: '', details: [] })
})
