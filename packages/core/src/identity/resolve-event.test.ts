import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldProfile } from '../profile/fold-profile.ts'
import type { Fragment } from '../profile/fragment.ts'
import { IdentityGraph } from './identity-graph.ts'
import { type KeyedIdentifier, keyIdentifier } from './keyed-identifier.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from './namespaces.ts'
import { resolveEvent } from './resolve-event.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

/** A graph that takes events written as `user_id:u1 email:e1`. */
class World {
  readonly graph: IdentityGraph
  readonly ledger: string[] = []
  #position = 0

  constructor(rules: IdentityRules = DEFAULT_IDENTITY_RULES) {
    this.graph = new IdentityGraph(rules, { fragment: 1, identifier: 1, ledger: 1 })
  }

  send(identifiers: string, more: { time?: number; previousId?: string } = {}): Fragment | undefined {
    this.#position++
    const { fragment } = resolveEvent(this.graph, {
      type: more.previousId === undefined ? 'track' : 'alias',
      position: this.#position,
      time: more.time ?? START + this.#position * 1_000,
      now: Number.POSITIVE_INFINITY,
      source: 1,
      identifiers: parse(identifiers),
      previousId: more.previousId,
    })
    for (const { kind, rule } of this.graph.takeChanges().ledger) this.ledger.push(`${kind} ${rule}`)
    return fragment
  }

  profileOf(identifier: string): number | undefined {
    const known = this.graph.find(parse(identifier)[0] as KeyedIdentifier)
    return known === undefined ? undefined : this.graph.fragment(known.owner)?.profile
  }

  same(a: string, b: string): boolean {
    const profile = this.profileOf(a)
    return profile !== undefined && profile === this.profileOf(b)
  }

  kindOf(identifier: string): string {
    return foldProfile(this.graph.component(this.profileOf(identifier) as number), this.graph.rules).kind
  }
}

function parse(text: string): KeyedIdentifier[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [namespace = '', value = ''] = word.split(':')
      return keyIdentifier(namespace, value)
    })
}

test('a visitor who identifies becomes one known person, with a fragment of their own for the user', () => {
  const world = new World()
  world.send('anonymous_id:a1')
  expect(world.kindOf('anonymous_id:a1')).toBe('visitor')
  world.send('user_id:u1 anonymous_id:a1')
  expect(world.same('user_id:u1', 'anonymous_id:a1')).toBe(true)
  expect(world.kindOf('user_id:u1')).toBe('known')
  expect(world.ledger).toEqual([
    'created new_identifier',
    'created new_identifier',
    'merged shared_identifier',
  ])
})

test('an event belongs to the fragment of its strongest identifier', () => {
  const world = new World()
  const visitor = world.send('anonymous_id:a1')
  const user = world.send('user_id:u1 anonymous_id:a1')
  expect(world.send('anonymous_id:a1')).toBe(visitor)
  expect(world.send('anonymous_id:a1 user_id:u1')).toBe(user)
})

test("Segment's case: an e-mail of another user is left out of the event, and the ledger says so", () => {
  const world = new World()
  world.send('user_id:abc123 email:jane@example.com')
  world.send('user_id:abc456 email:jane@example.com')
  expect(world.same('user_id:abc123', 'email:jane@example.com')).toBe(true)
  expect(world.same('user_id:abc456', 'email:jane@example.com')).toBe(false)
  expect(world.ledger).toContain('refused limit:user_id')
})

test('a limit costs the event its offending identifier and not an innocent weaker one', () => {
  const world = new World()
  world.send('user_id:u1 email:jane@example.com')
  world.send('user_id:u2 email:jane@example.com anonymous_id:a9')
  expect(world.same('user_id:u2', 'anonymous_id:a9')).toBe(true)
  expect(world.same('user_id:u2', 'email:jane@example.com')).toBe(false)
})

test('a shared browser never joins two users, whichever comes first', () => {
  const world = new World()
  world.send('user_id:a anonymous_id:tablet')
  world.send('user_id:b anonymous_id:tablet')
  world.send('user_id:a anonymous_id:tablet')
  expect(world.same('user_id:a', 'user_id:b')).toBe(false)
})

test('a device never joins two known profiles, even when no unique identifier forbids it', () => {
  const world = new World()
  world.send('email:a@example.com device_id:d1')
  world.send('email:b@example.com device_id:d2')
  world.send('email:b@example.com device_id:d1')
  expect(world.same('email:a@example.com', 'email:b@example.com')).toBe(false)
  expect(world.ledger).toContain('refused shared_device')
})

test('a new e-mail in the browser of a known person is somebody else, whether it was seen before or not, and the cookie stays where it was', () => {
  const elsewhere = 'anonymous_id:elsewhere email:guest@a.example'
  const tom = 'user_id:tom anonymous_id:kiosk email:tom@a.example'
  const guest = 'anonymous_id:kiosk email:guest@a.example'
  const orders = [
    [tom, guest],
    [elsewhere, tom, guest],
    [tom, elsewhere, guest],
    [tom, guest, elsewhere],
    ['user_id:tom anonymous_id:kiosk', guest],
    ['email:tom@a.example anonymous_id:kiosk', guest],
  ]
  for (const events of orders) {
    const world = new World()
    for (const event of events) world.send(event)
    const holder =
      events.includes(tom) || events[0]?.startsWith('user_id') ? 'user_id:tom' : 'email:tom@a.example'
    expect([events, world.same('anonymous_id:kiosk', holder)]).toEqual([events, true])
    expect([events, world.same('email:guest@a.example', holder)]).toEqual([events, false])
    expect(world.ledger).toContain('refused shared_device')
  }
})

test('whoever wrote an e-mail into a browser first keeps the cookie, and the next one with another e-mail is somebody else', () => {
  const world = new World()
  world.send('anonymous_id:kiosk email:guest@a.example')
  world.send('user_id:tom anonymous_id:kiosk email:tom@a.example')
  expect(world.same('anonymous_id:kiosk', 'email:guest@a.example')).toBe(true)
  expect(world.same('user_id:tom', 'email:tom@a.example')).toBe(true)
  expect(world.same('user_id:tom', 'email:guest@a.example')).toBe(false)
})

test('a subscriber who signs in in the same browser is the user, and so is a visitor who leaves an e-mail', () => {
  const world = new World()
  world.send('anonymous_id:a1')
  world.send('anonymous_id:a1 email:ada@a.example')
  world.send('anonymous_id:a1 user_id:ada')
  world.send('user_id:ada email:ada2@a.example anonymous_id:a1')
  for (const one of ['anonymous_id:a1', 'email:ada@a.example', 'email:ada2@a.example'])
    expect(world.same('user_id:ada', one)).toBe(true)
})

test('an e-mail joins a visitor, a subscriber and a user', () => {
  const world = new World()
  world.send('email:jane@example.com')
  world.send('anonymous_id:a1')
  world.send('user_id:u1 email:jane@example.com anonymous_id:a1')
  expect(world.same('user_id:u1', 'email:jane@example.com')).toBe(true)
  expect(world.same('user_id:u1', 'anonymous_id:a1')).toBe(true)
})

test('a telephone number alone never joins two profiles', () => {
  const world = new World()
  world.send('user_id:u1 phone:+33612345678')
  world.send('crm:c1')
  world.send('crm:c1 phone:+33612345678')
  expect(world.same('crm:c1', 'user_id:u1')).toBe(false)
  expect(world.ledger).toContain('refused contact_only')
})

test('a CRM may hold several records of one person', () => {
  const world = new World()
  world.send('crm_a:1 email:jane@example.com')
  world.send('crm_a:2 email:jane@example.com')
  expect(world.same('crm_a:1', 'crm_a:2')).toBe(true)
})

test('an alias joins two user ids, and further events of both stay with the one person', () => {
  const world = new World()
  world.send('user_id:old')
  world.send('user_id:new')
  world.send('user_id:new', { previousId: 'old' })
  expect(world.same('user_id:old', 'user_id:new')).toBe(true)
  world.send('user_id:old email:x@example.com')
  expect(world.same('user_id:new', 'email:x@example.com')).toBe(true)
})

test('an alias names an anonymous id when no user has that id', () => {
  const world = new World()
  world.send('anonymous_id:a1')
  world.send('user_id:u1', { previousId: 'a1' })
  expect(world.same('user_id:u1', 'anonymous_id:a1')).toBe(true)
})

test('an alias to itself and a circle of aliases change nothing more', () => {
  const world = new World()
  world.send('user_id:a')
  world.send('user_id:a', { previousId: 'a' })
  world.send('user_id:b', { previousId: 'a' })
  world.send('user_id:a', { previousId: 'b' })
  expect(world.same('user_id:a', 'user_id:b')).toBe(true)
  expect(world.ledger.filter((line) => line.startsWith('merged'))).toHaveLength(1)
})

test('windowed limits slide: an identifier not seen for long makes room', () => {
  const world = new World()
  for (let day = 0; day < 5; day++) world.send(`user_id:u1 anonymous_id:a${day}`, { time: START + day })
  world.send('user_id:u1 anonymous_id:sixth', { time: START + DAY })
  expect(world.same('user_id:u1', 'anonymous_id:sixth')).toBe(false)
  world.send('user_id:u1 anonymous_id:later', { time: START + 30 * DAY })
  expect(world.same('user_id:u1', 'anonymous_id:later')).toBe(true)
})

test('a profile has at most 500 identifiers; a further one stays unlinked, in little time', () => {
  const rules: IdentityRules = {
    ...DEFAULT_IDENTITY_RULES,
    otherwise: { ...DEFAULT_IDENTITY_RULES.otherwise, limit: 10_000 },
  }
  const world = new World(rules)
  for (let index = 0; index < 2_000; index++) world.send(`user_id:u1 card:${index}`)
  expect(world.same('user_id:u1', 'card:498')).toBe(true)
  expect(world.same('user_id:u1', 'card:499')).toBe(false)
  expect(world.ledger).toContain('refused identifiers_max')
})

test('the same rejection is told once, not with each event', () => {
  const world = new World()
  world.send('user_id:u1 email:jane@example.com')
  for (let times = 0; times < 5; times++) world.send('user_id:u2 email:jane@example.com')
  expect(world.ledger.filter((line) => line.startsWith('refused'))).toHaveLength(1)
})

const identifier = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((n) => `user_id:u${n}`),
  fc.integer({ min: 1, max: 3 }).map((n) => `email:e${n}@example.com`),
  fc.integer({ min: 1, max: 3 }).map((n) => `crm:c${n}`),
  fc.integer({ min: 1, max: 3 }).map((n) => `phone:+3361234567${n}`),
  fc.integer({ min: 1, max: 3 }).map((n) => `device_id:d${n}`),
  fc.integer({ min: 1, max: 4 }).map((n) => `anonymous_id:a${n}`),
)
const life = fc.array(
  fc.record({
    identifiers: fc.uniqueArray(identifier, { minLength: 1, maxLength: 4 }),
    previousId: fc.option(fc.constantFrom('u1', 'u2', 'a1'), { nil: undefined, freq: 8 }),
  }),
  { maxLength: 30 },
)

function live(events: readonly { identifiers: string[]; previousId: string | undefined }[]): World {
  const world = new World()
  for (const { identifiers, previousId } of events) {
    const user = identifiers.find((text) => text.startsWith('user_id'))
    world.send(identifiers.join(' '), previousId === undefined || user === undefined ? {} : { previousId })
  }
  return world
}

test('property: profiles are the components of the edges, and each is named by its strongest, oldest fragment', () => {
  fc.assert(
    fc.property(life, (events) => {
      const graph = new IdentityGraph(DEFAULT_IDENTITY_RULES, { fragment: 1, identifier: 1, ledger: 1 })
      const union = new Map<number, number>()
      const find = (id: number): number => {
        const parent = union.get(id) ?? id
        return parent === id ? id : find(parent)
      }
      let position = 0
      const fragments = new Set<Fragment>()
      for (const { identifiers, previousId } of events) {
        position++
        const previous = identifiers.some((text) => text.startsWith('user_id')) ? previousId : undefined
        resolveEvent(graph, {
          type: previous === undefined ? 'track' : 'alias',
          ...{ position, time: START + position, now: Number.POSITIVE_INFINITY, source: 1 },
          previousId: previous,
          identifiers: parse(identifiers.join(' ')),
        })
        const changes = graph.takeChanges()
        for (const made of changes.newFragments) fragments.add(made)
        for (const { a, b } of changes.edges) union.set(find(a), find(b))
      }
      const priority = (fragment: Fragment) => graph.ruleOf(fragment.state.identity.anchor[1]).priority
      for (const fragment of fragments) {
        const members = [...fragments].filter((other) => find(other.id) === find(fragment.id))
        const best = members.sort((a, b) => priority(a) - priority(b) || a.id - b.id)[0]
        expect(fragment.profile).toBe(best?.id)
        expect(new Set(graph.component(fragment.profile))).toEqual(new Set(members))
      }
    }),
    { numRuns: 300 },
  )
})

test('property: without an alias no profile ever has two user ids, and every event is counted once', () => {
  fc.assert(
    fc.property(life, (events) => {
      const world = live(events.map(({ identifiers }) => ({ identifiers, previousId: undefined })))
      const profiles = new Set<number>()
      for (const { identifiers } of events) {
        for (const text of identifiers) {
          const profile = world.profileOf(text)
          if (profile !== undefined) profiles.add(profile)
        }
      }
      let counted = 0
      for (const profile of profiles) {
        const folded = foldProfile(world.graph.component(profile), world.graph.rules)
        counted += folded.events
        expect(
          folded.identifiers.filter(({ namespace }) => namespace === 'user_id').length,
        ).toBeLessThanOrEqual(1)
      }
      expect(counted).toBe(events.length)
    }),
    { numRuns: 300 },
  )
})

test('property: whether an e-mail was seen elsewhere before makes no difference to who is who', () => {
  const names = [
    'user_id:tom',
    'user_id:ben',
    'email:tom@a.example',
    'email:guest@a.example',
    'anonymous_id:k',
    'anonymous_id:l',
  ]
  const events = fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(events, fc.constantFrom('email:tom@a.example', 'email:guest@a.example'), (life, email) => {
      const plain = live(life.map((identifiers) => ({ identifiers, previousId: undefined })))
      const seen = new World()
      seen.send(`anonymous_id:elsewhere ${email}`)
      for (const identifiers of life) seen.send(identifiers.join(' '))
      const present = [...new Set(life.flat())]
      for (const a of present)
        for (const b of present) expect([a, b, seen.same(a, b)]).toEqual([a, b, plain.same(a, b)])
    }),
    { numRuns: 1_000 },
  )
})

test('property: the order of events does not matter where no limit is met', () => {
  const gentle = fc
    .array(
      fc.uniqueArray(
        fc.constantFrom('user_id:u1', 'email:e1@example.com', 'anonymous_id:a1', 'anonymous_id:a2', 'crm:c1'),
        { minLength: 1, maxLength: 3 },
      ),
      { minLength: 1, maxLength: 7 },
    )
    .chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      ),
    )
  fc.assert(
    fc.property(gentle, ([events, shuffled]) => {
      const partition = (world: World) =>
        ['user_id:u1', 'email:e1@example.com', 'anonymous_id:a1', 'anonymous_id:a2', 'crm:c1'].map((a) =>
          ['user_id:u1', 'email:e1@example.com', 'anonymous_id:a1', 'anonymous_id:a2', 'crm:c1'].map((b) =>
            world.same(a, b),
          ),
        )
      const first = live(events.map((identifiers) => ({ identifiers, previousId: undefined })))
      const second = live(shuffled.map((identifiers) => ({ identifiers, previousId: undefined })))
      const rejections = [...first.ledger, ...second.ledger].some((line) => line.startsWith('refused'))
      fc.pre(!rejections)
      expect(partition(second)).toEqual(partition(first))
    }),
    { numRuns: 300 },
  )
})
