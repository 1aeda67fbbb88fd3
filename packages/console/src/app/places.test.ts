import { expect, test } from 'vitest'
import { ROOMS } from '../rooms/rooms.ts'
import { placesIn } from './places.ts'
import type { Screen } from './room.ts'

test('names in an address are escaped, and empty filters are left out', () => {
  const places = placesIn(ROOMS, 'main')
  expect(places.home()).toBe('/w/main/')
  expect(places.person('a/b')).toBe('/w/main/people/a%2Fb')
  expect(places.live({ source: 'web & till', outcome: undefined, name: '' })).toBe(
    '/w/main/live?source=web+%26+till',
  )
})

test('each place, address, key and shortcut stands for one thing', () => {
  const screens = ROOMS.flatMap<Screen>((room) => [...room.screens])
  const lists = [
    screens.map(({ place }) => place),
    screens.map(({ path }) => path),
    ROOMS.map(({ key }) => key),
    ROOMS.map(({ shortcut }) => shortcut),
  ]
  for (const list of lists) expect(new Set(list).size).toBe(list.length)
})
