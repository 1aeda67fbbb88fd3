import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const TRAITS = [
  'email',
  'firstName',
  'address',
  'address.city',
  'address.postalCode',
  'favouriteCategory',
  'pets[].kind',
]

test('the name that was meant is found by case, by the end of a path, and by its letters', () => {
  const MEANT = {
    city: 'address.city',
    'adress.city': 'address.city',
    'Address.City': 'address.city',
    'home.city': 'address.city',
    first_name: 'firstName',
    Firstname: 'firstName',
    fristName: 'firstName',
    favoriteCategory: 'favouriteCategory',
    'pets.kind': 'pets[].kind',
    'é-mail': 'email',
  }
  for (const [name, meant] of Object.entries(MEANT))
    expect([name, nearestName(name, TRAITS)]).toEqual([name, meant])
})

test('what is near to nothing has no nearest name', () => {
  for (const name of ['ville', 'x', '', 'shoeSize']) expect(nearestName(name, TRAITS)).toBeUndefined()
  expect(nearestName('city', [])).toBeUndefined()
})

test('a name with one letter changed is found again among names that are far from it', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 6, maxLength: 20 })
  fc.assert(
    fc.property(letters, fc.nat(), (name, at) => {
      const index = at % name.length
      const wrong = `${name.slice(0, index)}z${name.slice(index + 1)}`
      expect(nearestName(wrong, ['0123456789', name, '9876543210'])).toBe(name)
    }),
  )
})
