import { expect, test } from 'vitest'
import { placesIn } from './places.ts'

test('names in an address are escaped, and empty filters are left out', () => {
  const places = placesIn('main')
  expect(places.home).toBe('/w/main/')
  expect(places.person('a/b')).toBe('/w/main/people/a%2Fb')
  expect(places.live({ source: 'web & till', outcome: undefined, name: '' })).toBe(
    '/w/main/live?source=web+%26+till',
  )
})
