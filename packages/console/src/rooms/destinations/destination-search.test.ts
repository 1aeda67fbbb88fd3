import { expect, test } from 'vitest'
import { readDestinationSearch } from './destination-search.ts'

test('the address of a destination is read as it is written', () => {
  expect(readDestinationSearch({ delivery: 'msg_i6tmuz53foxdt', status: 'failed', via: 'con_7' })).toEqual({
    delivery: 'msg_i6tmuz53foxdt',
    connection: undefined,
    status: 'failed',
    via: 'con_7',
    audience: undefined,
  })
  expect(readDestinationSearch({ connection: 'new', audience: 2026 })).toMatchObject({
    connection: 'new',
    audience: '2026',
  })
})

test('what is none of its values is passed over', () => {
  const wrong = { delivery: '../x', connection: 5, status: 'lost', via: 'all', audience: { a: 1 } }
  expect(Object.values(readDestinationSearch(wrong)).every((value) => value === undefined)).toBe(true)
})
