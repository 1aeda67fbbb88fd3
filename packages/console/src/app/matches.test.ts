import { expect, test } from 'vitest'
import { matches } from './matches.ts'
import { ROOMS } from './rooms.ts'

const roomsFor = (typed: string) =>
  ROOMS.filter(({ name, otherWords }) => matches(typed, [name, ...otherWords])).map(({ name }) => name)

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

test('each room has a key of its own', () => {
  expect(new Set(ROOMS.map(({ key }) => key)).size).toBe(ROOMS.length)
})
