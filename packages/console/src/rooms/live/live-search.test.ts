import { expect, test } from 'vitest'
import { filterOf, isUnfiltered, readLiveSearch } from './live-search.ts'

test('reads what the router made of the address, also texts that look like something else', () => {
  const search = {
    type: 'track',
    name: 42,
    identifier: 'email:ada@example.com',
    outcome: 'refused',
    source: true,
    event: 'evt_12',
    view: 'raw',
    before: 5_464,
  }
  expect(readLiveSearch(search)).toEqual({ ...search, name: '42', source: 'true', before: '5464' })
})

test('leaves out what it does not know', () => {
  const search = {
    type: 'trak',
    name: '',
    outcome: 'lost',
    event: 'evt_',
    view: 'html',
    before: '1-',
    x: 'y',
    source: null,
  }
  expect(readLiveSearch(search)).toEqual({})
})

test('an open event is no filter', () => {
  expect(isUnfiltered(filterOf(readLiveSearch({ event: 'out_3', view: 'story', before: '7' })))).toBe(true)
  expect(isUnfiltered(filterOf(readLiveSearch({ name: 'Clicked' })))).toBe(false)
})
