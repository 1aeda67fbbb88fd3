import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import { expect, test } from 'vitest'
import {
  draftOfConnection,
  newConnection,
  readConnectionDraft,
  withFilterForm,
  withFilterJson,
} from './connection-draft.ts'

const connection = (change: Partial<ConnectionAnswer>): ConnectionAnswer => ({
  ...{
    id: 'con_1',
    from: { source: '*' },
    destination: 'dst_1',
    action: 'send',
    filter: null,
    mapping: null,
    required: [],
  },
  ...{ purpose: 'operations', enabled: true, createdAt: '', changedAt: '', members: null, error: null },
  ...{ version: 0, changedBy: null },
  ...change,
})

test.each<Partial<ConnectionAnswer>>([
  {},
  { from: { source: 'web' }, filter: { event: 'Order Completed' } },
  { from: { audience: 'vip' }, mapping: { fields: { a: { path: 'b' }, c: { value: 5 } } } },
  {
    mapping: { fields: { city: { trait: 'address.city' }, mail: { trait: 'email' } } },
    required: ['mail'],
  },
  // what is required of the whole event is not lost by a form that does not show it
  { required: ['properties.revenue'] },
  { filter: { not: { event: 'A' } } },
])('a connection that is opened and not touched stays as it is: %j', (change) => {
  const given = connection(change)
  const { from, filter, mapping, required, filterFault } = readConnectionDraft(draftOfConnection(given))
  expect({ from, filter, mapping, required }).toEqual({
    from: given.from,
    filter: given.filter,
    mapping: given.mapping,
    required: given.required,
  })
  expect(filterFault).toBeUndefined()
})

test('a new connection sends everything whole, from where it is told', () => {
  expect(readConnectionDraft(newConnection('vip'))).toMatchObject({
    from: { audience: 'vip' },
    filter: null,
    mapping: null,
  })
  expect(readConnectionDraft(newConnection(undefined)).from).toBeUndefined()
})

test('the filter changes between form and JSON; what is richer stays JSON', () => {
  const draft = draftOfConnection(connection({ filter: { event: 'A' } }))
  const text = withFilterJson(draft)
  expect(readConnectionDraft(text).filter).toEqual({ event: 'A' })
  expect(withFilterForm(text)?.filter).toEqual(draft.filter)
  expect(withFilterForm({ ...text, filterJson: '{"not":{"event":"A"}}' })).toBeUndefined()
  const broken = { ...text, filterJson: '{"event":' }
  expect(withFilterForm(broken)).toBeUndefined()
  expect(readConnectionDraft(broken)).toMatchObject({ filter: undefined })
  expect(readConnectionDraft(broken).filterFault).toBeTruthy()
})

test('incomplete fields are no mapping yet', () => {
  expect(readConnectionDraft({ ...newConnection('vip'), isMapped: true }).mapping).toBeUndefined()
})
