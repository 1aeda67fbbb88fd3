import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import { decodeState, encodeState, newFragment } from '@affluent/core/profile/fragment'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StateCache } from './state-cache.ts'

const FAR = 65_536

test('two workspaces that lie 65,536 apart never read the people or identifiers of each other', () => {
  const cache = new StateCache({ identifiers: 100_000, fragments: 100_000, hot: 1 })
  const identifier = keyIdentifier('user_id', 'ada')
  const own = newFragment(7, 1, 'user_id')
  const text = encodeState(own.state)
  cache.putFragment(3, own, text)
  cache.putIdentifier(3, { ...identifier, id: 1, owner: 7 })
  expect(cache.fragment(3, 7)).toMatchObject({ id: 7, profile: 7, state: decodeState(text) })
  expect(cache.identifier(3, identifier)).toMatchObject({ id: 1, owner: 7 })
  expect(cache.fragment(3 + FAR, 7)).toBeUndefined()
  expect(cache.identifier(3 + FAR, identifier)).toBeUndefined()

  const other = newFragment(7, 9, 'email')
  cache.putFragment(3 + FAR, other, encodeState(other.state))
  expect(cache.fragment(3 + FAR, 7)?.state.identity.anchor).toEqual([9, 'email'])
  expect(cache.fragment(3, 7)).toBeUndefined()
})

type Step =
  | { readonly kind: 'change' | 'read' | 'void'; readonly workspace: number; readonly id: number }
  | { readonly kind: 'cool' | 'clear' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom<'change' | 'read' | 'void'>('change', 'change', 'read', 'void'),
      workspace: fc.constantFrom(3, 3, 4, 3 + FAR),
      id: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom<'cool' | 'clear'>('cool', 'clear') }) },
)

test.each([0, 400, 1_200, 1_000_000])(
  'what is read is what was put in last, or nothing: %d bytes of objects',
  (hot) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new StateCache({ identifiers: 2_000, fragments: 4_000, hot: Math.max(1, hot) })
        const texts = new Map<string, string>()
        const owners = new Map<string, number>()
        let events = 0
        for (const each of steps) {
          if (!('workspace' in each)) {
            if (each.kind === 'cool') cache.coolDown()
            else cache.clear()
          } else {
            const { workspace, id } = each
            const person = `${workspace} ${id}`
            const identifier = keyIdentifier('user_id', `user ${id}`)
            const fragment = cache.fragment(workspace, id)
            if (fragment !== undefined) expect(encodeState(fragment.state)).toBe(texts.get(person))
            const known = cache.identifier(workspace, identifier)
            if (known !== undefined) expect(known).toMatchObject({ id, owner: owners.get(person) })
            if (each.kind === 'read') continue
            const changed = fragment ?? newFragment(id, 1, 'user_id')
            changed.state.identity.events = ++events
            const linked = known ?? { ...identifier, id, owner: 0 }
            linked.owner = events
            // a change that is not saved is never put in
            if (each.kind === 'void') {
              cache.coolDown()
              continue
            }
            const text = encodeState(changed.state)
            texts.set(person, text)
            owners.set(person, events)
            cache.putFragment(workspace, changed, text)
            cache.putIdentifier(workspace, linked)
          }
        }
      }),
    )
  },
)

test('a person who was put in lately is the same object when it is read again', () => {
  const cache = new StateCache({ identifiers: 100_000, fragments: 100_000, hot: 1_000_000 })
  const fragment = newFragment(7, 1, 'user_id')
  cache.putFragment(3, fragment, encodeState(fragment.state))
  expect(cache.fragment(3, 7)).toBe(fragment)
  cache.coolDown()
  expect(cache.fragment(3, 7)).not.toBe(fragment)
  expect(cache.fragment(3, 7)).toEqual(fragment)
})
