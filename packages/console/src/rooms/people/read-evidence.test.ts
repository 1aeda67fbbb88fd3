import { expect, test } from 'vitest'
import { readEvidence } from './read-evidence.ts'

const leaf = (because: Record<string, unknown>, isCold = false) =>
  readEvidence({ kind: 'leaf', leaf: {}, holds: true, isCold, because })

test('tells a value from the events that were counted, and both from an aggregate', () => {
  const at = '2026-11-22T10:00:00.000Z'
  expect(leaf({ value: 'pro', at, position: 7, source: 'web' })).toEqual({
    kind: 'value',
    text: 'pro',
    at,
    position: 7,
  })
  expect(leaf({ value: null })).toMatchObject({ kind: 'value', text: undefined })
  expect(leaf({ value: false })).toMatchObject({ text: 'false' })
  expect(leaf({ count: 2, times: [at], events: [{ at, position: 3, event: 'A' }, null, {}] })).toEqual({
    kind: 'events',
    count: 2,
    value: undefined,
    events: [{ at, position: 3 }],
  })
  expect(leaf({ value: null, values: 0, times: [], events: [] })).toMatchObject({
    kind: 'events',
    count: 0,
    value: null,
  })
  expect(leaf({ value: 12.5, values: 2 })).toMatchObject({ count: 2, value: '12.5' })
})

test('a cold leaf says as of when; an unheard one says nothing', () => {
  expect(leaf({ asOf: null }, true)).toEqual({ kind: 'cold', at: undefined })
  expect(leaf({ namespaces: ['email'] })).toEqual({ kind: 'namespaces', names: ['email'] })
  expect(leaf({ place: 42.5 })).toEqual({ kind: 'place', place: 42.5 })
  expect(leaf({})).toEqual({ kind: 'nothing' })
})
