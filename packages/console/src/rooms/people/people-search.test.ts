import { expect, test } from 'vitest'
import { readPeopleSearch, readProfileSearch } from './people-search.ts'

test('a telephone number or card number stays a text', () => {
  expect(readPeopleSearch({ search: 612345678 })).toEqual({ search: '612345678' })
  expect(readPeopleSearch({ search: '' })).toEqual({})
  expect(readPeopleSearch({ search: { a: 1 } })).toEqual({})
})

test('reads what a profile shows, and leaves out what it does not know', () => {
  const search = { tab: 'identity', event: 'evt_7', view: 'story', type: 'page', audience: 42, page: 3 }
  expect(readProfileSearch(search)).toEqual({
    tab: 'identity',
    event: 'evt_7',
    view: 'story',
    type: 'page',
    audience: '42',
  })
  expect(readProfileSearch({ tab: 'traits', event: '7', view: 'x', type: 'y', audience: null })).toEqual({})
})
