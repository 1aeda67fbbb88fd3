import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldProfile } from '../profile/fold-profile.ts'
import { encodeState, type Fragment } from '../profile/fragment.ts'
import { type KeyedIdentifier, keyIdentifier } from './keyed-identifier.ts'
import type { LedgerEntry } from './ledger.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules, ruleOf } from './namespaces.ts'
import type { Regrouping } from './regrouping.ts'
import { IdentityWorld, type Outcome } from './testing/identity-world.ts'
import type { Merge } from './unmerge.ts'

const START = Date.UTC(2026, 0, 1)

interface EventStep {
  readonly kind: 'event'
  readonly identifiers: readonly string[]
  readonly previousId?: string | undefined
  readonly minute: number
  readonly plan?: string | null | undefined
}

type Step =
  | EventStep
  | { readonly kind: 'unmerge'; readonly pick: number }
  | { readonly kind: 'unmerge_by'; readonly identifier: string }
  | { readonly kind: 'cannot_link'; readonly a: string; readonly b: string }
  | { readonly kind: 'force_link'; readonly a: string; readonly b: string }

function takeStep(world: IdentityWorld, step: Step): Outcome {
  switch (step.kind) {
    case 'event':
      return takeEvent(world, step)
    case 'unmerge':
      return world.unmerge(world.merges[step.pick % Math.max(1, world.merges.length)]?.ledger ?? 0)
    case 'unmerge_by':
      return world.unmergeBy(keyOf(step.identifier))
    case 'cannot_link':
      return world.cannotLink(keyOf(step.a), keyOf(step.b))
    case 'force_link':
      return world.forceLink(keyOf(step.a), keyOf(step.b))
  }
}

function takeEvent(world: IdentityWorld, { identifiers, previousId, minute, plan }: EventStep): undefined {
  world.take({
    type: previousId === undefined ? 'identify' : 'alias',
    time: START + minute * 60_000,
    identifiers: identifiers.map(keyOf),
    previousId,
    traits: plan === undefined ? {} : { plan },
  })
}

function keyOf(text: string): KeyedIdentifier {
  const colon = text.indexOf(':')
  return keyIdentifier(text.slice(0, colon), text.slice(colon + 1))
}

/** What must hold, found again from the edges alone; and which pairs may not meet, followed from step to step. */
class Oracle {
  readonly #world: IdentityWorld
  readonly #forbidden = new Set<string>()
  #owners = new Map<string, number>()
  /** ledger numbers of the merges that a decision must leave */
  #staying: number[] = []

  constructor(world: IdentityWorld) {
    this.#world = world
  }

  /** Call before the step is taken. */
  foresee(step: Step): void {
    const world = this.#world
    const { merges } = world
    this.#owners = new Map([...world.identifiers.values()].map(({ key, owner }) => [key, owner]))
    const cut = new Set<Merge>()
    if (step.kind === 'unmerge') {
      const merge = merges[step.pick % Math.max(1, merges.length)]
      if (merge !== undefined) cut.add(merge)
    }
    if (step.kind === 'unmerge_by') {
      const known = world.owned(keyOf(step.identifier))
      for (const merge of merges)
        if (known !== undefined && merge.rule !== 'reviewer' && merge.identifiers.includes(known.id))
          cut.add(merge)
    }
    for (const { a, b } of cut) this.#forbidden.add(pairOf(a, b))
    if (step.kind === 'cannot_link' || step.kind === 'force_link') {
      const a = world.owned(keyOf(step.a))?.owner ?? 0
      const b = world.owned(keyOf(step.b))?.owner ?? 0
      if (a !== 0 && b !== 0 && a !== b) {
        const youngest = step.kind === 'cannot_link' ? youngestBetween(world, a, b) : undefined
        if (youngest !== undefined) cut.add(youngest)
        if (step.kind === 'cannot_link') this.#forbidden.add(pairOf(a, b))
        else this.#foreseeLink(a, b)
      }
    }
    this.#staying = merges.filter((merge) => !cut.has(merge)).map(({ ledger }) => ledger)
  }

  #foreseeLink(a: number, b: number): void {
    const components = componentsOf(this.#world)
    const [side, other] = [a, b].map((id) => components.find((members) => members.includes(id)) ?? [])
    if (side === undefined || other === undefined || side === other) return
    if (side.length + other.length > this.#world.rules.fragmentsMax) return
    for (const one of side) for (const two of other) this.#forbidden.delete(pairOf(one, two))
  }

  /** Call after the step was taken. */
  check(step: Step): void {
    const world = this.#world
    const components = componentsOf(world)
    const fragments = new Map(world.all().map((fragment) => [fragment.id, fragment]))
    const rank = (id: number) =>
      ruleOf(world.rules, (fragments.get(id) as Fragment).state.identity.anchor[1]).priority
    let edges = 0
    for (const members of components) {
      edges += members.length - 1
      const canonical = members.reduce((best, id) => ((rank(id) - rank(best) || id - best) < 0 ? id : best))
      for (const id of members) {
        const { profile, state } = fragments.get(id) as Fragment
        must(profile === canonical, `fragment ${id} stands under ${profile} and not ${canonical}`)
        const others = members.filter((other) => other !== canonical).sort((a, b) => a - b)
        const g = id === canonical && others.length > 0 ? others.join() : undefined
        const named = state.identity.others?.join()
        must(named === g, `fragment ${id} names ${named} and not ${g}`)
        for (const other of members)
          must(!this.#forbidden.has(pairOf(id, other)), `${id} and ${other} are in one profile`)
      }
    }
    must(edges === world.merges.length, 'the edges make no forest')
    const stored = [...fragments.values()].flatMap(({ id, state }) =>
      (state.identity.cannotLink ?? []).map((other) => `${id} ${other}`),
    )
    const expected = [...this.#forbidden].flatMap((pair) => [pair, pair.split(' ').reverse().join(' ')])
    must(stored.sort().join() === expected.sort().join(), `kept apart: ${stored}; and not ${expected}`)
    for (const { ledger, a, b } of world.merges) {
      const entry = world.ledger[ledger - 1]
      must(
        entry?.id === ledger && entry.kind === 'merged' && entry.fragment === a && entry.other === b,
        `the ledger does not know merge ${ledger}`,
      )
    }
    const staying = world.merges.map(({ ledger }) => ledger).slice(0, this.#staying.length)
    must(staying.join() === this.#staying.join(), `merges ${staying} stayed and not ${this.#staying}`)
    const made = world.merges.length - staying.length
    const mayJoin = step.kind === 'event' ? 4 : step.kind === 'force_link' ? 1 : 0
    must(made <= mayJoin, `${made} merges were made`)
    if (step.kind === 'event') return
    for (const [key, owner] of this.#owners)
      must(world.identifiers.get(key)?.owner === owner, `${key} has another owner`)
  }

  /** Profiles as the events alone say them, read without any fold. */
  checkFolds(): void {
    const world = this.#world
    for (const members of componentsOf(world)) {
      const fragments = members.map((id) => world.read(id))
      const folded = foldProfile(fragments, world.rules)
      expect(foldProfile([...fragments].reverse(), world.rules)).toEqual(folded)
      const events = world.taken
        .filter(({ fragment }) => members.includes(fragment))
        .map(({ event, position }) => ({ time: event.time, position, plan: event.traits['plan'] }))
      must(folded.events === events.length, `${folded.events} events and not ${events.length}`)
      must(folded.firstSeen === Math.min(...events.map(({ time }) => time)), 'first seen')
      must(folded.lastSeen === Math.max(...events.map(({ time }) => time)), 'last seen')
      const [newest] = events
        .filter(({ plan }) => plan !== undefined)
        .sort((a, b) => b.time - a.time || b.position - a.position)
      const plan = folded.traits.get('plan')?.value
      must(plan === (newest?.plan ?? undefined), `plan is ${String(plan)} and not ${String(newest?.plan)}`)
      const owned = [...world.identifiers.values()].filter(({ owner }) => members.includes(owner))
      const ids = folded.identifiers.map(({ id }) => id).sort((a, b) => a - b)
      must(
        ids.join() ===
          owned
            .map(({ id }) => id)
            .sort((a, b) => a - b)
            .join(),
        'identifiers',
      )
    }
  }
}

interface Connected {
  readonly fragments: ReadonlyMap<number, unknown>
  readonly merges: readonly Merge[]
}

/** The youngest of the merges without any of which two fragments would not be one profile. */
function youngestBetween({ fragments, merges }: Connected, a: number, b: number): Merge | undefined {
  const isOne = (some: readonly Merge[]) =>
    componentsOf({ fragments, merges: some }).some((members) => members.includes(a) && members.includes(b))
  if (!isOne(merges)) return undefined
  return merges.filter((merge) => !isOne(merges.filter((other) => other !== merge))).at(-1)
}

function componentsOf({ fragments, merges }: Connected): number[][] {
  let components = [...fragments.keys()].map((id) => [id])
  for (const { a, b } of merges) {
    const joined = components.filter((members) => members.includes(a) || members.includes(b))
    components = [...components.filter((members) => !joined.includes(members)), joined.flat()]
  }
  return components
}

function pairOf(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

function must(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault)
}

/** Rules under which much is joined: a shared browser joins people, and a user may have several ids. */
const LOOSE: IdentityRules = {
  ...DEFAULT_IDENTITY_RULES,
  namespaces: {
    ...DEFAULT_IDENTITY_RULES.namespaces,
    user_id: { priority: 10, class: 'person', limit: 500, windowDays: null, merges: true },
    anonymous_id: { priority: 60, class: 'contact', limit: 500, windowDays: null, merges: true },
  },
}
const SMALL: IdentityRules = { ...LOOSE, fragmentsMax: 4 }

const identifier = fc.oneof(
  fc.constantFrom('user_id:u1', 'user_id:u2', 'user_id:u3'),
  fc.constantFrom('email:e1@example.com', 'email:e2@example.com', 'email:e3@example.com'),
  fc.constantFrom('card:c1', 'card:c2', 'card:c3'),
  fc.constantFrom('anonymous_id:a1', 'anonymous_id:a2', 'anonymous_id:a3', 'anonymous_id:u1'),
  fc.constantFrom('device_id:d1', 'phone:+33612345678'),
)
const event: fc.Arbitrary<EventStep> = fc
  .record({
    identifiers: fc.uniqueArray(identifier, { minLength: 1, maxLength: 4 }),
    previousId: fc.option(fc.constantFrom('u1', 'u2', 'a1'), { nil: undefined, freq: 8 }),
    minute: fc.nat(1_000),
    plan: fc.option(fc.constantFrom('free', 'pro', null), { nil: undefined }),
  })
  .map(({ previousId, ...said }) => {
    const isAlias = previousId !== undefined && said.identifiers.some((text) => text.startsWith('user_id'))
    return { kind: 'event', ...said, ...(isAlias ? { previousId } : {}) }
  })
const decision: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('unmerge' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('unmerge_by' as const), identifier }),
  fc.record({ kind: fc.constant('cannot_link' as const), a: identifier, b: identifier }),
  fc.record({ kind: fc.constant('force_link' as const), a: identifier, b: identifier }),
)
const life = fc.record({
  rules: fc.constantFrom(DEFAULT_IDENTITY_RULES, LOOSE, SMALL),
  steps: fc.array(fc.oneof({ weight: 3, arbitrary: event }, { weight: 1, arbitrary: decision }), {
    minLength: 5,
    maxLength: 40,
    size: 'max',
  }),
})

const LIVES = 2_000

function live(rules: IdentityRules, steps: readonly Step[]): IdentityWorld {
  const world = new IdentityWorld(rules)
  for (const step of steps) takeStep(world, step)
  return world
}

test('property: whatever is joined, cut, forbidden and linked, profiles are the components of the active edges and no forbidden pair meets', () => {
  fc.assert(
    fc.property(life, ({ rules, steps }) => {
      const world = new IdentityWorld(rules)
      const oracle = new Oracle(world)
      for (const step of steps) {
        oracle.foresee(step)
        takeStep(world, step)
        oracle.check(step)
      }
      oracle.checkFolds()
      const again = live(rules, steps)
      expect([...again.fragments]).toEqual([...world.fragments])
      expect(again.ledger).toEqual(world.ledger)
    }),
    { numRuns: LIVES },
  )
})

/** Profiles whole, by their numbers. */
function profilesOf(world: IdentityWorld) {
  return componentsOf(world)
    .map((members) =>
      foldProfile(
        members.map((id) => world.read(id)),
        world.rules,
      ),
    )
    .sort((a, b) => a.profile - b.profile)
}

test('property: a merge that is undone at once leaves both profiles exactly as they were, with their ids', () => {
  fc.assert(
    fc.property(life, identifier, identifier, ({ rules, steps }, a, b) => {
      const world = live(rules, steps)
      const before = profilesOf(world)
      const merges = world.merges.length
      takeStep(world, { kind: 'force_link', a, b })
      fc.pre(world.merges.length > merges)
      expect(profilesOf(world)).toHaveLength(before.length - 1)
      takeStep(world, { kind: 'unmerge', pick: world.merges.length - 1 })
      expect(profilesOf(world)).toEqual(before)
    }),
    { numRuns: LIVES / 4 },
  )
})

/**
 * What was decided about each event: where it went, and what the ledger says of it; a link that a reviewer forbade
 * aside.
 */
function decisionsOf({ taken, ledger }: IdentityWorld): string[] {
  const decisions = taken.map(({ fragment, position }) => `${position} went to ${fragment}`)
  for (const { position, kind, fragment, other, identifiers, rule } of ledger) {
    if (rule === 'cannot_link' || rule === 'reviewer') continue
    decisions.push(`${position} ${kind} ${fragment} ${other} ${identifiers} ${rule}`)
  }
  return decisions
}

test('property: an un-merge leaves what a life would have made in which that link was forbidden from the start', () => {
  let compared = 0
  fc.assert(
    fc.property(life, fc.nat(20), ({ rules, steps }, pick) => {
      const events = steps.filter((step): step is EventStep => step.kind === 'event')
      const world = live(rules, events)
      const merge = world.merges[pick % Math.max(1, world.merges.length)]
      fc.pre(merge !== undefined)
      const { position } = world.ledger[merge.ledger - 1] as LedgerEntry
      const [cause] = [...world.identifiers.values()].filter(({ id }) => merge.identifiers.includes(id))
      takeStep(world, { kind: 'unmerge', pick: world.merges.indexOf(merge) })

      const other = new IdentityWorld(rules)
      for (const [index, said] of events.entries()) {
        if (index + 1 !== position) {
          takeStep(other, said)
          continue
        }
        const { previousId, ...rest } = said
        const isForced = merge.rule === 'forced'
        const left = said.identifiers.filter((text) => isForced || keyOf(text).key !== cause?.key)
        takeStep(other, { ...(isForced || previousId === undefined ? rest : said), identifiers: left })
        const known = [merge.a, merge.b].map((id) => other.fragments.get(id))
        if (known.includes(undefined)) return
        other.forbid(merge.a, merge.b)
      }
      const expected = decisionsOf(other)
      const found = decisionsOf(world).filter(
        (line) => line !== `${position} merged ${merge.a} ${merge.b} ${merge.identifiers} ${merge.rule}`,
      )
      // another decision depended on it
      if (found.join() !== expected.join()) return
      compared++
      expect(profilesOf(world)).toEqual(profilesOf(other))
    }),
    { numRuns: LIVES },
  )
  expect(compared).toBeGreaterThan(LIVES / 4)
})

test('property: the same evidence does not join the sides again, and its event still lands on its own person', () => {
  fc.assert(
    fc.property(life, fc.nat(20), ({ rules, steps }, pick) => {
      const world = live(rules, steps)
      const merge = world.merges[pick % Math.max(1, world.merges.length)]
      fc.pre(merge !== undefined)
      takeStep(world, { kind: 'unmerge', pick: world.merges.indexOf(merge) })
      for (const step of steps) if (step.kind === 'event') takeStep(world, step)
      const [a, b] = [world.read(merge.a), world.read(merge.b)]
      expect(a.profile).not.toBe(b.profile)
      for (const { a: one, b: two } of world.merges) expect([one, two]).not.toEqual([merge.a, merge.b])
    }),
    { numRuns: LIVES / 4 },
  )
})

function see(...identifiers: string[]): EventStep {
  return { kind: 'event', identifiers, minute: 0 }
}

function crowd(people: number): IdentityWorld {
  const email = { priority: 30, class: 'contact', limit: 500, windowDays: null, merges: true } as const
  const world = new IdentityWorld({
    ...LOOSE,
    namespaces: { ...LOOSE.namespaces, email },
    identifiersMax: 2_000,
  })
  for (let person = 1; person <= people; person++) {
    takeStep(world, see(`user_id:person${person}`, `email:${person}@example.com`))
    takeStep(world, see(`user_id:person${person}`, 'anonymous_id:kiosk'))
  }
  return world
}

test('what a shared browser joined falls apart into its people in one decision, and nothing is left behind', () => {
  const world = crowd(500)
  expect(componentsOf(world)).toHaveLength(1)
  const outcome = takeStep(world, { kind: 'unmerge_by', identifier: 'anonymous_id:kiosk' }) as Regrouping
  expect(outcome.after).toHaveLength(500)
  expect(outcome.cut).toHaveLength(499)
  expect(outcome.after.reduce((sum, { folded }) => sum + folded.events, 0)).toBe(1_000)
  expect(world.merges).toEqual([])
  for (const { id, profile, state } of world.all()) {
    expect(profile).toBe(id)
    expect(state.identity.others).toBeUndefined()
  }
  // the browser is the first one's; the others' events no longer reach it, and stay their own
  const events = (person: number) =>
    foldProfile([world.read(world.profileOf(keyOf(`user_id:person${person}`)) as number)], LOOSE).events
  for (const person of [2, 77, 500]) takeStep(world, see(`user_id:person${person}`, 'anonymous_id:kiosk'))
  expect([1, 2, 77, 500].map(events)).toEqual([2, 3, 3, 3])
  expect(world.merges).toEqual([])
  expect(world.ledger.at(-1)).toMatchObject({ kind: 'refused', rule: 'cannot_link' })
  // two others who meet by something of their own are joined as ever
  takeStep(world, see('user_id:person7', 'email:8@example.com'))
  expect(world.profileOf(keyOf('user_id:person8'))).toBe(world.profileOf(keyOf('user_id:person7')))
})

test('an un-merge says what it changes: sides, traits, later merges, evidence that is blocked', () => {
  const world = new IdentityWorld(LOOSE)
  takeStep(world, { ...see('user_id:ada'), plan: 'pro', minute: 5 })
  takeStep(world, { ...see('user_id:bob'), plan: 'free', minute: 9 })
  takeStep(world, see('user_id:ada', 'anonymous_id:tablet'))
  takeStep(world, see('user_id:bob', 'anonymous_id:tablet'))
  takeStep(world, see('email:bob@example.com'))
  takeStep(world, see('user_id:bob', 'email:bob@example.com'))
  const outcome = takeStep(world, { kind: 'unmerge', pick: 0 }) as Regrouping
  const [ada, bob, mail] = [1, 2, 3]
  expect(outcome.before).toMatchObject([{ profile: ada, events: 6 }])
  expect(outcome.after).toMatchObject([
    { folded: { profile: ada, events: 2 }, fragments: [ada], changedTraits: ['plan'], laterMerges: [] },
    { folded: { profile: bob, events: 4 }, fragments: [bob, mail], changedTraits: [], laterMerges: [6] },
  ])
  expect(outcome.cut).toEqual([4])
  expect(outcome.evidence).toMatchObject([
    { namespace: 'anonymous_id', profile: ada, carriedBy: [bob], isBlocked: true },
  ])
})

test('an alias does not join what a reviewer parted; a reviewer does, over the uniqueness of user ids too, and back', () => {
  const world = new IdentityWorld(DEFAULT_IDENTITY_RULES)
  const same = () => world.profileOf(keyOf('user_id:u1')) === world.profileOf(keyOf('user_id:u2'))
  const pair = { a: 'user_id:u1', b: 'user_id:u2' }
  const alias: EventStep = { ...see('user_id:u2'), previousId: 'u1' }
  takeStep(world, see('user_id:u1'))
  takeStep(world, see('user_id:u2'))
  takeStep(world, { kind: 'cannot_link', ...pair })
  expect(world.ledger.at(-1)).toMatchObject({ kind: 'refused', rule: 'reviewer', fragment: 1, other: 2 })
  for (let times = 0; times < 3; times++) takeStep(world, alias)
  expect(same()).toBe(false)
  expect(world.ledger.filter(({ rule }) => rule === 'cannot_link')).toHaveLength(1)

  expect(takeStep(world, { kind: 'force_link', ...pair })).toMatchObject({ isNew: true })
  expect(same()).toBe(true)
  expect(takeStep(world, { kind: 'force_link', ...pair })).toMatchObject({ isNew: false })

  expect(takeStep(world, { kind: 'cannot_link', ...pair })).toMatchObject({ isNew: true, cut: [5] })
  expect(same()).toBe(false)
  expect(takeStep(world, { kind: 'cannot_link', ...pair })).toMatchObject({ isNew: false })
  takeStep(world, alias)
  expect(same()).toBe(false)
})

test('identifiers that were learnt together cannot be parted', () => {
  const world = new IdentityWorld(DEFAULT_IDENTITY_RULES)
  takeStep(world, see('user_id:u1', 'email:e@example.com'))
  const outcome = takeStep(world, { kind: 'cannot_link', a: 'user_id:u1', b: 'email:e@example.com' })
  expect(outcome).toBe('inseparable')
})

test('a reviewer cannot make a profile larger than a profile may be', () => {
  const world = new IdentityWorld(SMALL)
  for (const name of ['a', 'b', 'c', 'd']) takeStep(world, see(`user_id:${name}`, 'anonymous_id:one'))
  takeStep(world, see('user_id:e'))
  expect(takeStep(world, { kind: 'force_link', a: 'user_id:a', b: 'user_id:e' })).toBe('fragments_max')
  expect(componentsOf(world)).toHaveLength(2)
})

test('a fragment is parted from so many others, and one more is refused', () => {
  const world = crowd(2)
  const { profile, state } = world.read(1)
  const full = Array.from({ length: FRAGMENT_CANNOT_LINKS_MAX }, (_, index) => index + 1_000)
  world.fragments.set(1, {
    profile,
    state: encodeState({ ...state, identity: { ...state.identity, cannotLink: full } }),
  })
  expect(takeStep(world, { kind: 'unmerge', pick: 0 })).toBe('cannot_links_max')
  expect(takeStep(world, { kind: 'cannot_link', a: 'user_id:person1', b: 'user_id:person2' })).toBe(
    'cannot_links_max',
  )
  expect(world.merges).toHaveLength(1)
})
