import { expect, test } from 'vitest'
import { ROOMS } from '../rooms/rooms.ts'
import { matches } from './matches.ts'

const roomsFor = (typed: string) =>
  ROOMS.filter(({ name, otherWords }) => matches(typed, [name.fr, name.en, ...otherWords])).map(
    ({ key }) => key,
  )

test('accents, case and the place of a word do not matter', () => {
  expect(matches('evene', ['Événements'])).toBe(true)
  expect(matches('BORD', ['Tableau de bord'])).toBe(true)
  expect(matches('ableau', ['Tableau de bord'])).toBe(false)
})

test.each([
  ['segment', 'audiences'],
  ['attribut', 'people'],
  ['rcu', 'people'],
  ['utilisateurs', 'people'],
  ['livraison', 'destinations'],
  ['write key', 'sources'],
  ['debug', 'live'],
  ['direct', 'live'],
  ['réglages', 'settings'],
  ['personnes', 'people'],
  ['home', 'home'],
])('whoever types "%s" finds %s', (typed, room) => {
  expect(roomsFor(typed)).toContain(room)
})
