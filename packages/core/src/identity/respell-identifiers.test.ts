import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldProfile } from '../profile/fold-profile.ts'
import { keyIdentifier } from './keyed-identifier.ts'
import { DEFAULT_IDENTITY_RULES } from './namespaces.ts'
import { normalizePhone } from './normalize-phone.ts'
import { IdentityWorld } from './testing/identity-world.ts'

const byText = (a: string, b: string) => (a < b ? -1 : 1)

const SPELLINGS = ['0655123456', '+33655123456', '33655123456', '655123456', '0155123456', '+33155123456']

function take(world: IdentityWorld, minute: number, identifiers: readonly string[]): void {
  world.take({
    type: 'identify',
    time: minute * 60_000,
    identifiers: identifiers.map((text) => {
      const colon = text.indexOf(':')
      return keyIdentifier(text.slice(0, colon), text.slice(colon + 1))
    }),
    previousId: undefined,
    traits: {},
  })
}

function worldOf(events: readonly (readonly string[])[]): IdentityWorld {
  const world = new IdentityWorld(DEFAULT_IDENTITY_RULES)
  for (const [minute, identifiers] of events.entries()) take(world, minute, identifiers)
  return world
}

/** The identifiers of the profile of an identifier, as `namespace:value`. */
function shownOf(world: IdentityWorld, namespace: string, value: string): string[] {
  const profile = world.profileOf(keyIdentifier(namespace, value))
  const members = world.all().filter((fragment) => fragment.profile === profile)
  const byId = new Map([...world.identifiers.values()].map((known) => [known.id, known]))
  return foldProfile(members, world.rules)
    .identifiers.map(({ id }) => `${byId.get(id)?.namespace}:${byId.get(id)?.value}`)
    .sort(byText)
}

test('a number that is stored as it was written takes its form, and nothing else changes', () => {
  const world = worldOf([['user_id:ada', 'phone:0655123456']])
  const before = world.all()
  world.respell('FR')
  expect(shownOf(world, 'user_id', 'ada')).toEqual(['phone:+33655123456', 'user_id:ada'])
  expect(world.all()).toEqual(before)
  expect(world.ledger.map(({ kind }) => kind)).toEqual(['created'])
})

test('a number that one person has in two spellings is one identifier, seen since the first and until the last', () => {
  const world = worldOf([
    ['user_id:ada', 'phone:0655123456'],
    ['user_id:ada', 'phone:+33655123456'],
    ['user_id:ada'],
  ])
  world.respell('FR')
  expect(shownOf(world, 'user_id', 'ada')).toEqual(['phone:+33655123456', 'user_id:ada'])
  const [fragment] = world.all()
  expect(fragment?.state.identity.sightings.filter(([, namespace]) => namespace === 'phone')).toMatchObject([
    [expect.any(Number), 'phone', fragment?.id, 0, 60_000, 1],
  ])
})

test('of two people with one number the first keeps it; the other loses it, says the ledger, and the two stay two', () => {
  const world = worldOf([
    ['user_id:ada', 'phone:+33655123456'],
    ['user_id:ben', 'phone:0655123456'],
  ])
  world.respell('FR')
  expect(shownOf(world, 'user_id', 'ada')).toEqual(['phone:+33655123456', 'user_id:ada'])
  expect(shownOf(world, 'user_id', 'ben')).toEqual(['user_id:ben'])
  expect(world.ledger.at(-1)).toMatchObject({ kind: 'unlinked', rule: 'same_value' })
  expect(world.merges).toEqual([])
})

test('whoever had the number first keeps it, whichever spelling was first', () => {
  const world = worldOf([
    ['user_id:ben', 'phone:0655123456'],
    ['user_id:ada', 'phone:+33655123456'],
  ])
  world.respell('FR')
  expect(shownOf(world, 'user_id', 'ben')).toEqual(['phone:+33655123456', 'user_id:ben'])
  expect(shownOf(world, 'user_id', 'ada')).toEqual(['user_id:ada'])
})

test('somebody of whom nothing but the number is known is who has it, and that merge can be undone', () => {
  const world = worldOf([['user_id:ada', 'phone:+33655123456'], ['phone:0655123456']])
  world.respell('FR')
  expect(world.merges).toMatchObject([{ rule: 'same_value' }])
  expect(shownOf(world, 'phone', '+33655123456')).toEqual(['phone:+33655123456', 'user_id:ada'])
  world.unmerge(world.merges[0]?.ledger ?? 0)
  expect(world.merges).toEqual([])
  expect(shownOf(world, 'user_id', 'ada')).toEqual(['phone:+33655123456', 'user_id:ada'])
})

test('an event that comes later with any spelling finds whoever has the number', () => {
  const world = worldOf([['user_id:ada', 'phone:0655123456'], ['phone:+33655123456']])
  world.respell('FR')
  take(world, 9, ['phone:+33655123456'])
  expect(world.profileOf(keyIdentifier('phone', '+33655123456'))).toBe(
    world.profileOf(keyIdentifier('user_id', 'ada')),
  )
  expect(world.taken.at(-1)?.fragment).toBe(world.owned(keyIdentifier('user_id', 'ada'))?.owner)
})

const identifier = fc.oneof(
  fc.constantFrom('user_id:a', 'user_id:b', 'email:x@e.example', 'anonymous_id:k', 'anonymous_id:l'),
  fc.constantFrom(...SPELLINGS).map((spelling) => `phone:${spelling}`),
)
const lives = fc.array(fc.uniqueArray(identifier, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 10,
})

/** Who is with whom, without telephones; by the smallest member. */
function groups(world: IdentityWorld): string[] {
  const all = [...world.identifiers.values()].filter(
    ({ owner, namespace }) => owner !== 0 && namespace !== 'phone',
  )
  const byProfile = new Map<number, string[]>()
  for (const { owner, key } of all) {
    const { profile } = world.read(owner)
    byProfile.set(profile, [...(byProfile.get(profile) ?? []), key])
  }
  return [...byProfile.values()].map((members) => members.toSorted(byText).join(' ')).sort(byText)
}

test('property: afterwards a number is one identifier of one profile, nobody else is joined or parted, and a profile shows exactly what it has', () => {
  fc.assert(
    fc.property(lives, (events) => {
      const world = worldOf(events)
      const before = groups(world)
      world.respell('FR')
      expect(groups(world)).toEqual(before)
      const phones = [...world.identifiers.values()].filter(
        ({ namespace, owner }) => namespace === 'phone' && owner !== 0,
      )
      const forms = phones.map(({ value }) => normalizePhone(value, 'FR'))
      expect(phones.map(({ value }) => value)).toEqual(forms)
      expect(new Set(forms).size).toBe(forms.length)
      for (const profile of new Set(world.all().map((fragment) => fragment.profile))) {
        const members = world.all().filter((fragment) => fragment.profile === profile)
        const had = [...world.identifiers.values()].filter(({ owner }) =>
          members.some(({ id }) => id === owner),
        )
        const shown = foldProfile(members, world.rules).identifiers.map(({ id }) => id)
        expect(new Set(shown)).toEqual(new Set(had.map(({ id }) => id)))
      }
    }),
    {
      examples: [
        // what a third person's event has seen of a number goes with that number to whoever has it
        [
          [
            ['phone:655123456'],
            ['phone:0655123456', 'phone:+33155123456'],
            ['phone:+33655123456', 'phone:0155123456'],
          ],
        ],
        [
          [
            ['phone:+33155123456', 'phone:0655123456', 'user_id:a'],
            ['phone:655123456', 'email:x@e.example'],
            ['phone:0155123456', 'phone:+33655123456'],
          ],
        ],
      ],
    },
  )
})

test('property: in parts of whatever size it comes to the same, and a second time it changes nothing', () => {
  fc.assert(
    fc.property(lives, fc.integer({ min: 1, max: 4 }), (events, part) => {
      const whole = worldOf(events)
      whole.respell('FR')
      const parts = worldOf(events)
      parts.respell('FR', part)
      expect(parts.all()).toEqual(whole.all())
      expect(parts.identifiers).toEqual(whole.identifiers)
      const told = parts.ledger.length
      parts.respell('FR')
      expect(parts.all()).toEqual(whole.all())
      expect(parts.ledger.length).toBe(told)
    }),
  )
})
