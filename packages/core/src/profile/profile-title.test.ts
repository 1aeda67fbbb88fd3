import type { Json } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import { titleProfile } from './profile-title.ts'

const titled = (traits: Record<string, Json>, identifiers: [string, string][] = []) =>
  titleProfile(
    (name) => traits[name],
    identifiers.map(([namespace, value]) => ({ namespace, value })),
  )

test('a profile is called by the best that is known', () => {
  const known: [string, string][] = [
    ['user_id', 'u1'],
    ['email', 'ann@example.com'],
  ]
  expect(titled({ name: ' Ann Dupont ', firstName: 'A' }, known)).toBe('Ann Dupont')
  expect(titled({ firstName: 'Ann', lastName: 'Dupont' }, known)).toBe('Ann Dupont')
  expect(titled({ first_name: 'Ann' }, known)).toBe('Ann')
  expect(titled({ last_name: 'Dupont', name: 5, firstName: null }, known)).toBe('Dupont')
  expect(titled({}, known)).toBe('ann@example.com')
  expect(titled({ email: 'kept but not linked' }, [['user_id', 'u1']])).toBe('kept but not linked')
  expect(titled({}, [['user_id', 'u1']])).toBe('u1')
  expect(titled({})).toBe('')
})
