import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import { decodeState, encodeState, newFragment } from '@affluent/core/profile/fragment'
import { expect, test } from 'vitest'
import { StateCache } from './state-cache.ts'

const FAR = 65_536

test('two workspaces that lie 65,536 apart never read the people or identifiers of each other', () => {
  const cache = new StateCache({ identifiers: 100_000, fragments: 100_000 })
  const identifier = keyIdentifier('user_id', 'ada')
  const own = encodeState(newFragment(7, 1, 'user_id').state)
  cache.putFragment(3, 7, 7, own)
  cache.putIdentifier(3, { ...identifier, id: 1, owner: 7 })
  expect(cache.fragment(3, 7)).toMatchObject({ id: 7, profile: 7, state: decodeState(own) })
  expect(cache.identifier(3, identifier)).toMatchObject({ id: 1, owner: 7 })
  expect(cache.fragment(3 + FAR, 7)).toBeUndefined()
  expect(cache.identifier(3 + FAR, identifier)).toBeUndefined()

  const other = encodeState(newFragment(7, 9, 'email').state)
  cache.putFragment(3 + FAR, 7, 7, other)
  expect(cache.fragment(3 + FAR, 7)?.state.identity.anchor).toEqual([9, 'email'])
  expect(cache.fragment(3, 7)).toBeUndefined()
})
