import { expect, test } from 'vitest'
import { readAudiencesSearch } from './audiences-search.ts'

test('the address of the list is read as it is written', () => {
  expect(readAudiencesSearch({})).toEqual({ isNew: false, copyOf: undefined, text: '' })
  expect(readAudiencesSearch({ new: 'yes', of: 'vip' })).toEqual({ isNew: true, copyOf: 'vip', text: '' })
  // numbers and booleans come as such
  expect(readAudiencesSearch({ q: 2026, new: false })).toEqual({
    isNew: false,
    copyOf: undefined,
    text: '2026',
  })
  expect(readAudiencesSearch({ q: { a: 1 }, of: null })).toEqual({
    isNew: false,
    copyOf: undefined,
    text: '',
  })
})
