import type { CompiledLeaf } from '../condition/compile-condition.ts'
import { type Fragment, type FragmentState, settlesAt } from '../profile/fragment.ts'
import type { AudienceCatalog, CompiledVersion } from './audience-catalog.ts'
import type { Person } from './person.ts'

/** A profile that entered or left a version of an audience. */
export interface MembershipStep {
  readonly version: number
  readonly profile: number
  readonly entered: boolean
  /** since when it is so, milliseconds since the epoch */
  readonly time: number
}

/** What a review found. */
export interface Review {
  readonly steps: readonly MembershipStep[]
  /** a moment, milliseconds since the epoch, for which the profile must be armed anew */
  readonly arm: number | undefined
  /** fragments whose state is another one now */
  readonly changed: readonly Fragment[]
}

const NOTHING: Review = { steps: [], arm: undefined, changed: [] }

/**
 * Lets what lay ahead of a person take effect, asks versions about it, writes the answers into the fragment that stands for the profile, and says what changed and when to ask again.
 * @param which indexes of the versions that an event has touched; `all` when the person itself has changed. A person whose moment has come is asked everything.
 * @param now the workspace's time, milliseconds since the epoch
 * @param leaves whose moment to be asked again may have changed, though their answers have not
 */
export function reviewPerson(
  catalog: AudienceCatalog,
  person: Person,
  which: ReadonlySet<number> | 'all',
  now: number,
  leaves: readonly CompiledLeaf[] = [],
): Review {
  const { canonical } = person
  const { state } = canonical
  const settled = person.settle(now)
  if (which === 'all' || settled.length > 0 || (state.w !== undefined && state.w <= now))
    return reviewAll(catalog, person, now, settled)
  if (which.size === 0 && leaves.length === 0 && person.settlesAt === Number.POSITIVE_INFINITY) return NOTHING
  const steps: MembershipStep[] = []
  const asked = answersOf(catalog).begin(person, now)
  for (const index of which) {
    const version = catalog.versions[index] as CompiledVersion
    if (version.isAsleep) continue
    const holds = asked.ask(version)
    const at = findMembership(state.m, version.id)
    const isIn = state.m?.[at] === version.id
    if (holds === isIn) continue
    const time = holds ? (sinceOf(state.m, version.follows) ?? now) : now
    if (holds) (state.m ??= []).splice(at, 0, version.id, time)
    else state.m?.splice(at, 2)
    if (state.m?.length === 0) delete state.m
    steps.push({ version: version.id, profile: person.profile, entered: holds, time })
  }
  const turn = asked.nextTurn(state.w, leaves)
  const isArmed = turn === undefined || (state.w !== undefined && state.w <= turn)
  if (!isArmed) state.w = turn
  const changed = steps.length > 0 || !isArmed ? [canonical] : []
  return { steps, arm: isArmed ? undefined : turn, changed }
}

/**
 * Whether somebody is to be asked by time alone.
 * @param members all fragments of a profile
 * @param now the workspace's time, milliseconds since the epoch
 */
export function isDue(members: readonly Fragment[], now: number): boolean {
  return members.some(({ id, profile, state }) => {
    const isRung = id === profile && state.w !== undefined && state.w <= now
    return isRung || settlesAt(state) <= now
  })
}

function reviewAll(
  catalog: AudienceCatalog,
  person: Person,
  now: number,
  settled: readonly Fragment[],
): Review {
  const { canonical, profile } = person
  const { state } = canonical
  const steps: MembershipStep[] = []
  const changed = new Set<Fragment>(settled)
  const before = membershipsOf(state)
  const inherited = absorbMerged(catalog, person, now, steps, changed)
  const asked = answersOf(catalog).begin(person, now)
  const after: number[] = []
  for (const version of catalog.versions) {
    if (version.isAsleep) continue
    const holds = asked.ask(version)
    const since = before.get(version.id)
    if (holds) {
      const time = since ?? inherited.get(version.id) ?? before.get(version.follows) ?? now
      after.push(version.id, time)
      if (since === undefined) steps.push({ version: version.id, profile, entered: true, time })
    } else if (since !== undefined) {
      steps.push({ version: version.id, profile, entered: false, time: now })
    }
  }
  if (steps.length > 0 || after.length !== (state.m?.length ?? 0)) changed.add(canonical)
  setMemberships(state, after)
  dropUnknownSeries(catalog, person, changed)
  const armed = state.w !== undefined && state.w > now ? state.w : undefined
  const turn = asked.nextTurn(armed)
  const arm = turn !== undefined && (armed === undefined || turn < armed) ? turn : undefined
  const next = arm ?? armed
  if (next !== state.w) {
    changed.add(canonical)
    if (next === undefined) delete state.w
    else state.w = next
  }
  return { steps, arm, changed: [...changed] }
}

/**
 * A profile that was merged into this one is in no audience any more: its memberships end, and this one's may go on from theirs.
 * @returns since when, by version
 */
function absorbMerged(
  catalog: AudienceCatalog,
  person: Person,
  now: number,
  steps: MembershipStep[],
  changed: Set<Fragment>,
): Map<number, number> {
  const inherited = new Map<number, number>()
  for (const member of person.members) {
    if (member.id === person.profile) continue
    const { state } = member
    for (const [version, since] of membershipsOf(state)) {
      inherited.set(version, Math.min(inherited.get(version) ?? since, since))
      if (catalog.version(version) !== undefined)
        steps.push({ version, profile: member.id, entered: false, time: now })
    }
    if (state.m === undefined && state.w === undefined && state.k === undefined) continue
    delete state.m
    delete state.w
    delete state.k
    changed.add(member)
  }
  return inherited
}

const answers = new WeakMap<AudienceCatalog, Answers>()

function answersOf(catalog: AudienceCatalog): Answers {
  let known = answers.get(catalog)
  if (known === undefined) answers.set(catalog, (known = new Answers(catalog.leaves)))
  return known
}

/** The answers of one review: each leaf is asked once. Reviews follow each other, so that they share the memory. */
class Answers {
  /** the review that last asked a leaf, by its index */
  readonly #askedIn: Uint32Array
  readonly #held: Uint8Array
  #leaves: CompiledLeaf[] = []
  #review = 0
  #person: Person | undefined
  #now = 0

  constructor(leaves: number) {
    this.#askedIn = new Uint32Array(leaves)
    this.#held = new Uint8Array(leaves)
  }

  begin(person: Person, now: number): this {
    if (++this.#review === 2 ** 32) {
      this.#askedIn.fill(0)
      this.#review = 1
    }
    this.#leaves = []
    this.#person = person
    this.#now = now
    return this
  }

  ask(version: CompiledVersion): boolean {
    return version.compiled.evaluate(this.#holds)
  }

  readonly #holds = (leaf: CompiledLeaf): boolean => {
    if (this.#askedIn[leaf.index] === this.#review) return this.#held[leaf.index] === 1
    const holds = leaf.holds(this.#person as Person, this.#now)
    this.#askedIn[leaf.index] = this.#review
    this.#held[leaf.index] = holds ? 1 : 0
    this.#leaves.push(leaf)
    return holds
  }

  /**
   * When the first of the leaves that decided may turn, or the first that lies ahead comes. A leaf that was not asked, since others had decided, cannot change an answer before one of those turns.
   * @param armed a moment that is waited for already
   * @param others leaves beside those that were asked
   */
  nextTurn(armed: number | undefined, others: readonly CompiledLeaf[] = []): number | undefined {
    let earliest = Math.min(armed ?? Number.POSITIVE_INFINITY, (this.#person as Person).settlesAt)
    for (const leaves of [this.#leaves, others])
      for (const leaf of leaves)
        earliest = Math.min(earliest, leaf.turnsAt(this.#person as Person, this.#now, earliest))

    return earliest === Number.POSITIVE_INFINITY ? undefined : earliest
  }
}

/** Series that no version asks any more go with the next full review. */
function dropUnknownSeries(catalog: AudienceCatalog, person: Person, changed: Set<Fragment>): void {
  for (const member of person.members) {
    const { state } = member
    if (state.c === undefined) continue
    for (const id of Object.keys(state.c)) {
      if (catalog.seriesById(Number(id)) !== undefined) continue
      delete state.c[id]
      changed.add(member)
    }
    if (Object.keys(state.c).length === 0) delete state.c
  }
}

/** Memberships of the profile that a fragment stands for: since when, by version. */
export function membershipsOf({ m }: FragmentState): Map<number, number> {
  const memberships = new Map<number, number>()
  for (let at = 0; m !== undefined && at < m.length; at += 2)
    memberships.set(m[at] as number, m[at + 1] as number)
  return memberships
}

function setMemberships(state: FragmentState, memberships: number[]): void {
  if (memberships.length === 0) delete state.m
  else state.m = memberships
}

/** Where a version stands among the memberships, or would stand. */
function findMembership(m: readonly number[] | undefined, version: number): number {
  let low = 0
  let high = (m?.length ?? 0) / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((m?.[middle * 2] as number) < version) low = middle + 1
    else high = middle
  }
  return low * 2
}

function sinceOf(m: readonly number[] | undefined, version: number): number | undefined {
  const at = findMembership(m, version)
  return m?.[at] === version ? m[at + 1] : undefined
}
