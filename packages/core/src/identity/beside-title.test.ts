import { expect, test } from 'vitest'
import { besideTitle } from './beside-title.ts'

const email = { namespace: 'email', value: 'laura@exemple.example' }
const user = { namespace: 'user_id', value: 'u7' }

test('beside a name stand e-mail and city, wherever the city stands', () => {
  const traits: Record<string, string | { city: string }> = {
    name: 'Laura Garcia',
    address: { city: 'Lyon' },
  }
  expect(besideTitle('Laura Garcia', (name) => traits[name], [user, email])).toEqual([
    'laura@exemple.example',
    'Lyon',
  ])
  expect(besideTitle('Laura Garcia', (name) => (name === 'city' ? ' Paris ' : undefined), [user])).toEqual([
    'Paris',
  ])
})

test('beside an e-mail or an identifier that is the title it does not stand again', () => {
  expect(besideTitle('laura@exemple.example', () => undefined, [user, email])).toEqual(['u7'])
  expect(besideTitle('u7', () => undefined, [user])).toEqual([])
  expect(besideTitle('Laura', (name) => (name === 'address' ? 'Lyon' : undefined), [user])).toEqual(['u7'])
})
