import { expect, test } from 'vitest'
import { initialsOf } from './initials.tsx'

test.each([
  ['Ada Lovelace', 'AL'],
  ['Jean-Luc du Bois', 'JB'],
  ['éric@example.com', 'É'],
  ['u1', 'U'],
  ['…', '·'],
])('"%s" is signed %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
